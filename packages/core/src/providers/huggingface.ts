import * as z from "zod";
import type { OutsideAnswer } from "../outside/index.ts";
import { type Asked, askedOf, priceOf } from "./asked.ts";
import type { Failed, Failure, Means, Provider, Settings, Submitted } from "./contract.ts";
import { cappedMs, failed, unreadable } from "./failures.ts";
import { jsonOf, lineTo } from "./line.ts";

const name = "huggingface";
const title = "Hugging Face";

/** Who can be asked for pictures in a form that is known here, in the order in which they are preferred. */
const served = ["hf-inference", "together", "nscale"] as const;
type Served = (typeof served)[number];

const Mapped = z.looseObject({ provider: z.string().optional(), providerId: z.string(), status: z.string(), task: z.string().optional() });
const Model = z.looseObject({ inferenceProviderMapping: z.union([z.record(z.string(), Mapped), z.array(Mapped)]) });
const Drawn = z.looseObject({ data: z.array(z.looseObject({ b64_json: z.string() })) });

/**
 * Hugging Face Inference Providers (contracts.md §1.3). The hub is asked who serves the model, since that changes from week to week; then that
 * one is asked to draw, in its own form. fal-ai and replicate, which have queues of their own, are left out.
 */
export function huggingface(settings: Settings, means: Means): Provider {
  const { models } = means;
  const headers = { authorization: `Bearer ${settings.key ?? ""}` };
  const manners = { title, headers, errorsAreFree: false, failureOf };
  const line = lineTo({ ...manners, baseUrl: "https://router.huggingface.co" }, settings, means);
  const hub = lineTo({ ...manners, baseUrl: "https://huggingface.co" }, settings, means);

  async function serverOf(model: string): Promise<{ kind: "server"; provider: Served; id: string } | Failed> {
    const heard = await hub.read(`/api/models/${model}?expand[]=inferenceProviderMapping`, Model);
    if (heard.kind === "failed") return heard;
    const { inferenceProviderMapping: mapping } = heard.value;
    const rows = Array.isArray(mapping) ? mapping : Object.entries(mapping).map(([provider, row]) => ({ ...row, provider }));
    for (const provider of served) {
      const row = rows.find(
        (one) => one.provider === provider && one.status === "live" && (one.task ?? "text-to-image") === "text-to-image",
      );
      if (row) return { kind: "server", provider, id: row.providerId };
    }
    return failed("bad-request", `Nobody who is known here serves ${model} at Hugging Face now. Choose another model.`);
  }

  async function draw(asked: Asked, provider: Served, id: string): Promise<{ bytes: Buffer; mimeType: string } | Failed> {
    const { prompt, negativePrompt, seed, width, height, parameters } = asked;
    const wanted = { width, height, seed, ...parameters, ...(negativePrompt !== undefined && { negative_prompt: negativePrompt }) };
    if (provider === "hf-inference") {
      const body = JSON.stringify({ inputs: prompt, parameters: wanted });
      const answer = await line.payRaw(`/hf-inference/models/${id}`, {
        headers: { accept: "image/*", "content-type": "application/json" },
        body,
      });
      if ("kind" in answer) return answer;
      const mimeType = answer.headers["content-type"] ?? "";
      return mimeType.startsWith("image/") ? { bytes: answer.body, mimeType } : unreadable(title, "pay");
    }
    const format = provider === "together" ? "base64" : "b64_json";
    const heard = await line.pay(`/${provider}/v1/images/generations`, { model: id, prompt, response_format: format, ...wanted }, Drawn);
    if (heard.kind === "failed") return heard;
    const [first] = heard.value.data;
    return first
      ? { bytes: Buffer.from(first.b64_json, "base64"), mimeType: "image/png" }
      : unreadable(title, "pay", "has given no picture");
  }

  return {
    name,
    missing: () => (settings.key ? [] : ["key"]),
    estimate: (picture) => priceOf(models, name, picture),
    async submit(picture): Promise<Submitted> {
      const asked = askedOf(models, name, picture);
      if (asked.kind === "failed") return asked;
      const server = await serverOf(asked.row.model);
      if (server.kind === "failed") return server;
      const made = await draw(asked, server.provider, server.id);
      if ("kind" in made) return made;
      return {
        kind: "done",
        outputs: [{ kind: "bytes", ...made }],
        costMicroUsd: priceOf(models, name, picture),
        modelVersion: `${server.provider}/${server.id}`,
        seed: asked.seed,
      };
    },
    fetchOutput: (output) => line.fetchOutput(output),
  };
}

/** ⚠ No server's words for a refusal are documented. */
function failureOf(answer: OutsideAnswer): Failure | undefined {
  const { status } = answer;
  if (status !== 400 && status !== 422 && status !== 503) return undefined;
  const { error, estimated_time: seconds } = (jsonOf(answer) ?? {}) as { error?: unknown; estimated_time?: unknown };
  const words = typeof error === "string" ? error : "";
  if (status === 503)
    return typeof seconds === "number"
      ? { class: "retry", detail: "The model is being loaded at Hugging Face.", retryAfterMs: cappedMs(seconds * 1000) }
      : undefined;
  if (/nsfw|flagged|safety|moderat/i.test(words))
    return { class: "refused", detail: `${title} refuses the content: “${words}” Change the prompt.` };
  return undefined;
}
