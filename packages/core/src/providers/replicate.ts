import Replicate, { parseProgressFromLogs } from "replicate";
import * as z from "zod";
import { OutsideError, oneCall } from "../outside/index.ts";
import { type Asked, alterationOf, askedOf, editPriceOf, priceOf } from "./asked.ts";
import type {
  Alteration,
  Attempt,
  EditAttempt,
  Failed,
  Found,
  Means,
  Picture,
  Polled,
  Provider,
  Settings,
  SourceFile,
  Submitted,
} from "./contract.ts";
import { failed, failedByOutside, type Purpose, unreadable } from "./failures.ts";
import { jsonOf, lineTo, unanswered } from "./line.ts";

const name = "replicate";
const title = "Replicate";
/** Webhooks tell sooner; this is for those that are lost. */
const pollAfterMs = 3_000;

const Prediction = z.looseObject({
  id: z.string().regex(/^\w+$/),
  model: z.string().optional(),
  version: z.string().nullish(),
  status: z.string(),
  input: z.record(z.string(), z.unknown()).nullish(),
  output: z.unknown(),
  error: z.unknown(),
  logs: z.string().nullish(),
  created_at: z.string().nullish(),
  started_at: z.string().nullish(),
  data_removed: z.boolean().nullish(),
  webhook: z.string().nullish(),
});
type Prediction = z.infer<typeof Prediction>;
const Kept = z.looseObject({ urls: z.looseObject({ get: z.url() }) });
const Page = z.looseObject({ next: z.string().nullish(), results: z.array(Prediction) });

/**
 * Replicate (contracts.md §1.1). Predictions are made without waiting; webhooks tell what becomes of them, and polling where those are lost.
 *
 * The client of the package repeats POSTs up to six times by itself, also after a broken connection, so each of its calls gets a `fetch` that
 * lets one request through. Its `run`, `wait` and `validateWebhook` are not used: they know no `aborted`, take an unfinished prediction for a
 * finished one, and accept signatures of any age.
 */
