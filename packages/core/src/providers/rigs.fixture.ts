import { type Fault, type ProviderOptions, type Provider as Simulator, providers as simulators } from "@atelier/simulators";
import { makeOutside } from "../outside/index.ts";
import { type ImageModel, overridden } from "./catalogue.ts";
import type { Failure, Means, Output, Picture, Polled, Provider, Settings } from "./contract.ts";
import { imageModels } from "./models/index.ts";
import { replicate } from "./replicate.ts";
import { stability } from "./stability.ts";

/** An adapter with the stand-in that it is tried against. */
export type Rig = {
  make: (settings: Settings, means: Means) => Provider;
  start: (options: ProviderOptions) => Promise<Simulator>;
  model: string;
};

export const rigs = {
  replicate: { make: replicate, start: simulators.replicate, model: "black-forest-labs/flux-schnell" },
  stability: { make: stability, start: simulators.stability, model: "core" },
} as const satisfies Record<string, Rig>;

export type RigName = keyof typeof rigs;
export const rigNames = Object.keys(rigs) as RigName[];

/** The catalogue, with the version that the stand-in of Replicate has for SDXL. */
export const models: readonly ImageModel[] = overridden(imageModels, [
  { provider: "replicate", model: "stability-ai/sdxl", version: "7762fd07".repeat(8) },
]);

export const patience = { submitMs: 400, readMs: 400, fileMs: 400 };

export const pictureOf = (model: string, more: Partial<Picture> = {}): Picture => ({
  attemptId: "att_01HZX3J5T8Q6W4E2R0Y9U7I5O3",
  model,
  prompt: "a red fox in the snow",
  width: 1024,
  height: 1024,
  quality: "standard",
  seed: 7,
  ...more,
});

/** How one picture ended, and at which of the calls. */
export type Ending =
  | { at: "file"; bytes: Buffer; mimeType: string; costMicroUsd: number; seed: number | undefined }
  | { at: "submit" | "poll" | "file"; failure: Failure }
  | { at: "poll"; state: "running" | "unanswered"; failure?: Failure };

const pollsMax = 6;

/** Draws one picture as a worker would, with as many questions as a patient one asks, and no second submission. */
export async function drawn(provider: Provider, picture: Picture): Promise<Ending> {
  const submitted = await provider.submit(picture);
  if (submitted.kind === "failed") return { at: "submit", failure: submitted.failure };
  let known: Polled = submitted.kind === "accepted" ? { kind: "running", pollAfterMs: 0 } : submitted;
  for (let polls = 0; polls < pollsMax && known.kind === "running" && submitted.kind === "accepted"; polls += 1) {
    // Lets the stand-in's steps run, which wait for nothing but their turn.
    await new Promise((resolve) => setTimeout(resolve, 5));
    known = (await provider.poll?.(submitted.reference)) ?? known;
  }
  if (known.kind === "failed") return { at: "poll", failure: known.failure };
  if (known.kind !== "done") return { at: "poll", state: known.kind, ...(known.kind === "unanswered" && { failure: known.failure }) };
  const fetched = await provider.fetchOutput(known.outputs[0] as Output);
  if (fetched.kind === "failed") return { at: "file", failure: fetched.failure };
  return { at: "file", bytes: fetched.bytes, mimeType: fetched.mimeType, costMicroUsd: known.costMicroUsd, seed: known.seed };
}

export type Tried = { ending: Ending; paidFor: number; requests: number };

/** A stand-in of its own, and the adapter set to it. */
export async function rigged(name: RigName, more: { settings?: Settings; means?: Partial<Means>; options?: ProviderOptions } = {}) {
  const { make, start, model }: Rig = rigs[name];
  const simulator = await start(more.options ?? {});
  const provider = make(
    { key: simulator.key, baseUrl: simulator.url, ...more.settings },
    { outside: makeOutside(), models, patience, ...more.means },
  );
  return { simulator, provider, model };
}

/** One picture under one fault. */
export async function tried(name: RigName, fault: Fault): Promise<Tried> {
  const { simulator, provider, model } = await rigged(name);
  try {
    simulator.order(fault);
    const ending = await drawn(provider, pictureOf(model));
    return { ending, paidFor: simulator.predictions().length, requests: simulator.requests().length };
  } finally {
    await simulator.close();
  }
}
