import { type Catalogue, type GenerationRequest, maxSeed, type OrderStore, orderedFor, quote } from "../generation/index.ts";
import { type Context, Problem } from "../kernel/index.ts";
import { filler, type PromptDeps, type StandingPrompt } from "../prompts/index.ts";
import { judge, type SafetyDeps } from "../safety/index.ts";
import type { Plan } from "./plan.ts";
import { seededWhole } from "./seeded.ts";

export type AskDeps = PromptDeps & { catalogue: Catalogue; orders: Pick<OrderStore, "get">; safety: SafetyDeps };

/** What a plan's run asks for. Sets of values take turns, and each run has a seed of its own: the same for the same run. */
export async function requestFor(ctx: Context, deps: AskDeps, plan: Plan, runId: string, count: number): Promise<GenerationRequest> {
  const { variableSets = [{}], ...prompt } = plan.ask;
  const fill = await filler(ctx, deps, { ...prompt, count });
  const request = fill(variableSets[plan.asks % variableSets.length] ?? {});
  return { ...request, seed: seededWhole(0, maxSeed, plan.seed, runId), plan: { id: plan.id, runId } };
}

/**
 * What one picture costs at the catalogue's price, the dearest of the sets, micro-dollars. Throws what a request for it would be told, with pointers into
 * the plan: nobody shall learn at six in the morning that a value was missing.
 */
export async function priceOfAsk(ctx: Context, deps: AskDeps, ask: StandingPrompt, count: number): Promise<number> {
  const { variableSets = [{}], ...prompt } = ask;
  const fill = await pointed("", () => filler(ctx, deps, { ...prompt, count }));
  const costs = await Promise.all(
    variableSets.map((variables, place) =>
      pointed(`variableSets/${place}/`, async () => {
        const request = fill(variables);
        await judge(ctx, deps, "plans.ask.judged", { words: [request.prompt, request.style], negative: request.negativePrompt });
        const { costMicroUsd } = quote(ctx, request, await orderedFor(ctx, deps, request));
        return costMicroUsd / count;
      }),
    ),
  );
  return Math.max(...costs);
}

async function pointed<T>(set: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const errors = error.errors?.map(({ pointer, detail }) => ({
      pointer: pointer.startsWith("#/variables/") ? `#/ask/${set}${pointer.slice("#/variables/".length)}` : `#/ask/${pointer.slice(2)}`,
      detail,
    }));
    throw new Problem(error.type, error.message, { ...(errors && { errors }), extra: error.extra, cause: error });
  }
}
