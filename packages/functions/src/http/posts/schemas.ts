import { LatePolicy, maxChannels, maxImages, type Post as PostRow, postStates } from "@atelier/core/publishing";
import * as z from "zod";
import { ActorId, Id, IdParams, Instant, idOf, Trouble, text, Url, Version } from "../schemas.ts";

export const DeliveryParams = IdParams.extend({ channelId: Id });

const DeliveryAttempt = z.object({
  startedAt: Instant,
  endedAt: Instant.optional(),
  outcome: z.enum(["published", "failed", "unknown"]),
  problem: Trouble.optional(),
});

const Delivery = z
  .object({
    channelId: text(40),
    network: text(40),
    state: z.enum(["pending", "published", "failed", "unconfirmed", "canceled", "removed"]),
    externalId: text(2_000).optional(),
    url: Url.optional(),
    publishedAt: Instant.optional(),
    attempts: z.array(DeliveryAttempt).max(4_000),
    problem: Trouble.optional(),
    resolved: z.object({ by: ActorId, at: Instant }).optional().describe("Who said what became of it, where the network could not."),
  })
  .meta({ id: "Delivery", description: "A post on one channel." });

export const Post = z
  .object({
    id: idOf("pst"),
    state: z.enum(postStates),
    channelIds: z.array(text(40)).max(20),
    imageIds: z.array(text(40)).max(20),
    caption: text(10_000),
    hashtags: z.array(text(100)).max(30),
    altTexts: z.record(text(40), text(2_000)).meta({ maxProperties: maxImages }),
    overrides: z.record(text(40), z.object({ caption: text(10_000).optional() })).meta({ maxProperties: maxChannels }),
    scheduledAt: Instant.nullable().describe("UTC."),
    timeZone: text(64),
    latePolicy: LatePolicy,
    approval: z
      .object({ digest: text(64), by: ActorId, at: Instant })
      .optional()
      .describe("Of exactly this content."),
    deliveries: z.array(Delivery).max(maxChannels),
    problem: Trouble.optional(),
    retriedAt: Instant.optional().describe("When a failed delivery was last tried again by hand."),
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: "Post" });

export const Finding = z
  .object({
    channelId: text(40),
    rule: text(60),
    severity: z.enum(["error", "warning"]),
    detail: text(2_000),
    fix: z.record(text(40), z.unknown()).optional().describe("Members of the post that mend it."),
  })
  .meta({ id: "Finding" });

export function postBody(post: PostRow) {
  const {
    workspaceId: _workspace,
    leaseUntil: _lease,
    claims: _claims,
    correlationId: _correlation,
    createdBy: _by,
    deletedAt: _deleted,
    id,
    state,
    ...shown
  } = post;
  return { id, state, ...shown, scheduledAt: post.scheduledAt ?? null };
}

export const postView = (post: PostRow) => ({ body: postBody(post), version: post.version });

export const examplePostRequest = {
  channelIds: ["chn_01JD5S2B1Z9QF3V2N8XK4T7B1A"],
  imageIds: ["img_01JD5S3W6Z9QF3V2N8XK4T7B1D"],
  caption: "The harbour, before anybody is awake.",
  hashtags: ["harbour", "dawn"],
  altTexts: { img_01JD5S3W6Z9QF3V2N8XK4T7B1D: "Boats on still water under a pale orange sky." },
  scheduledAt: "2026-12-01T09:30:00+01:00",
  timeZone: "Europe/Paris",
};

export const examplePost = {
  id: "pst_01JD5S6B1Z9QF3V2N8XK4T7B1F",
  state: "scheduled",
  channelIds: examplePostRequest.channelIds,
  imageIds: examplePostRequest.imageIds,
  caption: examplePostRequest.caption,
  hashtags: examplePostRequest.hashtags,
  altTexts: examplePostRequest.altTexts,
  overrides: {},
  scheduledAt: "2026-12-01T08:30:00.000Z",
  timeZone: "Europe/Paris",
  latePolicy: { mode: "publish", withinSeconds: 86_400 },
  approval: { digest: "2c26b46b68ffc68f…", by: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10", at: "2026-11-20T10:06:00.000Z" },
  deliveries: [{ channelId: examplePostRequest.channelIds[0], network: "feed", state: "pending", attempts: [] }],
  createdAt: "2026-11-20T10:06:00.000Z",
  updatedAt: "2026-11-20T10:06:00.000Z",
  version: 1,
};

export const exampleFinding = {
  channelId: "chn_01JD5S2B1Z9QF3V2N8XK4T7B1A",
  rule: "alt-text-missing",
  severity: "warning",
  detail: "The image img_01JD5S3W6Z9QF3V2N8XK4T7B1D has no alt text; people who cannot see it miss it.",
};
