import type { Channel, Image } from "@atelier/client";
import { beforeAll, describe, expect, test } from "vitest";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { approved, entriesOf, gallery, settled } from "../harness/work.ts";

const url = sharedUrl();
let ada: Person;
let image: Image;
let channel: Channel;
beforeAll(async () => {
  ada = await signUp(url);
  [image, channel] = await Promise.all([approved(ada.client), gallery(ada.client)]);
});

const later = () => new Date(Date.now() + 3_600_000).toISOString();
const draft = (more: object = {}) => ({ body: { channelIds: [channel.id], imageIds: [image.id], ...more } });

describe("a post", () => {
  test.each([
    ["a time that is past", { scheduledAt: "2020-01-01T00:00:00Z" }, "#/scheduledAt"],
    ["a time in six years", { scheduledAt: new Date(Date.now() + 6 * 366 * 86_400_000).toISOString() }, "#/scheduledAt"],
    ["a local time without its zone", { scheduledAt: "2031-01-01T09:30:00" }, "#/timeZone"],
    ["both now and later", { now: true, scheduledAt: later() }, "#/now"],
    ["a hashtag of two words", { hashtags: ["two words"] }, "#/hashtags/0"],
    ["a late policy that does not exist", { latePolicy: { mode: "maybe", withinSeconds: 1 } }, "#/latePolicy/mode"],
  ])("is refused for %s, with its place", async (_what, more, pointer) => {
    await expect(ada.client.createPost(draft(more))).rejects.toMatchObject({ status: 422, problem: { errors: [{ pointer }] } });
  });

  test("is refused for a channel that does not exist, with what mends it", async () => {
    const channelIds = [channel.id, "chn_01JD5S2B1Z9QF3V2N8XK4T7B1A"];
    await expect(ada.client.createPost(draft({ channelIds }))).rejects.toMatchObject({
      status: 422,
      problem: {
        findings: expect.arrayContaining([expect.objectContaining({ rule: "channel-missing", fix: { channelIds: [channel.id] } })]),
      },
    });
  });

  test("goes from draft to a time and back, is canceled and taken up again, and each edit renews its approval", async () => {
    const made = await ada.client.createPost(draft({ caption: "One" }));
    expect(made).toMatchObject({ state: "draft", scheduledAt: null, version: 1 });
    const params = { id: made.id };
    const scheduled = await ada.client.changePost({ params, body: { scheduledAt: later() }, ifMatch: '"1"' });
    expect(scheduled).toMatchObject({ state: "scheduled", version: 2 });
    expect(scheduled.approval?.digest).toBe(made.approval?.digest);
    await expect(ada.client.changePost({ params, body: { caption: "Late" }, ifMatch: '"1"' })).rejects.toMatchObject({ status: 412 });
    const edited = await ada.client.changePost({ params, body: { caption: "Two" } });
    expect(edited.approval?.digest).not.toBe(made.approval?.digest);
    expect((await ada.client.changePost({ params, body: { scheduledAt: null } })).state).toBe("draft");
    expect((await ada.client.cancelPost({ params })).state).toBe("canceled");
    expect((await ada.client.cancelPost({ params })).state).toBe("canceled");
    expect((await ada.client.listPosts({ query: { state: "canceled" } })).items.map(({ id }) => id)).toContain(made.id);
    await ada.client.publishPost({ params });
    expect((await settled(ada.client, made.id)).state).toBe("published");
    await expect(ada.client.changePost({ params, body: { caption: "Three" } })).rejects.toMatchObject({ status: 409 });
    await expect(ada.client.cancelPost({ params })).rejects.toMatchObject({ status: 409 });
    await expect(ada.client.publishPost({ params })).rejects.toMatchObject({ status: 409 });
    await ada.client.removePost({ params });
    await expect(ada.client.removePost({ params })).rejects.toMatchObject({ status: 404 });
  });

  test("that a reviewer holds back is not published until it is approved", async () => {
    const { id } = await ada.client.createPost(draft({ scheduledAt: later() }));
    const held = await ada.client.reviewPost({ params: { id }, body: { decision: "held", note: "Not yet." } });
    expect(held).toMatchObject({ state: "in_review", problem: { detail: "Not yet." } });
    expect(held.approval).toBeUndefined();
    expect((await ada.client.reviewPost({ params: { id }, body: { decision: "approved" } })).state).toBe("scheduled");
  });
});

