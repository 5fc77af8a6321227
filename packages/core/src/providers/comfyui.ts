import * as z from "zod";
import { askedOf } from "./asked.ts";
import { graphOf } from "./comfyui-graph.ts";
import type { Found, Means, Polled, Provider, Settings, Submitted } from "./contract.ts";
import { failed } from "./failures.ts";
import { lineTo, unanswered } from "./line.ts";

const name = "comfyui";
const title = "ComfyUI";
const pollAfterMs = 2_000;

const Queued = z.looseObject({ prompt_id: z.string() });
const File = z.looseObject({ filename: z.string(), subfolder: z.string().optional(), type: z.string().optional() });
const Run = z.looseObject({
  outputs: z.record(z.string(), z.looseObject({ images: z.array(File).optional() })),
  status: z.looseObject({ status_str: z.string().optional(), messages: z.array(z.unknown()).optional() }).optional(),
});
type Run = z.infer<typeof Run>;
const History = z.record(z.string(), Run);
/** Each entry is a list: a number, the id, the graph, … */
const Queue = z.looseObject({ queue_running: z.array(z.array(z.unknown())), queue_pending: z.array(z.array(z.unknown())) });
type Place = "running" | "pending" | undefined;

/** ComfyUI (contracts.md §1.7, ⚠ most of it). The attempt's id is the prompt's id, so that it is always found again. */
export function comfyui(settings: Settings, means: Means): Provider {
  const { models, now = Date.now } = means;
  const headers: Record<string, string> = settings.key ? { authorization: `Bearer ${settings.key}` } : {};
  const line = lineTo({ title, baseUrl: "http://127.0.0.1:8188", headers, errorsAreFree: true }, settings, means);

  const historyOf = (id: string) => line.read(`/history/${encodeURIComponent(id)}`, History);
  async function placeOf(id: string) {
    const heard = await line.read("/queue", Queue);
    if (heard.kind === "failed") return heard;
    const { queue_running: running, queue_pending: pending } = heard.value;
    const holds = (list: unknown[][]) => list.some(([, one]) => one === id);
    const place: Place = holds(running) ? "running" : holds(pending) ? "pending" : undefined;
    return { kind: "place" as const, place };
  }

  function endOf(id: string, { outputs, status }: Run): Polled {
    const [file] = Object.values(outputs).flatMap(({ images = [] }) => images);
    if (file) {
      const query = new URLSearchParams({ filename: file.filename, subfolder: file.subfolder ?? "", type: file.type ?? "output" });
      return { kind: "done", outputs: [{ kind: "url", url: `${line.baseUrl}/view?${query}` }], costMicroUsd: 0, requestId: id };
    }
    const why = /"exception_message":"([^"]*)"/.exec(JSON.stringify(status?.messages ?? []))?.[1] ?? "it gave no picture";
    return failed("fall-back", `${title} failed: “${line.clean(why)}”`);
  }

  async function poll(id: string): Promise<Polled> {
    // A run leaves the queue before it is in the history, so the history is read on both sides of the queue.
    for (const last of [false, true]) {
      const history = await historyOf(id);
      if (history.kind === "failed") return unanswered(history, pollAfterMs);
      const run = history.value[id];
      if (run) return endOf(id, run);
      if (last) break;
      const found = await placeOf(id);
      if (found.kind === "failed") return unanswered(found, pollAfterMs);
      if (found.place) return { kind: "running", progress: found.place === "running" ? 0.5 : 0, pollAfterMs };
    }
    return failed("fall-back", `${title} no longer knows the picture: it was restarted, or somebody removed it.`);
  }

  return {
    name,
    missing: () => (settings.baseUrl ? [] : ["baseUrl"]),
    estimate: () => 0,
    async submit(picture): Promise<Submitted> {
      const asked = askedOf(models, name, picture);
      if (asked.kind === "failed") return asked;
      const heard = await line.pay("/prompt", { prompt: graphOf(asked), prompt_id: picture.attemptId }, Queued);
      return heard.kind === "failed" ? heard : { kind: "accepted", reference: heard.value.prompt_id, pollAfterMs };
    },
    poll,
    async cancel(id) {
      const found = await placeOf(id);
      if (found.kind === "failed") return found;
      // To interrupt stops whatever runs: only if it is ours.
      return found.place === "running" ? line.tell("/interrupt", {}) : line.tell("/queue", { delete: [id] });
    },
    async lookUp({ picture: { attemptId: id }, startedAt }): Promise<Found> {
      const history = await historyOf(id);
      if (history.kind === "failed") return { kind: "unknown", detail: history.failure.detail };
      const found = await placeOf(id);
      if (found.kind === "failed") return { kind: "unknown", detail: found.failure.detail };
      if (history.value[id] || found.place) return { kind: "found", reference: id };
      return now() - Date.parse(startedAt) > line.submitMs
        ? { kind: "absent" }
        : { kind: "unknown", detail: `${title} does not have it yet; it might still be on its way.` };
    },
    fetchOutput: (output) => line.fetchOutput(output),
  };
}
