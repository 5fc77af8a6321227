import { type Context, problems } from "@atelier/core/kernel";
import type { Opinion } from "@atelier/core/safety";
import { opinionOf, writingProblems } from "@atelier/core/writing";
import { logger } from "./log.ts";
import { measure } from "./metrics.ts";
import { writingDeps } from "./writing.ts";

/** Nothing but another setting mends these. */
const settled: readonly string[] = [problems.invalid.code, writingProblems.modelUnavailable.code];

/** Asks the operator's model for whom words are. */
export async function readWith(model: string, ctx: Context, text: string): Promise<Opinion> {
  const opinion = await opinionOf(ctx, await writingDeps(), model, text);
  if (opinion.kind === "silent") measure({}, { ReadingsSilent: 1 });
  if (opinion.kind === "silent" && settled.includes(opinion.why))
    logger.error("SAFETY_MODEL names a model that cannot be asked here: the rules alone speak.", {
      correlationId: ctx.correlationId,
      problem: opinion.why,
    });
  return opinion;
}
