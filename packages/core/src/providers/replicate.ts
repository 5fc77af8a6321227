import Replicate, { parseProgressFromLogs } from "replicate";
import * as z from "zod";
import { OutsideError, oneCall } from "../outside/index.ts";
import { type Asked, alterationOf, askedOf, editPriceOf, priceOf } from "./asked.ts";
import type { Alteration, Attempt, EditAttempt, Failed, Found, Means, Picture, Polled, Provider, Settings, Submitted } from "./contract.ts";
import { failed, failedByOutside, type Purpose, unreadable } from "./failures.ts";
import { jsonOf, lineTo, unanswered } from "./line.ts";
import { filesSince, keepFile } from "./replicate-files.ts";
import { byFile, byInput, type Called, chosen, type Judge, Prediction } from "./replicate-traces.ts";

const name = "replicate";
const title = "Replicate";
/** Webhooks tell sooner; this is for those that are lost. */
const pollAfterMs = 3_000;

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
    const kept = await keepFile(line, alteration.source, alteration.attemptId);
    return kept.kind === "failed" ? kept : create(asked.row, { image: kept.url, ...asked.parameters }, alteration.webhookUrl);
  }

  async function poll(reference: string): Promise<Polled> {
    const heard = await once("read", Prediction, ({ predictions }) => predictions.get(reference));
    return heard.kind === "failed" ? unanswered(heard, pollAfterMs) : polledOf(heard.value);
  }

  async function lookUp({ picture, ...attempt }: Attempt): Promise<Found> {
    const asked = askedOf(models, name, picture);
    if (asked.kind === "failed") return { kind: "absent" };
    return find(byInput(asked.row, inputOf(asked)), { ...attempt, attemptId: picture.attemptId });
  }

  async function lookUpEdit({ alteration, ...attempt }: EditAttempt): Promise<Found> {
    const { attemptId, model } = alteration;
    const row = edits.find((one) => one.provider === name && one.model === model);
    if (!row) return { kind: "unknown", detail: `${model} is not in the catalogue any more, so nobody knows its work.` };
    const kept = await filesSince(line, Date.parse(attempt.startedAt) - filesBeforeMs);
    if (kept === "too-many") return { kind: "unknown", detail: "Replicate was given too many files since to look through them." };
    if (kept.kind === "failed") return { kind: "unknown", detail: kept.failure.detail };
    const own = kept.files.find((file) => file.attemptId === attemptId)?.url;
    const others = kept.files.filter((file) => file.attemptId !== attemptId).map(({ url }) => url);
    return find(byFile(row, own, others), { ...attempt, attemptId, sentLaterMs: uploadMs });
  }

  async function find(
    judge: Judge,
    { attemptId, startedAt, known = [], sentLaterMs = 0 }: Omit<Attempt, "picture"> & { attemptId: string; sentLaterMs?: number },
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
    return chosen(candidates, judge, attemptId, now() - Date.parse(startedAt) > sentLaterMs + line.submitMs + settlingMs);
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

const clockSkewMs = 60_000;
/** After its deadline, until a request that was still on its way is surely in their list. */
const settlingMs = 30_000;
/** So long after the begin of its attempt an edit is asked for at the latest: its file is read and uploaded first. */
const uploadMs = 60_000;
const pagesMax = 20;
/** What predictions of the time read was given before them. */
const filesBeforeMs = 15 * 60_000;

function inputOf({ row, prompt, negativePrompt, seed, width, height, ratio, parameters }: Asked): Record<string, unknown> {
  return {
    prompt,
    ...(negativePrompt !== undefined && { negative_prompt: negativePrompt }),
    ...(seed !== undefined && { seed }),
    ...(row.sizes.kind === "ratios" ? { aspect_ratio: ratio } : { width, height }),
    ...parameters,
  };
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
