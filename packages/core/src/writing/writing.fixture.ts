import { type Provider as Simulator, providers as simulators } from "@atelier/simulators";
import { onTestFinished } from "vitest";
import { safetyOn } from "../../../../tests/harness/safety.ts";
import type { TestTable } from "../../../../tests/harness/table.ts";
import { budgetStore, setCap, standings } from "../budgets/index.ts";
import { capacityStore } from "../capacity/index.ts";
import { type Context, newId } from "../kernel/index.ts";
import { metricsStore } from "../metrics/index.ts";
import { makeOutside } from "../outside/index.ts";
import { isTextProviderName, makeTextModel, type ProviderLimits, textModels } from "../providers/index.ts";
import { type Call, callStore, textCatalogueOf, textLimits, type WritingDeps } from "./index.ts";

export type Writer = "openai" | "groq" | "deepinfra" | "gemini";

/** A workspace of its own on a real table, with stand-ins of these providers on loopback; the built-in model is there, too. */
export async function workshop(
  { table }: TestTable,
  writers: readonly Writer[],
  { order = [] as readonly string[], limits = textLimits as ProviderLimits } = {},
) {
  const stands = new Map<string, Simulator>();
  for (const name of writers) {
    const simulator = await simulators[name]();
    onTestFinished(simulator.close);
    stands.set(name, simulator);
  }
  const ctx: Context = {
    actor: { kind: "user", userId: "ada" },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: newId("req", Date.now()),
    clock: { now: Date.now, sleepUntil: async () => undefined },
  };
  const means = { outside: makeOutside(), models: textModels };
  // Tests run at once on one table: places that one of them uses up must not be another's.
  const own = ctx.workspaceId.slice(-8);
  const capacity = capacityStore(table, () => limits);
  const deps: WritingDeps = {
    budgets: budgetStore(table),
    calls: callStore(table),
    metrics: metricsStore(table),
    capacity: {
      take: (line, request) => capacity.take(`${line}${own}`, request),
      giveBack: (line, place, end) => capacity.giveBack(`${line}${own}`, place, end),
      pauses: (lines) => capacity.pauses(lines),
    },
    catalogue: textCatalogueOf((name) => (name === "extractive" || stands.has(name) ? [] : [`${name}'s key`]), order),
    models(name) {
      const simulator = stands.get(name);
      if (!isTextProviderName(name) || (!simulator && name !== "extractive")) return undefined;
      return makeTextModel(name, simulator ? { key: simulator.key, baseUrl: simulator.url } : {}, means);
    },
  };
  const standIn = (name: Writer): Simulator => {
    const simulator = stands.get(name);
    if (!simulator) throw new Error(`${name} was not started.`);
    return simulator;
  };
  return {
    ctx,
    deps,
    safety: safetyOn(table),
    standIn,
    /** All calls of the book, oldest first. */
    book: async (): Promise<Call[]> => (await deps.calls.list(ctx.workspaceId, { limit: 100 })).items.toReversed(),
    /** Micro-dollars that count as spent today, of the workspace's or of what the operator pays for it. */
    spent: async (payer?: Call["payer"]): Promise<number> =>
      (await standings({ ...ctx, workspaceId: payer ? `${ctx.workspaceId}/${payer}` : ctx.workspaceId }, deps))[0]?.usedMicroUsd ?? 0,
    cap: (capMicroUsd: number) => setCap(ctx, deps, { scope: "workspace", period: "day", capMicroUsd }),
    /** What all stand-ins bill. */
    billed: (): number => [...stands.values()].flatMap((one) => one.predictions()).reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
  };
}
