import { orderStore } from "@atelier/core/generation";
import { timeZoneOf } from "@atelier/core/identity";
import { type PlanDeps, planStore } from "@atelier/core/plans";
import { promptStore } from "@atelier/core/prompts";
import { once, table } from "../../clients.ts";
import { catalogue } from "../../provider-settings.ts";
import { safety } from "../../safety.ts";

export const plans = once(() => planStore(table()));

/** What is set for providers may change while a process lives. */
export const planDeps = async (): Promise<PlanDeps> => ({
  plans: plans(),
  prompts: promptStore(table()),
  catalogue: await catalogue(),
  orders: orderStore(table()),
  safety: safety(),
  timeZone: (userId) => timeZoneOf(table(), userId),
});
