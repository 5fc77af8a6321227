import { type SketchStyle, sketchPng } from "../sketch/index.ts";
import { askedOf } from "./asked.ts";
import type { Means, Provider } from "./contract.ts";
import { failed } from "./failures.ts";

/** The renderer that is built in, under the contract of all providers. It calls nobody, costs nothing and cannot be out of order. */
export function builtIn({ models }: Pick<Means, "models">): Provider {
  return {
    name: "sketch",
    missing: () => [],
    estimate: () => 0,
    async submit(picture) {
      const asked = askedOf(models, "sketch", picture);
      if (asked.kind === "failed") return asked;
      const { prompt, negativePrompt, width, height, seed = 0, parameters } = asked;
      const bytes = await sketchPng({ prompt, negativePrompt, style: parameters.style as SketchStyle | undefined, width, height, seed });
      return { kind: "done", outputs: [{ kind: "bytes", bytes, mimeType: "image/png" }], costMicroUsd: 0, modelVersion: "1", seed };
    },
    async fetchOutput(output) {
      if (output.kind === "url") return failed("bad-request", "Sketch gives no URLs.");
      return { kind: "file", bytes: output.bytes, mimeType: output.mimeType };
    },
  };
}
