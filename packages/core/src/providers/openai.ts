import * as z from "zod";
import { askedOf, priceOf, sizeWithin } from "./asked.ts";
import type { Means, Picture, Provider, Settings } from "./contract.ts";
import { failed } from "./failures.ts";
import { lineTo } from "./line.ts";
import { openaiFailureOf } from "./openai-failures.ts";

const name = "openai";
const title = "OpenAI";

const Drawn = z.looseObject({
  data: z.array(z.looseObject({ b64_json: z.string() })),
  output_format: z.string().optional(),
  // A picture that was paid for is not thrown away for a count that cannot be read: the catalogue's price stands in.
  usage: z.looseObject({ input_tokens: z.number().nonnegative(), output_tokens: z.number().nonnegative() }).optional().catch(undefined),
});

/** OpenAI's image models (contracts.md §1.5). The picture comes in base64 with the answer; there are no seeds. */
export function openai(settings: Settings, means: Means): Provider {
  const { models } = means;
  const line = lineTo(
    {
      title,
      baseUrl: "https://api.openai.com",
      headers: { authorization: `Bearer ${settings.key ?? ""}` },
      errorsAreFree: false,
      failureOf: openaiFailureOf(title),
    },
    settings,
    means,
  );

  /** Tokens grow with the pixels. No word has more tokens than letters. */
  function estimate(picture: Picture): number {
    const row = models.find((one) => one.provider === name && one.model === picture.model);
    if (!row) return 0;
    const { width, height } = sizeWithin(row.sizes, picture);
    const words = picture.prompt.length * (row.tokenPriceMicroUsd?.in ?? 0);
    return Math.ceil((priceOf(models, name, picture) * width * height) / 1_048_576 + words);
  }

  return {
    name,
    missing: () => (settings.key ? [] : ["key"]),
    estimate,
    async submit(picture) {
      const asked = askedOf(models, name, picture);
      if (asked.kind === "failed") return asked;
      const { row, prompt, width, height, parameters } = asked;
      const body = { model: row.model, prompt, n: 1, size: `${width}x${height}`, output_format: "png", ...parameters };
      const heard = await line.pay("/v1/images/generations", body, Drawn);
      if (heard.kind === "failed") return heard;
      const { data, usage, output_format: format = "png" } = heard.value;
      const price = row.tokenPriceMicroUsd;
      const costMicroUsd = usage && price ? Math.ceil(usage.input_tokens * price.in + usage.output_tokens * price.out) : estimate(picture);
      const [first] = data;
      if (!first) return failed("fall-back", `${title} has finished and given no picture.`, { billedMicroUsd: costMicroUsd });
      return {
        kind: "done",
        outputs: [{ kind: "bytes", bytes: Buffer.from(first.b64_json, "base64"), mimeType: `image/${format}` }],
        costMicroUsd,
        requestId: heard.headers["x-request-id"],
        modelVersion: row.model,
      };
    },
    fetchOutput: (output) => line.fetchOutput(output),
  };
}
