import { createHash } from "node:crypto";
import type { Trouble } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import type { LatePolicy } from "./late-policy.ts";

export const postStates = [
  "draft",
  "in_review",
  "scheduled",
  "publishing",
  "published",
  "partly_published",
  "unconfirmed",
  "failed",
  "canceled",
  "skipped",
  "blocked",
] as const;
export type PostState = (typeof postStates)[number];

/** `publishing` may follow itself: a worker that dies is replaced. */
const next: Record<PostState, readonly PostState[]> = {
  draft: ["draft", "in_review", "scheduled", "canceled"],
  in_review: ["in_review", "draft", "scheduled", "canceled", "blocked"],
  scheduled: ["scheduled", "draft", "in_review", "publishing", "canceled", "blocked"],
  publishing: ["publishing", "published", "partly_published", "unconfirmed", "failed", "skipped", "blocked"],
  published: [],
  partly_published: ["publishing"],
  unconfirmed: ["publishing", "published", "partly_published", "unconfirmed", "failed"],
  failed: ["publishing", "scheduled", "draft", "in_review", "canceled"],
  canceled: ["draft", "in_review", "scheduled"],
  skipped: ["draft", "in_review", "scheduled", "canceled"],
  blocked: ["draft", "in_review", "scheduled", "canceled", "blocked"],
};
export const mayBecome = (from: PostState, to: PostState): boolean => next[from].includes(to);

/** States in which a person can still change the post. */
export const isEditable = (state: PostState): boolean =>
  state !== "publishing" && state !== "published" && state !== "partly_published" && state !== "unconfirmed";

/** Posts due within this are sent by their own event; later ones are found by the rule that runs every minute. */
export const soonMs = 120_000;

export const maxCaption = 2_000;
export const maxImages = 20;
export const maxChannels = 20;

export type DeliveryAttempt = {
  startedAt: string;
  endedAt?: string;
  outcome: "published" | "failed" | "unknown";
  problem?: Trouble;
};
export type Delivery = {
  channelId: string;
  network: string;
  state: "pending" | "published" | "failed" | "unconfirmed" | "canceled" | "removed";
  externalId?: string;
  url?: string;
  publishedAt?: string;
  attempts: DeliveryAttempt[];
  problem?: Trouble;
  /** Who said what became of it, where the network could not. */
  resolved?: { by: string; at: string };
};

export type Approval = { digest: string; by: string; at: string };

export type Post = {
  id: string;
  workspaceId: string;
  state: PostState;
  channelIds: string[];
  imageIds: string[];
  caption: string;
  hashtags: string[];
  altTexts: Record<string, string>;
  overrides: Record<string, { caption?: string }>;
  scheduledAt?: string;
  timeZone: string;
  latePolicy: LatePolicy;
  /** Bound to content: whoever publishes compares the digest with what is there then. */
  approval?: Approval;
  deliveries: Delivery[];
  leaseUntil?: number;
  /** When workers began to publish it, written before a network is called. Emptied once the outcome is written. */
  claims: string[];
  /** When a person last had a failed delivery tried again: lateness no longer counts. */
  retriedAt?: string;
  problem?: Trouble;
  createdBy: string;
  correlationId: string;
  createdAt: string;
  updatedAt: string;
  deletedAt?: string;
  version: number;
};

/** File digests by image id, as they are now. */
export type Digests = Record<string, string>;

export const digestsOf = (images: ReadonlyMap<string, Image>): Digests =>
  Object.fromEntries([...images].map(([id, image]) => [id, image.file?.sha256 ?? ""]));

/** What an approval stands for: everything that the public would see, and where; not when. */
export function contentDigest(post: Post, digests: Digests): string {
  const seen = {
    caption: post.caption,
    hashtags: post.hashtags,
    images: post.imageIds.map((id) => [id, digests[id] ?? null, post.altTexts[id] ?? ""]),
    channels: [...post.channelIds].sort(),
    overrides: Object.entries(post.overrides).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
  return createHash("sha256").update(JSON.stringify(seen)).digest("hex");
}

export const pending = (channelId: string, network: string): Delivery => ({ channelId, network, state: "pending", attempts: [] });

/** The state that follows from the deliveries once all have ended. */
export function outcomeOf(deliveries: readonly Delivery[]): PostState {
  const states = new Set(deliveries.map((delivery) => delivery.state));
  if (states.has("unconfirmed")) return "unconfirmed";
  if (!states.has("failed")) return "published";
  return states.has("published") ? "partly_published" : "failed";
}
