import type { Context, Page } from "../kernel/index.ts";
import { judge, type SafetyDeps } from "../safety/index.ts";
import type { Call } from "./call.ts";
import type { TextsRequest } from "./request.ts";
import { typeOf, wordsIn } from "./shape.ts";
import type { CallStore } from "./store.ts";
import { type WritingDeps, type Written, write } from "./write.ts";

/** Writes what somebody asks for in words of their own, which are judged like those of pictures. Throws what `judge` and `write` throw. */
export async function compose(
  ctx: Context,
  deps: WritingDeps & { safety: SafetyDeps },
  { schema, ...request }: TextsRequest,
): Promise<Written<Record<string, unknown>>> {
  const wanted = { ...request, ...(schema && { schema: typeOf(schema) }) };
  const { rating, record } = await judge(ctx, deps, "writing.prompt.judged", {
    words: [request.system, request.prompt, ...(schema ? wordsIn(schema) : [])],
  });
  return write(ctx, deps, { ...wanted, rating, beside: record(ctx.correlationId) });
}

/** Newest first. */
export const listCalls = (
  { workspaceId }: Pick<Context, "workspaceId">,
  { calls }: { calls: CallStore },
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<Call>> => calls.list(workspaceId, page);
