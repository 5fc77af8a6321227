import * as z from "zod";
import { askedOf } from "./asked.ts";
import type { Means, Provider, Settings } from "./contract.ts";
import { unreadable } from "./failures.ts";
import { lineTo } from "./line.ts";

const Drawn = z.looseObject({ images: z.array(z.string()) });

/** AUTOMATIC1111's web UI, started with `--api` (contracts.md §1.7). One long call. The key, if there is one, is `user:password`. */
export function automatic1111(settings: Settings, means: Means): Provider {
  const name = "automatic1111";
  const headers: Record<string, string> = settings.key ? { authorization: `Basic ${Buffer.from(settings.key).toString("base64")}` } : {};
  const line = lineTo({ title: "AUTOMATIC1111", baseUrl: "http://127.0.0.1:7860", headers, errorsAreFree: true }, settings, means);
  return {
    name,
    missing: () => (settings.baseUrl ? [] : ["baseUrl"]),
    estimate: () => 0,
    async submit(picture) {
      const asked = askedOf(means.models, name, picture);
      if (asked.kind === "failed") return asked;
      const { row, prompt, negativePrompt = "", seed, width, height, parameters } = asked;
      const checkpoint = row.model === "default" ? {} : { override_settings: { sd_model_checkpoint: row.model } };
      const body = { prompt, negative_prompt: negativePrompt, seed, width, height, batch_size: 1, n_iter: 1, ...checkpoint, ...parameters };
      const heard = await line.pay("/sdapi/v1/txt2img", body, Drawn);
      if (heard.kind === "failed") return heard;
      const [image] = heard.value.images;
      if (image === undefined) return unreadable("AUTOMATIC1111", "pay", "has given no picture");
      return {
        kind: "done",
        outputs: [{ kind: "bytes", bytes: Buffer.from(image, "base64"), mimeType: "image/png" }],
        costMicroUsd: 0,
        modelVersion: row.model,
        seed,
      };
    },
    fetchOutput: (output) => line.fetchOutput(output),
  };
}
