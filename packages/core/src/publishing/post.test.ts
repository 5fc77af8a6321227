import { array, assert, constantFrom, dictionary, integer, property, record, string } from "fast-check";
import { describe, expect, test } from "vitest";
import type { Context } from "../kernel/index.ts";
import { dueTime, newPost } from "./new-post.ts";
import { contentDigest, isEditable, mayBecome, type Post, type PostState, postStates } from "./post.ts";
import { PostRequest } from "./request.ts";

const now = Date.parse("2026-11-20T10:00:00Z");
const ctx: Context = {
  actor: { kind: "user", userId: "ada" },
  role: "owner",
  workspaceId: "wks_1",
  correlationId: "req_1",
  clock: { now: () => now, sleepUntil: async () => undefined },
};
const post = (more: Partial<Post> = {}): Post => ({
  ...newPost(ctx, PostRequest.parse({ channelIds: ["chn_1"], imageIds: ["img_1"] })),
  ...more,
});

describe("the states of a post", () => {
  test("can all be reached from a draft", () => {
    const reached = new Set<PostState>(["draft"]);
    for (const from of reached) for (const to of postStates) if (mayBecome(from, to)) reached.add(to);
    expect(reached).toEqual(new Set(postStates));
  });

  test("leave nothing where all is out, and only deliveries go on where some of it is, or may be", () => {
    const edited: PostState[] = ["draft", "in_review", "scheduled", "canceled"];
    expect(postStates.filter((to) => mayBecome("published", to))).toEqual([]);
    for (const from of ["publishing", "partly_published", "unconfirmed"] as const) {
      expect(isEditable(from)).toBe(false);
      expect(edited.filter((to) => mayBecome(from, to))).toEqual([]);
    }
  });

  test("lead out of everything that a person may edit to a draft, and to canceled unless it is that", () => {
    for (const from of postStates.filter(isEditable)) {
      expect([from, mayBecome(from, "draft")]).toEqual([from, true]);
      if (from !== "canceled") expect([from, mayBecome(from, "canceled")]).toEqual([from, true]);
    }
  });
});

describe("the digest that an approval stands for", () => {
  const digests = { img_1: "aa", img_2: "bb" };
  const content = record({
    caption: string(),
    hashtags: array(string(), { maxLength: 3 }),
    imageIds: array(constantFrom("img_1", "img_2"), { minLength: 1, maxLength: 3 }),
    altTexts: dictionary(constantFrom("img_1", "img_2"), string(), { noNullPrototype: true }),
  });

  test("is another exactly if something that is seen is another", () => {
    const seen = ({ caption, hashtags, imageIds, altTexts }: Partial<Post>) =>
      JSON.stringify([caption, hashtags, imageIds, imageIds?.map((id) => altTexts?.[id] ?? "")]);
    assert(
      property(content, content, (one, other) => {
        expect(contentDigest(post(one), digests) === contentDigest(post(other), digests)).toBe(seen(one) === seen(other));
      }),
    );
  });

  test("does not depend on the time, the order of channels, or on who asks", () => {
    const one = post({ channelIds: ["chn_1", "chn_2"] });
    const other = post({
      ...one,
      channelIds: ["chn_2", "chn_1"],
      scheduledAt: "2027-01-01T00:00:00.000Z",
      timeZone: "Asia/Tokyo",
      version: 9,
    });
    expect(contentDigest(other, digests)).toBe(contentDigest(one, digests));
  });

  test("is another for another file, channel or wording of a channel", () => {
    const one = contentDigest(post(), digests);
    expect(contentDigest(post(), { img_1: "cc" })).not.toBe(one);
    expect(contentDigest(post({ channelIds: ["chn_2"] }), digests)).not.toBe(one);
    expect(contentDigest(post({ overrides: { chn_1: { caption: "other" } } }), digests)).not.toBe(one);
  });
});

describe("a wanted time", () => {
  const refused = (wanted: object) => {
    try {
      dueTime(ctx, wanted);
      return undefined;
    } catch (error) {
      return (error as { errors?: { pointer: string }[] }).errors?.[0]?.pointer;
    }
  };

  test("is understood in whatever offset it is written", () => {
    assert(
      property(integer({ min: 1, max: 5 * 365 * 86_400 }), (seconds) => {
        const at = now + seconds * 1_000;
        expect(dueTime(ctx, { scheduledAt: new Date(at).toISOString() })).toBe(at);
        expect(dueTime(ctx, { scheduledAt: new Date(at + 3_600_000).toISOString().replace("Z", "+01:00") })).toBe(at);
      }),
    );
    expect(dueTime(ctx, { scheduledAt: "2026-12-01T09:30:00", timeZone: "Europe/Paris" })).toBe(Date.parse("2026-12-01T08:30:00Z"));
    expect(dueTime(ctx, { now: true })).toBe(now);
    expect(dueTime(ctx, {})).toBeUndefined();
  });

  test.each([
    ["the past", { scheduledAt: "2026-11-20T09:59:59Z" }, "#/scheduledAt"],
    ["this very moment", { scheduledAt: "2026-11-20T10:00:00Z" }, "#/scheduledAt"],
    ["more than five years ahead", { scheduledAt: "2031-12-20T10:00:00Z" }, "#/scheduledAt"],
    ["a local time without its zone", { scheduledAt: "2026-12-01T09:30:00" }, "#/timeZone"],
    ["now and later", { scheduledAt: "2026-12-01T09:30:00Z", now: true as const }, "#/now"],
    ["a day that is none", { scheduledAt: "2026-02-30T09:30:00Z" }, "#/scheduledAt"],
    ["a day alone", { scheduledAt: "2026-12-01", timeZone: "UTC" }, "#/scheduledAt"],
    ["words", { scheduledAt: "tomorrow", timeZone: "UTC" }, "#/scheduledAt"],
  ])("is refused for %s", (_what, wanted, pointer) => {
    expect(refused(wanted)).toBe(pointer);
  });
});
