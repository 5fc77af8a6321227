import type { Context } from "../kernel/index.ts";
import { screen } from "../safety/index.ts";
import { allowedFor, wordsOf } from "./allowed.ts";
import { builtInOnly, type Catalogue, priceOf } from "./catalogue.ts";
import { newJob } from "./new-job.ts";
import type { GenerationRequest } from "./request.ts";

export type Quote = { provider: string; model: string; count: number; costMicroUsd: number };

/** Who would draw it, and what that costs at the catalogue's price. Nothing is made or held; throws what the request itself would. */
export function quote(ctx: Context, request: GenerationRequest, catalogue: Catalogue = builtInOnly): Quote {
  const asked = newJob(ctx, request, catalogue);
  const job = allowedFor(asked, screen(wordsOf(asked)).rating);
  const { provider, model, count } = job;
  return { provider, model, count, costMicroUsd: count * priceOf(catalogue, job, job.quality) };
}
