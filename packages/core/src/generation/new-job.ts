import { randomInt } from "node:crypto";
import { actorId, type Context, type FieldError, instant, newId, Problem, problems } from "../kernel/index.ts";
import { catalogue, defaultSide, type Model } from "./catalogue.ts";
import { type Job, maxSeed } from "./job.ts";
import { generationProblems } from "./problems.ts";
import type { GenerationRequest } from "./request.ts";

/** A new job from a valid request. Throws `request/invalid` with what the model allows. */
export function newJob(ctx: Context, request: GenerationRequest): Job {
  const { provider: _provider, model: _model, quality, count, seed, width, height, ...rest } = request;
  const model = chooseModel(request);
  const at = ctx.clock.now();
  const given = width ?? height ?? defaultSide[quality];
  const job: Job = {
    ...rest,
    id: newId("gen", at),
    workspaceId: ctx.workspaceId,
    state: "queued",
    progress: 0,
    width: width ?? given,
    height: height ?? given,
    quality,
    provider: model.provider,
    model: model.model,
    count,
    seed: seed ?? randomInt(maxSeed - 100),
    imageIds: Array.from({ length: count }, () => newId("img", at)),
    attempts: [],
    costMicroUsd: 0,
    requestedBy: actorId(ctx),
    correlationId: ctx.correlationId,
    createdAt: instant(at),
    updatedAt: instant(at),
    version: 1,
  };
  const errors = violations(job, model);
  if (errors.length > 0) throw new Problem(problems.invalid, `${model.title} cannot draw this.`, { errors });
  return job;
}

function chooseModel({ provider, model }: GenerationRequest): Model {
  const found = catalogue.find(
    (entry) => (provider === undefined || entry.provider === provider) && (model === undefined || entry.model === model),
  );
  if (!found) {
    const allowed = catalogue.filter((entry) => entry.state === "on").map((entry) => `${entry.provider} / ${entry.model}`);
    throw new Problem(problems.invalid, `There is no such model. Available: ${allowed.join(", ")}.`, {
      errors: [{ pointer: model === undefined ? "#/provider" : "#/model", detail: `One of: ${allowed.join(", ")}.` }],
    });
  }
  if (found.state !== "on")
    throw new Problem(generationProblems.modelUnavailable, `${found.title} is ${found.state}. ${found.why ?? ""}`.trim());
  return found;
}

function violations(job: Job, { capabilities: can }: Model): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ["width", "height"] as const) {
    if (job[name] < can.minSide || job[name] > can.maxSide)
      errors.push({ pointer: `#/${name}`, detail: `Between ${can.minSide} and ${can.maxSide} pixels.` });
    else if (job[name] % can.sideStep !== 0) errors.push({ pointer: `#/${name}`, detail: `A multiple of ${can.sideStep}.` });
  }
  if (job.width * job.height > can.maxPixels) errors.push({ pointer: "#/width", detail: `At most ${can.maxPixels} pixels in all.` });
  if (job.count > can.maxCount) errors.push({ pointer: "#/count", detail: `At most ${can.maxCount} images at once.` });
  if (job.style !== undefined && !can.styles.includes(job.style))
    errors.push({ pointer: "#/style", detail: `One of: ${can.styles.join(", ")}. Leave it out to let the words decide.` });
  if (job.negativePrompt && !can.negativePrompt) errors.push({ pointer: "#/negativePrompt", detail: "This model takes none." });
  return errors;
}
