import * as z from "zod";
import { askedOf, priceOf } from "./asked.ts";
import type { Means, Provider, Settings } from "./contract.ts";
import { failed } from "./failures.ts";
import { geminiBaseUrl, geminiFailureOf, geminiTitle, generateContent } from "./gemini-client.ts";
import { lineTo } from "./line.ts";

const name = "gemini";

const Generated = z.looseObject({
  candidates: z
    .array(
      z.looseObject({
        content: z
          .looseObject({
            parts: z.array(z.looseObject({ inlineData: z.looseObject({ mimeType: z.string(), data: z.string() }).optional() })).optional(),
          })
          .optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.looseObject({ blockReason: z.string().optional() }).optional(),
  modelVersion: z.string().optional(),
  responseId: z.string().optional(),
});

/** Reasons to stop that are refusals (contracts.md §1.4). They come with 200. */
const refusals = /SAFETY|RECITATION|BLOCKLIST|PROHIBITED_CONTENT|SPII|LANGUAGE|IMAGE_OTHER/;

/** Gemini's image models (contracts.md §1.4). The picture comes in base64 with the answer; seeds are not asked for. */
export function gemini(settings: Settings, means: Means): Provider {
  const { models, outside } = means;
  const { key = "" } = settings;
  const line = lineTo(
    { title: geminiTitle, baseUrl: geminiBaseUrl, headers: { "x-goog-api-key": key }, errorsAreFree: true, failureOf: geminiFailureOf },
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
      const { row, prompt, ratio, parameters } = asked;
      const request = {
        contents: [{ role: "user", parts: [{ text: prompt }] }],
        generationConfig: { responseModalities: ["IMAGE"], imageConfig: { aspectRatio: ratio, ...parameters } },
      };
      const heard = await generateContent({ outside, key, line }, row.model, request, Generated);
      if (heard.kind === "failed") return heard;
      const { candidates: [candidate] = [], promptFeedback, modelVersion, responseId } = heard.value;
      const refusal = promptFeedback?.blockReason ?? refusals.exec(candidate?.finishReason ?? "")?.input;
      if (refusal !== undefined) return failed("refused", `Gemini refuses the content (${line.clean(refusal)}). Change the prompt.`);
      const picked = candidate?.content?.parts?.find(({ inlineData }) => inlineData)?.inlineData;
      if (!picked)
        return failed("fall-back", `Gemini has given no picture (${line.clean(candidate?.finishReason ?? "no reason")}).`, {
          billedMicroUsd: priceOf(models, name, picture),
        });
      return {
        kind: "done",
        outputs: [{ kind: "bytes", bytes: Buffer.from(picked.data, "base64"), mimeType: picked.mimeType }],
        costMicroUsd: priceOf(models, name, picture),
        requestId: responseId,
        modelVersion: modelVersion ?? row.model,
      };
    },
    fetchOutput: (output) => line.fetchOutput(output),
  };
}
