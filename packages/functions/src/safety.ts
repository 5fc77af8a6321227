import { auditStore } from "@atelier/core/audit";
import { adulthoodOf } from "@atelier/core/identity";
import { type Context, problems, processClock } from "@atelier/core/kernel";
import { maturePolicies, type Opinion, type SafetyDeps } from "@atelier/core/safety";
import { opinionOf, writingProblems } from "@atelier/core/writing";
import { once, table } from "./clients.ts";
import { optional } from "./env.ts";
import { logger } from "./log.ts";
import { measure } from "./metrics.ts";
import { writingDeps } from "./writing.ts";

/** What the operator allows. Anything else than the words that are known allows nothing. */
const mature = () => maturePolicies.find((policy) => policy === optional("MATURE_CONTENT")) ?? "off";

/** Nothing but another setting mends these. */
const settled: readonly string[] = [problems.invalid.code, writingProblems.modelUnavailable.code];

/** Asks the operator's model for whom words are. */
async function readWith(model: string, ctx: Context, text: string): Promise<Opinion> {
  const opinion = await opinionOf(ctx, await writingDeps(), model, text);
  if (opinion.kind === "silent") measure({}, { ReadingsSilent: 1 });
  if (opinion.kind === "silent" && settled.includes(opinion.why))
    logger.error("SAFETY_MODEL names a model that cannot be asked here: the rules alone speak.", {
      correlationId: ctx.correlationId,
      problem: opinion.why,
    });
  return opinion;
}

/** Where the operator has set one. */
function reader(): Pick<SafetyDeps, "reader"> {
  const model = optional("SAFETY_MODEL");
  if (model === undefined) return {};
  return { reader: { model, read: (ctx, text) => readWith(model, ctx, text) } };
}

export const safety = once(
  (): SafetyDeps => ({
    audit: auditStore(table()),
    mature: mature(),
    adulthood: (userId) => adulthoodOf({ table: table() }, userId, processClock.now()),
    ...reader(),
  }),
);
