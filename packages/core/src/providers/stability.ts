import type { OutsideAnswer } from "../outside/index.ts";
import { type Asked, askedOf, priceOf } from "./asked.ts";
import type { Failure, Means, Provider, Settings } from "./contract.ts";
import { unreadable } from "./failures.ts";
import { jsonOf, lineTo } from "./line.ts";

const name = "stability";
const title = "Stability AI";

/** Stability AI, v2beta (contracts.md §1.2): Core, Ultra and Stable Diffusion 3.5. The picture comes with the answer. */
export function stability(settings: Settings, means: Means): Provider {
  const { models } = means;
  const line = lineTo(
    {
      title,
      baseUrl: "https://api.stability.ai",
      headers: { authorization: `Bearer ${settings.key ?? ""}` },
      errorsAreFree: true,
      wordsOf: (answer) => wordsOf(answer).join("; "),
      failureOf,
    },
    settings,
    means,
  );
  return {
    name,
    missing: () => (settings.key ? [] : ["key"]),
    estimate: (picture) => priceOf(models, name, picture),
    async submit(picture) {
      const asked = askedOf(models, name, picture);
      if (asked.kind === "failed") return asked;
      const packed = new Response(formOf(asked));
      const answer = await line.payRaw(`/v2beta/stable-image/generate/${pathOf(asked)}`, {
        headers: { accept: "image/*", "content-type": packed.headers.get("content-type") ?? "" },
        body: Buffer.from(await packed.arrayBuffer()),
      });
      if ("kind" in answer) return answer;
      const { "content-type": mimeType = "", "x-request-id": requestId, seed } = answer.headers;
      if (!mimeType.startsWith("image/")) return unreadable(title, "pay");
      return {
        kind: "done",
        outputs: [{ kind: "bytes", bytes: answer.body, mimeType }],
        costMicroUsd: priceOf(models, name, picture),
        requestId,
        modelVersion: picture.model,
        seed: seed === undefined ? asked.seed : Number(seed),
      };
    },
    fetchOutput: (output) => line.fetchOutput(output),
  };
}

const isSd3 = ({ row }: Asked) => row.model.startsWith("sd3");
const pathOf = (asked: Asked) => (isSd3(asked) ? "sd3" : asked.row.model);

/** Always a form, though no file is in it. There is no width and no height: only ratios. */
function formOf(asked: Asked): FormData {
  const { row, prompt, negativePrompt, seed, ratio, parameters } = asked;
  const form = new FormData();
  const fields = {
    prompt,
    negative_prompt: negativePrompt,
    seed,
    aspect_ratio: ratio,
    output_format: "png",
    ...(isSd3(asked) && { model: row.model, mode: "text-to-image" }),
    ...parameters,
  };
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) form.set(field, String(value));
  return form;
}

/** `{id, name, errors}`. */
function wordsOf(answer: OutsideAnswer): string[] {
  const { errors } = (jsonOf(answer) ?? {}) as { errors?: unknown };
  return Array.isArray(errors) ? errors.map(String) : [];
}

/** They block for a minute whoever is over their limit, and do not say so in a header. */
const blockMs = 60_000;

function failureOf(answer: OutsideAnswer): Failure | undefined {
  const { status, headers } = answer;
  // A blurred picture under 200 is a refusal.
  if (status === 200 && headers["finish-reason"] === "CONTENT_FILTERED")
    return { class: "refused", detail: `${title} refuses what was drawn. Change the prompt.` };
  if (status === 200) return undefined;
  const { name: error } = (jsonOf(answer) ?? {}) as { name?: unknown };
  if (status === 403 && error === "content_moderation")
    return { class: "refused", detail: `${title} refuses the prompt: ${wordsOf(answer).join("; ")} Change it.` };
  if (status === 429 && headers["retry-after"] === undefined)
    return {
      class: "retry",
      detail: `${title} takes no more for a minute: more than 150 requests came within 10 s.`,
      retryAfterMs: blockMs,
    };
  return undefined;
}
