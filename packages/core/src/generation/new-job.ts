import { randomInt } from "node:crypto";
import { actorId, type Context, instant, newId, Problem, problems } from "../kernel/index.ts";
import { builtInOnly, type Catalogue } from "./catalogue.ts";
import type { Job } from "./job.ts";
import { maxSeed } from "./limits.ts";
import type { GenerationRequest } from "./request.ts";
import { routeOf, sidesOf } from "./route.ts";

/** A new job from a valid request. Throws `request/invalid` with what the model allows. */
export function newJob(ctx: Context, request: GenerationRequest, catalogue: Catalogue = builtInOnly): Job {
  const { provider, providers, model: _model, count, seed, width: _width, height: _height, ...rest } = request;
  if (provider !== undefined && providers !== undefined)
    throw new Problem(problems.invalid, "Name one provider, or several in an order.", {
      errors: [{ pointer: "#/providers", detail: "Not together with `provider`." }],
    });
  const route = routeOf(catalogue, request);
  const [first = { provider: "", model: "" }] = route;
  const at = ctx.clock.now();
  return {
    ...rest,
    ...sidesOf(request),
    ...queued(ctx, at),
    id: newId("gen", at),
    ...first,
    ...(route.length > 1 && { route }),
    count,
    seed: seed ?? randomInt(maxSeed - 100),
    imageIds: Array.from({ length: count }, () => newId("img", at)),
  };
}

/** What every job begins with, whatever it makes. `at` in epoch milliseconds. */
export const queued = (ctx: Context, at: number) =>
  ({
    workspaceId: ctx.workspaceId,
    state: "queued",
    progress: 0,
    attempts: [],
    costMicroUsd: 0,
    requestedBy: actorId(ctx),
    correlationId: ctx.correlationId,
    createdAt: instant(at),
    updatedAt: instant(at),
    version: 1,
  }) satisfies Partial<Job>;