export function replicate(settings: Settings, means: Means): Provider {
  const { models, edits = [], outside, now = Date.now } = means;
  const { key = "" } = settings;
  const line = lineTo(
    {
      title,
      baseUrl: "https://api.replicate.com",
      headers: { authorization: `Bearer ${key}` },
      errorsAreFree: false,
      failureOf: throttled,
    },
    settings,
    means,
  );

  /** One request, made by the package's client. */
  async function once<Value>(
    purpose: Purpose,
    shape: z.ZodType<Value>,
    ask: (client: Replicate) => Promise<unknown>,
  ): Promise<{ kind: "heard"; value: Value } | Failed> {
    const deadlineMs = purpose === "pay" ? line.submitMs : line.readMs;
    const { fetch, outcome } = oneCall(outside, { deadlineMs, maxBytes: line.answerBytesMax, allow: line.allow });
    const client = new Replicate({ auth: key, baseUrl: `${line.baseUrl}/v1`, fetch, useFileOutput: false, userAgent: "atelier" });
    const thrown = await ask(client).then(
      () => undefined,
      (error: unknown) => error,
    );
    const answer = outcome();
    // Nothing was asked: what the client threw is a defect, not an answer.
    if (answer === undefined) throw thrown;
    if (answer instanceof OutsideError) return failedByOutside(answer, title, purpose);
    const wrong = line.wrongWith(answer, purpose);
    if (wrong) return wrong;
    const read = shape.safeParse(jsonOf(answer));
    return read.success ? { kind: "heard", value: read.data } : unreadable(title, purpose);
  }

  /** By the catalogue: they tell no price. */
  function costOf(model: string | undefined, version: string | null | undefined): number {
    const isIt = (one: { provider: string; model: string; version?: string }) =>
      one.provider === name && (one.model === model || (!!version && one.version === version));
    return models.find(isIt)?.priceMicroUsd.standard ?? edits.find(isIt)?.priceMicroUsd ?? 0;
  }

  function polledOf(prediction: Prediction): Polled {
    const { id, model, version, status, error } = prediction;
    const costMicroUsd = costOf(model, version);
    switch (status) {
      case "starting":
        return { kind: "running", progress: 0, pollAfterMs };
      case "processing":
        return { kind: "running", progress: progressOf(prediction), pollAfterMs };
      case "succeeded": {
        const outputs = outputsOf(prediction.output);
        if (outputs.length > 0)
          return { kind: "done", outputs, costMicroUsd, requestId: id, modelVersion: version ?? undefined, seed: seedOf(prediction) };
        const detail = prediction.data_removed
          ? "Replicate has deleted the picture: it keeps them for an hour."
          : "Replicate has finished and given no picture.";
        return failed("fall-back", detail, { billedMicroUsd: costMicroUsd });
      }
      case "failed":
        return failureOf(typeof error === "string" ? line.clean(error) : "");
      case "canceled":
        // ⚠ What was canceled before it began is taken not to be billed.
        return failed(
          "fall-back",
          "The prediction was canceled at Replicate.",
          prediction.started_at ? { billedMicroUsd: costMicroUsd } : {},
        );
      case "aborted":
        return failed("fall-back", "Replicate did not begin before the prediction's deadline. Nothing is billed.");
      default:
        return unanswered(failed("retry", `Replicate tells a state that is not known: ${line.clean(status)}.`), pollAfterMs);
    }
  }

  async function submit(picture: Picture): Promise<Submitted> {
    const asked = askedOf(models, name, picture);
    return asked.kind === "failed" ? asked : create(asked.row, inputOf(asked), picture.webhookUrl);
  }

  async function create({ model, version }: Called, input: Record<string, unknown>, webhook: string | undefined): Promise<Submitted> {
    const heard = await once("pay", Prediction, ({ predictions }) =>
      predictions.create({
        ...(version === undefined ? { model } : { version }),
        input,
        ...(webhook !== undefined && { webhook, webhook_events_filter: ["start", "completed"] as const }),
      } as Parameters<typeof predictions.create>[0]),
    );
    return heard.kind === "failed" ? heard : { kind: "accepted", reference: heard.value.id, pollAfterMs };
  }

  async function submitEdit(alteration: Alteration): Promise<Submitted> {
    const asked = alterationOf(edits, name, alteration);
    if (asked.kind === "failed") return asked;
    const image = await place(alteration.source);
    return typeof image === "string" ? create(asked.row, { image, ...asked.parameters }, alteration.webhookUrl) : image;
  }

  /** Where the model finds the picture: in the request itself where it is small, else in a file that they keep for a day. That costs nothing. */
  async function place(source: SourceFile): Promise<string | Failed> {
    if (source.bytes.length <= dataUrlBytesMax) return dataUrlOf(source);
    const form = new FormData();
    form.set("content", new Blob([new Uint8Array(source.bytes)], { type: source.mimeType }), "picture");
    const packed = new Response(form);
    const kept = await line.send("/v1/files", packed.headers.get("content-type") ?? "", Buffer.from(await packed.arrayBuffer()), Kept);
    return kept.kind === "failed" ? kept : kept.value.urls.get;
  }

  async function poll(reference: string): Promise<Polled> {
    const heard = await once("read", Prediction, ({ predictions }) => predictions.get(reference));
    return heard.kind === "failed" ? unanswered(heard, pollAfterMs) : polledOf(heard.value);
  }

  async function lookUp({ picture, ...attempt }: Attempt): Promise<Found> {
    const asked = askedOf(models, name, picture);
    return asked.kind === "failed" ? { kind: "absent" } : find(asked.row, inputOf(asked), { ...attempt, attemptId: picture.attemptId });
  }

  /** Without a webhook it is known by its picture, where that is in the request. In a file of theirs it looks like any other. */
  async function lookUpEdit({ alteration, ...attempt }: EditAttempt): Promise<Found> {
    const asked = alterationOf(edits, name, alteration);
    if (asked.kind === "failed") return { kind: "absent" };
    const { source } = alteration;
    const image = source.bytes.length <= dataUrlBytesMax ? dataUrlOf(source) : undefined;
    return find(asked.row, { ...asked.parameters, image }, { ...attempt, attemptId: alteration.attemptId });
  }

  async function find(
    row: Called,
    input: Record<string, unknown>,
    { attemptId, startedAt, known = [] }: Omit<Attempt, "picture"> & { attemptId: string },
  ): Promise<Found> {
    const since = Date.parse(startedAt) - clockSkewMs;
    const candidates: Prediction[] = [];
    for (let next: string | undefined, pages = 0; ; pages += 1) {
      const page: { kind: "heard"; value: z.infer<typeof Page> } | Failed = await once("read", Page, (client) =>
        next === undefined ? client.predictions.list() : client.request(next, { method: "GET" }).then((answer) => answer.json()),
      );
      if (page.kind === "failed") return { kind: "unknown", detail: page.failure.detail };
      const recent = page.value.results.filter(({ created_at: at }) => at !== undefined && at !== null && Date.parse(at) >= since);
      candidates.push(...recent.filter(({ id }) => !known.includes(id)));
      next = page.value.next ?? undefined;
      if (next === undefined || recent.length < page.value.results.length) break;
      if (URL.parse(next)?.origin !== new URL(line.baseUrl).origin || pages >= pagesMax)
        return { kind: "unknown", detail: "Replicate has had too many predictions since to look through them." };
    }
    return chosen(candidates, { row, input }, attemptId, now() - Date.parse(startedAt) > line.submitMs + settlingMs);
  }

  return {
    name,
    missing: () => (settings.key ? [] : ["key"]),
    estimate: (picture) => priceOf(models, name, picture),
    submit,
    poll,
    async cancel(reference) {
      const heard = await once("read", Prediction, ({ predictions }) => predictions.cancel(reference));
      return heard.kind === "failed" ? heard : { kind: "asked" };
    },
    lookUp,
    editor: { estimate: (alteration) => editPriceOf(edits, name, alteration), submit: submitEdit, lookUp: lookUpEdit },
    fetchOutput: (output) =>
      line.fetchOutput(output, ({ protocol, hostname }) => protocol === "https:" && /(^|\.)replicate\.delivery$/.test(hostname)),
  };
}

