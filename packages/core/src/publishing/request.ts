import * as z from "zod";
import { timeZone } from "../identity/index.ts";
import { slugPattern } from "./channel.ts";
import { defaultLatePolicy, LatePolicy } from "./late-policy.ts";
import { maxChannels, maxImages } from "./post.ts";

/** Text for people: lines and tabs, but none of the other control characters, which pages and feeds cannot show. */
const shownText = (most: number, text = z.string()) =>
  text.max(most).regex(/^[^\p{Cc}]*(?:[\n\r\t][^\p{Cc}]*)*$/u, "Control characters, other than line ends and tabs, are not allowed.");

export const ChannelRequest = z.strictObject({
  network: z.literal("feed"),
  name: shownText(80, z.string().trim())
    .min(1)
    .regex(/[\p{L}\p{N}\p{P}\p{S}]/u, "It needs a character that can be seen."),
  description: shownText(500, z.string().trim()).default(""),
  slug: z.string().regex(slugPattern, "3–48 lower-case letters, digits and inner hyphens.").meta({ maxLength: 48 }).optional(),
});
export type ChannelRequest = z.infer<typeof ChannelRequest>;

const hashtag = z
  .string()
  .max(200)
  .trim()
  .transform((tag) => tag.replace(/^#+/, ""))
  .pipe(z.string().regex(/^[\p{L}\p{N}_]{1,100}$/u, "Letters, digits and underscores, without spaces."));

const Override = z.strictObject({ caption: shownText(10_000).optional() });

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;
const atMost =
  (most: number) =>
  (values: object): boolean =>
    Object.keys(values).length <= most;

/** An id, and nothing that an object has by nature, such as `constructor`. */
const idKey = z
  .string()
  .regex(/^[a-z]{3}_\w+$/, { error: "Use ids as names.", abort: true })
  .max(40);

const altTexts = z.record(idKey, shownText(2_000)).refine(atMost(maxImages), `At most ${maxImages}.`).meta({ maxProperties: maxImages });
const overrides = z.record(idKey, Override).refine(atMost(maxChannels), `At most ${maxChannels}.`).meta({ maxProperties: maxChannels });

const content = {
  channelIds: z.array(z.string().min(1).max(40)).min(1).max(maxChannels).refine(distinct, "Each channel once."),
  imageIds: z.array(z.string().min(1).max(40)).min(1).max(maxImages),
  caption: shownText(10_000).default(""),
  hashtags: z.array(hashtag).max(30).default([]),
  /** By image id. */
  altTexts: altTexts.default({}),
  /** By channel id. */
  overrides: overrides.default({}),
};

const timing = {
  /** An instant (`2026-12-01T09:30:00Z`, `…+01:00`), or a local time (`2026-12-01T09:30:00`) in `timeZone`. */
  scheduledAt: z.string().max(40).optional(),
  timeZone: timeZone.optional(),
  now: z.literal(true).optional(),
  latePolicy: LatePolicy.default(defaultLatePolicy),
};

export const PostRequest = z.strictObject({ ...content, ...timing });
export type PostRequest = z.infer<typeof PostRequest>;

export const PostChange = z.strictObject({
  channelIds: content.channelIds.optional(),
  imageIds: content.imageIds.optional(),
  caption: shownText(10_000).optional(),
  hashtags: z.array(hashtag).max(30).optional(),
  altTexts: altTexts.optional(),
  overrides: overrides.optional(),
  /** null takes the time away and makes it a draft. */
  scheduledAt: z.string().max(40).nullable().optional(),
  timeZone: timeZone.optional(),
  latePolicy: LatePolicy.optional(),
});
export type PostChange = z.infer<typeof PostChange>;
