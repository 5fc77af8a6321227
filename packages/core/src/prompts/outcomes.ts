import { type Context, persist } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import { decide } from "./experiments.ts";
import { difference, outcomeOf } from "./outcome.ts";
import type { PromptDeps } from "./templates.ts";

/** Port to the rows of the library: an image as it is now. */
export type Images = { get(workspaceId: string, id: string): Promise<Image | undefined> };

/**
 * Counts what a reviewer has said of an image that a template made, for its version and for the experiment that assigned it. News come more than once and
 * out of order: the image is looked at as it is now, and counted once by its own version; a later review of it takes the place of the one before. Answers
 * with the template's id if something was counted.
 */
export async function countOutcome(ctx: Context, deps: PromptDeps & { images: Images }, imageId: string): Promise<string | undefined> {
  const counted = await persist(() => count(ctx, deps, imageId));
  if (!counted) return undefined;
  // Also for news that was counted before: whoever counted it may have died before it could decide.
  if (counted.experimentId !== undefined) await decide(ctx, deps, counted.experimentId);
  return counted.templateId;
}

async function count(ctx: Context, { prompts, images }: PromptDeps & { images: Images }, imageId: string) {
  const [image, was] = await Promise.all([images.get(ctx.workspaceId, imageId), prompts.outcome(ctx.workspaceId, imageId)]);
  const is = image && outcomeOf(image, was);
  if (!is || (was && was.imageVersion >= is.imageVersion)) return was;
  const by = difference(was, is);
  const subjects = is.experimentId === undefined ? [is.templateId] : [is.templateId, is.experimentId];
  await prompts.count(
    ctx.workspaceId,
    is,
    subjects.map((subject) => ({ subject, by })),
  );
  return is;
}