/** How a model is called: an official one by its name, others by a version. */
type Called = { model: string; version?: string };
type Wanted = { row: Called; input: Record<string, unknown> };

const clockSkewMs = 60_000;
/** After its deadline, until a request that was still on its way is surely in their list. */
const settlingMs = 30_000;
const pagesMax = 20;
/** They advise files of their own for what is larger. */
const dataUrlBytesMax = 256 * 1024;

const dataUrlOf = ({ bytes, mimeType }: SourceFile): string => `data:${mimeType};base64,${bytes.toString("base64")}`;

function inputOf({ row, prompt, negativePrompt, seed, width, height, ratio, parameters }: Asked): Record<string, unknown> {
  return {
    prompt,
    ...(negativePrompt !== undefined && { negative_prompt: negativePrompt }),
    ...(seed !== undefined && { seed }),
    ...(row.sizes.kind === "ratios" ? { aspect_ratio: ratio } : { width, height }),
    ...parameters,
  };
}

/**
 * The attempt's prediction among those made since: by its webhook where that is told, else by all of its input, the seed included. A webhook is known by the
 * attempt that it names: since then this server may have got another address. What is `undefined` in the input may be anything: then one that is alike is
 * not surely it, and none is taken.
 */
function chosen(candidates: readonly Prediction[], wanted: Wanted, attemptId: string, settled: boolean): Found {
  const byHook = candidates.find(({ webhook }) => webhook?.includes(attemptId));
  if (byHook) return { kind: "found", reference: byHook.id };
  const { row } = wanted;
  const isAlike = ({ input }: Prediction) =>
    Object.entries(wanted.input).every(([field, value]) => value === undefined || input?.[field] === value);
  const isOfModel = ({ model, version }: Prediction) =>
    model === undefined || model === row.model || (row.version !== undefined && version === row.version);
  const matching = candidates.filter((one) => !one.webhook && isOfModel(one) && isAlike(one));
  const [match] = matching;
  if (match && Object.values(wanted.input).includes(undefined))
    return { kind: "unknown", detail: "Replicate has a prediction that could be it, and nothing tells whether it is." };
  if (match && matching.length === 1) return { kind: "found", reference: match.id };
  if (match) return { kind: "unknown", detail: "Replicate has several predictions that could be it." };
  if (candidates.some(({ data_removed: removed }) => removed))
    return { kind: "unknown", detail: "Replicate has already deleted what was asked of some predictions made since." };
  return settled ? { kind: "absent" } : { kind: "unknown", detail: "Replicate does not have it yet; it might still be on its way." };
}

const outputsOf = (output: unknown) =>
  [output].flat().flatMap((url) => (typeof url === "string" && URL.canParse(url) ? [{ kind: "url" as const, url }] : []));

function progressOf({ logs }: Prediction): number {
  const known = typeof logs === "string" ? parseProgressFromLogs(logs) : null;
  return known ? Math.min(1, Math.max(0, known.percentage)) : 0.5;
}

/** Models that draw their own seed write it in their log. */
function seedOf({ input, logs }: Prediction): number | undefined {
  const logged = /seed: (\d+)/i.exec(logs ?? "")?.[1];
  return typeof input?.seed === "number" ? input.seed : logged === undefined ? undefined : Number(logged);
}

/** Moderation is a failed prediction; only its words tell it. ⚠ That failures are not billed is not stated. */
function failureOf(words: string): Failed {
  if (/nsfw|sensitive|flagged|moderat|safety|\bE005\b/i.test(words))
    return failed("refused", `Replicate refuses the content: “${words}” Change the prompt.`);
  if (/please retry|interrupted/i.test(words)) return failed("retry", `Replicate lost the prediction: “${words}”`, { retryAfterMs: 1_000 });
  return failed("fall-back", `The model at Replicate failed: “${words}”`);
}

/** ⚠ Whether Retry-After is sent is not documented; the text tells the seconds. */
function throttled({ status, headers, body }: { status: number; headers: Readonly<Record<string, string>>; body: Buffer }) {
  if (status !== 429 || headers["retry-after"] !== undefined) return undefined;
  const seconds = /resets in ~?(\d+)\s?s/.exec(body.toString("utf8", 0, 1_000))?.[1];
  if (seconds === undefined) return undefined;
  return {
    class: "retry" as const,
    detail: `Replicate takes no more for ${seconds} s. The limit is lower where the account has little credit.`,
    retryAfterMs: Math.min(15 * 60_000, Number(seconds) * 1000),
  };
}
