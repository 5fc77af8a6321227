import { auditStore } from "@atelier/core/audit";
import { adulthoodOf } from "@atelier/core/identity";
import { processClock } from "@atelier/core/kernel";
import { maturePolicies, type SafetyDeps } from "@atelier/core/safety";
import { once, table } from "./clients.ts";
import { optional } from "./env.ts";
import { readWith } from "./safety-reader.ts";

/** What the operator allows. Anything else than the words that are known allows nothing. */
const mature = () => maturePolicies.find((policy) => policy === optional("MATURE_CONTENT")) ?? "off";

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
