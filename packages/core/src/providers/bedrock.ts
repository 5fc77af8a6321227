import * as z from "zod";
import type { OutsideAnswer } from "../outside/index.ts";
import { askedOf, priceOf } from "./asked.ts";
import type { Failure, Means, Provider, Settings } from "./contract.ts";
import { failed } from "./failures.ts";
import { lineTo } from "./line.ts";

const name = "bedrock";
const title = "Amazon Bedrock";

const Invoked = z.looseObject({
  images: z.array(z.string()),
  seeds: z.array(z.number()).optional(),
  finish_reasons: z.array(z.string().nullable()).optional(),
});

/**
 * Amazon Bedrock's Stability models (contracts.md §1.6), asked with a Bedrock API key. Signing with an AWS identity instead is left out: it
 * would bring a signer and credentials into every bundle for the same answer.
 */
export function bedrock(settings: Settings, means: Means): Provider {
  const { models } = means;
  const { key = "", region = "us-west-2" } = settings;
  const baseUrl = `https://bedrock-runtime.${region}.amazonaws.com`;
  const line = lineTo({ title, baseUrl, headers: { authorization: `Bearer ${key}` }, errorsAreFree: false, failureOf }, settings, means);
  return {
    name,
    missing: () => (settings.key ? [] : ["key"]),
    estimate: (picture) => priceOf(models, name, picture),
    async submit(picture) {
      const asked = askedOf(models, name, picture);
      if (asked.kind === "failed") return asked;
      const { row, prompt, negativePrompt, seed, ratio, parameters } = asked;
      const body = {
        prompt,
        negative_prompt: negativePrompt,
        mode: "text-to-image",
        aspect_ratio: ratio,
        seed,
        output_format: "png",
        ...parameters,
      };
      const heard = await line.pay(`/model/${encodeURIComponent(row.model)}/invoke`, body, Invoked);
      if (heard.kind === "failed") return heard;
      const { images, seeds, finish_reasons: reasons } = heard.value;
      // A filtered picture comes as a success without one.
      const reason = reasons?.[0];
      if (reason) return failed("refused", `${title} refuses the content: “${line.clean(reason)}” Change the prompt.`);
      const [image] = images;
      const costMicroUsd = priceOf(models, name, picture);
      if (image === undefined) return failed("fall-back", `${title} has finished and given no picture.`, { billedMicroUsd: costMicroUsd });
      return {
        kind: "done",
        outputs: [{ kind: "bytes", bytes: Buffer.from(image, "base64"), mimeType: "image/png" }],
        costMicroUsd,
        requestId: heard.headers["x-amzn-requestid"],
        modelVersion: row.model,
        seed: seeds?.[0] ?? seed,
      };
    },
    fetchOutput: (output) => line.fetchOutput(output),
  };
}

/** The exception's name stands in a header. ⚠ That a model past its end is not found. */
function failureOf({ headers }: OutsideAnswer): Failure | undefined {
  const exception = headers["x-amzn-errortype"]?.split(":")[0];
  if (exception === "ResourceNotFoundException")
    return { class: "bad-request", detail: `${title} has no such model any more, or not in this region. Choose another.` };
  if (exception === "ModelErrorException") return { class: "fall-back", detail: `The model at ${title} failed.` };
  return undefined;
}
