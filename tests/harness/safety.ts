import { auditStore } from "@atelier/core/audit";
import { adulthoodOf } from "@atelier/core/identity";
import type { Table } from "@atelier/core/kernel";
import type { MaturePolicy, SafetyDeps } from "@atelier/core/safety";

/** What judges words, on a real table; nothing for adults unless a test says otherwise. */
export const safetyOn = (table: Table, mature: MaturePolicy = "off"): SafetyDeps => ({
  audit: auditStore(table),
  mature,
  adulthood: (userId) => adulthoodOf({ table }, userId, Date.now()),
});
