import { type Fault, type ProviderOptions, type Provider as Simulator, providers as simulators } from "@atelier/simulators";
import { onTestFinished } from "vitest";
import { makeOutside } from "../outside/index.ts";
import type { Failure, Means, Output, Picture, Polled, Provider, Settings } from "./contract.ts";
import { imageModels } from "./models/index.ts";
import { makeProvider } from "./registry.ts";
import type { ProviderName } from "./settings.ts";

/** The stand-in that an adapter is tried against, and a model that both have. */
type Rig = { start: (options: ProviderOptions) => Promise<Simulator>; model: string };

export const rigs = {
  replicate: { start: simulators.replicate, model: "black-forest-labs/flux-schnell" },
  stability: { start: simulators.stability, model: "core" },
  openai: { start: simulators.openai, model: "gpt-image-2" },
  gemini: { start: simulators.gemini, model: "gemini-3.1-flash-image" },
  huggingface: { start: simulators.huggingface, model: "stabilityai/stable-diffusion-xl-base-1.0" },
  midjourney: { start: simulators.midjourney, model: "midjourney" },
  blackbox: { start: simulators.blackbox, model: "blackboxai/black-forest-labs/flux-schnell" },
  bedrock: { start: simulators.bedrock, model: "stability.sd3-5-large-v1:0" },
  automatic1111: { start: simulators.automatic1111, model: "default" },
  comfyui: { start: simulators.comfyui, model: "sd_xl_base_1.0.safetensors" },
} as const satisfies Partial<Record<ProviderName, Rig>>;

export type RigName = keyof typeof rigs;
export const rigNames = Object.keys(rigs) as RigName[];

const patient = { submitMs: 20_000, readMs: 20_000, fileMs: 20_000 };
const hasty = { submitMs: 700, readMs: 20_000, fileMs: 500 };
/** Those that only time ends are waited for as briefly as can be; all others as long as a slow machine may take. */
const endless: readonly Fault[] = ["hangBefore", "hang", "stuck", "slowDrip"];

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

/** What asks for no key itself may stand behind something that does. */
const keyOfAProxy = "simulated-key-of-a-proxy";

/** A stand-in of its own, closed when the test has ended, and the adapter set to it. */
export async function rigged(name: RigName, more: { settings?: Settings; means?: Partial<Means>; options?: ProviderOptions } = {}) {
  const { start, model }: Rig = rigs[name];
  const simulator = await start(more.options ?? {});
  onTestFinished(simulator.close);
  const provider = makeProvider(
    name,
    { key: simulator.key || keyOfAProxy, baseUrl: simulator.url, ...more.settings },
    { outside: makeOutside(), models: imageModels, patience: patient, ...more.means },
  );
  return { simulator, provider, model };
}

/** How one picture ends under one fault, what was paid for and posted, and the key that nobody may repeat. */
export async function tried(name: RigName, fault: Fault): Promise<{ ending: Ending; paidFor: number; posts: number; key: string }> {
  const { simulator, provider, model } = await rigged(name, endless.includes(fault) ? { means: { patience: hasty } } : {});
  simulator.order(fault);
  const ending = await drawn(provider, pictureOf(model));
  const posts = simulator.requests().filter(({ method }) => method === "POST").length;
  return { ending, posts, paidFor: simulator.predictions().length, key: simulator.key || keyOfAProxy };
}
