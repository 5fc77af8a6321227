import { auditStore } from "@atelier/core/audit";
import { adulthoodOf } from "@atelier/core/identity";
import { processClock } from "@atelier/core/kernel";
import { maturePolicies, type SafetyDeps } from "@atelier/core/safety";
import { once, table } from "./clients.ts";
import { optional } from "./env.ts";

/** What the operator allows. Anything else than the words that are known allows nothing. */
const mature = () => maturePolicies.find((policy) => policy === optional("MATURE_CONTENT")) ?? "off";

export const safety = once(
  (): SafetyDeps => ({
    audit: auditStore(table()),
    mature: mature(),
    adulthood: (userId) => adulthoodOf({ table: table() }, userId, processClock.now()),
  }),
);
