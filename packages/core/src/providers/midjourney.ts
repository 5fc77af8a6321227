import * as z from "zod";
import { type Asked, askedOf, priceOf } from "./asked.ts";
import type { Attempt, Failed, Fetched, Found, Means, Output, Polled, Provider, Settings, Submitted } from "./contract.ts";
import { failed, unreadable } from "./failures.ts";
import { lineTo, unanswered } from "./line.ts";

const name = "midjourney";
const title = "midjourney-proxy";
const pollAfterMs = 5_000;

const Said = z.looseObject({ code: z.number(), description: z.string().nullish(), result: z.unknown() });
const Task = z.looseObject({
  id: z.string(),
  status: z.string(),
  state: z.string().nullish(),
  progress: z.string().nullish(),
  imageUrl: z.string().nullish(),
  failReason: z.string().nullish(),
});
type Task = z.infer<typeof Task>;

/**
 * Midjourney through midjourney-proxy (contracts.md §1.8), whose every answer is a 200 with a code. The task carries the attempt's id as its
 * `state`, by which it is found again.
 *
 * A task brings a grid of four. The picture is the one at the top left, cut out here: since version 5 it has its full size in the grid, and
 * asking the proxy to upscale it would be a second paid request, with an unknown outcome of its own.
 */
export function midjourney(settings: Settings, means: Means): Provider {
  const { models, now = Date.now } = means;
  const headers: Record<string, string> = settings.key ? { "mj-api-secret": settings.key } : {};
  const line = lineTo({ title, baseUrl: "http://127.0.0.1:8080", headers, errorsAreFree: false }, settings, means);

  function polledOf(task: Task): Polled {
    const { id, status, imageUrl, failReason } = task;
    if (status === "SUCCESS" && imageUrl)
      return {
        kind: "done",
        outputs: [{ kind: "url", url: imageUrl }],
        costMicroUsd: priceOf(models, name, { model: "midjourney", quality: "standard" }),
        requestId: id,
      };
    if (status === "SUCCESS") return failed("fall-back", "Midjourney has finished and given no picture.");
    if (status !== "FAILURE") return { kind: "running", progress: progressOf(task), pollAfterMs };
    const words = line.clean(failReason ?? "");
    return /banned|moderat|prohibit|inappropriate|sensitive/i.test(words)
      ? failed("refused", `Midjourney refuses the content: “${words}” Change the prompt.`)
      : // More often the prompt's doing than the service's: nobody's eight bad prompts shall pause it for all.
        failed("misfit", `Midjourney failed: “${words}”`);
  }

  async function submit(picture: Parameters<Provider["submit"]>[0]): Promise<Submitted> {
    const asked = askedOf(models, name, picture);
    if (asked.kind === "failed") return asked;
    const body = {
      prompt: promptOf(asked),
      state: picture.attemptId,
      ...(picture.webhookUrl !== undefined && { notifyHook: picture.webhookUrl }),
    };
    const heard = await line.pay("/mj/submit/imagine", body, Said);
    if (heard.kind === "failed") return heard;
    const { code, description, result } = heard.value;
    // Taken, known, or waiting in the queue.
    if (code === 1 || code === 21 || code === 22)
      return typeof result === "string" && /^\w+$/.test(result)
        ? { kind: "accepted", reference: result, pollAfterMs }
        : unreadable(title, "pay");
    return notTaken(code, line.clean(description ?? ""));
  }

  async function poll(reference: string): Promise<Polled> {
    const heard = await line.read(`/mj/task/${encodeURIComponent(reference)}/fetch`, Task.nullable());
    if (heard.kind === "failed") return unanswered(heard, pollAfterMs);
    return heard.value
      ? polledOf(heard.value)
      : failed("fall-back", "midjourney-proxy no longer knows the task: it keeps them for a while only.");
  }

  async function lookUp({ picture, startedAt }: Attempt): Promise<Found> {
    const heard = await line.read("/mj/task/list", z.array(Task));
    if (heard.kind === "failed") return { kind: "unknown", detail: heard.failure.detail };
    const task = heard.value.find(({ state }) => state === picture.attemptId);
    if (task) return { kind: "found", reference: task.id };
    return now() - Date.parse(startedAt) > line.submitMs + settlingMs
      ? { kind: "absent" }
      : { kind: "unknown", detail: "midjourney-proxy does not have it yet; it might still be on its way." };
  }

  return {
    name,
    missing: () => (settings.baseUrl ? [] : ["baseUrl"]),
    estimate: (picture) => priceOf(models, name, picture),
    submit,
    poll,
    lookUp,
    async fetchOutput(output: Output): Promise<Fetched> {
      const fetched = await line.fetchOutput(output);
      return fetched.kind === "file" ? topLeft(fetched.bytes) : fetched;
    },
  };
}

const settlingMs = 30_000;

/** Size and seed are parameters in the words. Those that a user writes are taken out: one of them, `--repeat`, multiplies the bill. */
function promptOf({ prompt, negativePrompt, seed, ratio, parameters }: Asked): string {
  const plain = (words: string) => words.replace(/(^|\s)(?:--|—|–)(?=\S)/g, "$1");
  const own = { ar: ratio, seed, ...parameters, no: negativePrompt && plain(negativePrompt) };
  const flags = Object.entries(own).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag} ${value}`]));
  return [plain(prompt), ...flags].join(" ");
}

function notTaken(code: number, words: string): Failed {
  if (code === 24) return failed("refused", `Midjourney refuses a word of the prompt: “${words}” Change it.`);
  if (code === 23) return failed("retry", "The queue of midjourney-proxy is full. Wait and ask again.", { retryAfterMs: 30_000 });
  if (code === 4) return failed("bad-request", `midjourney-proxy cannot do what was asked: “${words}”`);
  return failed("fall-back", `midjourney-proxy has not taken it (${code}): “${words}”`);
}

const progressOf = ({ progress }: Task): number => Math.min(1, Math.max(0, Number.parseInt(progress ?? "0", 10) / 100 || 0));

async function topLeft(grid: Buffer): Promise<Fetched> {
  // Loaded here alone: whoever uses no grids does not wait for it.
  const { default: sharp } = await import("sharp");
  try {
    const picture = sharp(grid, { limitInputPixels: gridPixelsMax });
    const { width = 0, height = 0 } = await picture.metadata();
    const bytes = await picture
      .extract({ left: 0, top: 0, width: Math.floor(width / 2), height: Math.floor(height / 2) })
      .png()
      .toBuffer();
    return { kind: "file", bytes, mimeType: "image/png" };
  } catch {
    return failed("fall-back", "The grid that Midjourney sent cannot be read.");
  }
}

const gridPixelsMax = 64_000_000;