describe("a channel", () => {
  test("has an address that nobody else can take, not even after it is gone", async () => {
    const slug = `taken-${ada.userId.slice(0, 8)}`;
    const own = await ada.client.connectChannel({ body: { network: "feed", name: "Own", slug } });
    const bob = await signUp(url);
    await expect(bob.client.connectChannel({ body: { network: "feed", name: "Other", slug } })).rejects.toMatchObject({ status: 409 });
    await ada.client.disconnectChannel({ params: { id: own.id } });
    await expect(bob.client.connectChannel({ body: { network: "feed", name: "Other", slug } })).rejects.toMatchObject({ status: 409 });
    await expect(ada.client.getChannel({ params: { id: own.id } })).rejects.toMatchObject({ status: 404 });
  });

  test.each(["ab", "-abc", "abc-", "Abc", "a b c", "a/b/c", "x".repeat(49), "été"])("cannot have the address “%s”", async (slug) => {
    await expect(ada.client.connectChannel({ body: { network: "feed", name: "Own", slug } })).rejects.toMatchObject({
      status: 422,
      problem: { errors: [{ pointer: "#/slug" }] },
    });
  });

  test("that is removed takes its gallery offline and blocks what was to go there", async () => {
    const gone = await gallery(ada.client);
    const { id } = await ada.client.createPost(draft({ channelIds: [gone.id], scheduledAt: new Date(Date.now() + 2_000).toISOString() }));
    await ada.client.disconnectChannel({ params: { id: gone.id } });
    expect((await fetch(gone.url)).status).toBe(410);
    expect((await fetch(gone.feedUrl)).status).toBe(410);
    expect(await settled(ada.client, id)).toMatchObject({ state: "blocked", problem: { code: "publishing/channel-removed" } });
  });
});

describe("a public gallery", () => {
  const evil = `<script>alert("1")</script><img src=x onerror='alert(2)'>`;
  let entry: { url: string; image: string; id: string };
  let wall: Channel;
  beforeAll(async () => {
    wall = await ada.client.connectChannel({ body: { network: "feed", name: `${evil} ${ada.userId.slice(0, 8)}`, description: evil } });
    const { id } = await ada.client.createPost(
      draft({ channelIds: [wall.id], caption: evil, altTexts: { [image.id]: evil }, hashtags: ["dawn"], now: true }),
    );
    expect((await settled(ada.client, id)).state).toBe("published");
    const [first] = await entriesOf(wall);
    if (!first) throw new Error("The gallery has no entry.");
    entry = first;
  });

  test("shows what people wrote as words, never as markup", async () => {
    for (const address of [wall.url, entry.url]) {
      const response = await fetch(address);
      const page = await response.text();
      expect(response.status).toBe(200);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(page).toContain("&lt;script&gt;");
      expect(page).not.toMatch(/<script|<img[^>]+onerror=['"]?alert/i);
    }
  });

  test("is a JSON Feed 1.1", async () => {
    const response = await fetch(wall.feedUrl);
    expect(response.headers.get("content-type")).toContain("application/feed+json");
    expect(await response.json()).toMatchObject({
      version: "https://jsonfeed.org/version/1.1",
      title: wall.name,
      home_page_url: wall.url,
      feed_url: wall.feedUrl,
      items: [
        {
          id: entry.id,
          url: entry.url,
          content_text: evil,
          image: entry.image,
          date_published: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          tags: ["dawn"],
          attachments: [{ url: entry.image, mime_type: "image/webp" }],
        },
      ],
    });
  });

  test("sends a picture once to who keeps it", async () => {
    const first = await fetch(entry.image);
    expect([first.status, first.headers.get("content-type")]).toEqual([200, "image/webp"]);
    const again = await fetch(entry.image, { headers: { "if-none-match": first.headers.get("etag") ?? "" } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  test("begins anew for a cursor that it never gave, and has no page for what does not exist", async () => {
    for (const cursor of ["x", "%00", "9".repeat(3_000), "%3Cscript%3E"]) {
      const response = await fetch(`${wall.url}?cursor=${cursor}`);
      expect([cursor.slice(0, 20), response.status, (await response.text()).includes(entry.url.slice(url.length))]).toEqual([
        cursor.slice(0, 20),
        200,
        true,
      ]);
    }
    const missing = [
      `/g/no-such-gallery`,
      `/g/no-such-gallery/feed.json`,
      `/g/${wall.slug}/ent_1`,
      `/g/${wall.slug}/%00`,
      `${entry.url.slice(url.length)}/2.webp`,
      `${entry.url.slice(url.length)}/..%2f1.webp`,
    ];
    for (const path of [...missing, `/g/${"x".repeat(3_000)}`, `/g/${wall.slug}/${"x".repeat(3_000)}`]) {
      const response = await fetch(`${url}${path}`);
      expect([path.slice(0, 60), response.status]).toEqual([path.slice(0, 60), 404]);
    }
  });
});
