import type { OutsideAnswer } from "../outside/index.ts";
import { type Asked, alterationOf, askedOf, editPriceOf, priceOf } from "./asked.ts";
import type { Failed, Failure, Means, Output, Provider, Settings } from "./contract.ts";
import type { EditModel } from "./edit-catalogue.ts";
import { unreadable } from "./failures.ts";
import { jsonOf, lineTo } from "./line.ts";

const name = "stability";
const title = "Stability AI";

/**
 * Stability AI, v2beta (contracts.md §1.2): Core, Ultra and Stable Diffusion 3.5; taking away backgrounds, and fast upscaling. The picture comes with the
 * answer.
 */
export function stability(settings: Settings, means: Means): Provider {
  const { models, edits = [] } = means;
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

  async function pay(
    path: string,
    form: FormData,
  ): Promise<{ kind: "paid"; output: Output; requestId: string | undefined; seed: string | undefined } | Failed> {
    const packed = new Response(form);
    const answer = await line.payRaw(`/v2beta/stable-image/${path}`, {
      headers: { accept: "image/*", "content-type": packed.headers.get("content-type") ?? "" },
      body: Buffer.from(await packed.arrayBuffer()),
    });
    if ("kind" in answer) return answer;
    const { "content-type": mimeType = "", "x-request-id": requestId, seed } = answer.headers;
    if (!mimeType.startsWith("image/")) return unreadable(title, "pay");
    return { kind: "paid", output: { kind: "bytes", bytes: answer.body, mimeType }, requestId, seed };
  }

  return {
    name,
    missing: () => (settings.key ? [] : ["key"]),
    estimate: (picture) => priceOf(models, name, picture),
    async submit(picture) {
      const asked = askedOf(models, name, picture);
      if (asked.kind === "failed") return asked;
      const paid = await pay(`generate/${pathOf(asked)}`, formOf(asked));
      if (paid.kind === "failed") return paid;
      const { output, requestId, seed } = paid;
      return {
        kind: "done",
        outputs: [output],
        costMicroUsd: priceOf(models, name, picture),
        requestId,
        modelVersion: picture.model,
        seed: seed === undefined ? asked.seed : Number(seed),
      };
    },
    editor: {
      estimate: (alteration) => editPriceOf(edits, name, alteration),
      async submit(alteration) {
        const asked = alterationOf(edits, name, alteration);
        if (asked.kind === "failed") return asked;
        const { bytes, mimeType } = alteration.source;
        const form = new FormData();
        form.set("image", new Blob([new Uint8Array(bytes)], { type: mimeType }), "image");
        // PNG keeps what is see-through, and loses nothing.
        for (const [field, value] of Object.entries({ ...asked.parameters, output_format: "png" })) form.set(field, String(value));
        const paid = await pay(editPaths[asked.row.does], form);
        if (paid.kind === "failed") return paid;
        const costMicroUsd = editPriceOf(edits, name, alteration);
        return { kind: "done", outputs: [paid.output], costMicroUsd, requestId: paid.requestId, modelVersion: alteration.model };
      },
    },
    fetchOutput: (output) => line.fetchOutput(output),
  };
}

const editPaths: Readonly<Record<EditModel["does"], string>> = { remove_background: "edit/remove-background", upscale: "upscale/fast" };

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
    return { class: "refused", detail: `${title} refuses what was made. Change the prompt, or the picture.` };
  if (status === 200) return undefined;
  const { name: error } = (jsonOf(answer) ?? {}) as { name?: unknown };
  if (status === 403 && error === "content_moderation")
    return { class: "refused", detail: `${title} refuses this: ${wordsOf(answer).join("; ")} Change the prompt, or the picture.` };
  if (status === 429 && headers["retry-after"] === undefined)
    return {
      class: "retry",
      detail: `${title} takes no more for a minute: more than 150 requests came within 10 s.`,
      retryAfterMs: blockMs,
    };
  return undefined;
}
