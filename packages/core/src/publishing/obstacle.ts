import { type Trouble, troubleOf } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import type { Channel } from "./channel.ts";
import { contentDigest, digestsOf, type Post } from "./post.ts";
import { preflight } from "./preflight.ts";
import { publishingProblems } from "./problems.ts";

/** What stands between a post and its publishing, and how the post is left. */
export type Obstacle = { state: "blocked" | "skipped"; problem: Trouble };
const blocked = (problem: Trouble): Obstacle => ({ state: "blocked", problem });

/** What has changed since it was approved, if it must not go out as it is. */
export function obstacleOf(post: Post, images: ReadonlyMap<string, Image>, channels: ReadonlyMap<string, Channel>): Obstacle | undefined {
  const error = preflight(post, images, channels).find((finding) => finding.severity === "error");
  if (error?.rule === "channel-missing")
    return blocked(troubleOf(publishingProblems.channelRemoved, `${error.detail} Choose another, then save.`));
  if (error) return blocked(troubleOf(publishingProblems.imageWithdrawn, error.detail));
  if (post.approval?.digest !== contentDigest(post, digestsOf(images)))
    return blocked(troubleOf(publishingProblems.contentChanged, "Approve it again as it is now, or change it back."));
  return undefined;
}

/**
 * Why a post has to wait for somebody, now that something has become of one of its images. News comes late and out of order: what counts is how the image
 * stands now, and that it is the one that the post was approved with.
 */
export function withdrawn(post: Post, imageId: string, images: ReadonlyMap<string, Image>): Trouble | undefined {
  const image = images.get(imageId);
  if (image?.state === "approved" && image.deletedAt === undefined) {
    if (!post.approval || post.approval.digest === contentDigest(post, digestsOf(images))) return undefined;
    return troubleOf(publishingProblems.contentChanged, `The image ${imageId} was changed. Look at the post as it is now, and save it.`);
  }
  return troubleOf(publishingProblems.imageWithdrawn, `The image ${imageId} ${whatBecame(image)}`);
}

function whatBecame(image: Image | undefined): string {
  if (!image || image.deletedAt !== undefined) return "was deleted. Restore it or choose another, then save.";
  if (image.state === "rejected") return "was rejected. Choose another, then save.";
  return "was changed, or is no longer approved. Approve it again or choose another, then save.";
}

/** What queues and cold starts may take without a post being called late. */
const punctualMs = 10_000;

/** How the post's own policy takes its being late. */
export function lateness({ scheduledAt, createdAt, latePolicy }: Post, startedAt: number): Obstacle | undefined {
  const lateMs = startedAt - Date.parse(scheduledAt ?? createdAt);
  if (lateMs <= latePolicy.withinSeconds * 1000 + punctualMs) return undefined;
  const late = `It was due ${lateMs < 120_000 ? `${Math.round(lateMs / 1000)} s` : `${Math.round(lateMs / 60_000)} min`} ago and may be at most ${latePolicy.withinSeconds} s late.`;
  if (latePolicy.mode === "skip") return { state: "skipped", problem: troubleOf(publishingProblems.late, `${late} It was skipped.`) };
  return blocked(troubleOf(publishingProblems.late, `${late} Publish it now, give it another time, or cancel it.`));
}
