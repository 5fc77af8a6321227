import type { Context } from "@atelier/core/kernel";
import type { Opinion } from "@atelier/core/safety";
import { opinionOf } from "@atelier/core/writing";
import { writingDeps } from "./writing.ts";

/** Asks the operator's model for whom words are. A file of its own, so that it is loaded only where there is one. */
export const readWith = async (model: string, ctx: Context, text: string): Promise<Opinion> =>
  opinionOf(ctx, await writingDeps(), model, text);
