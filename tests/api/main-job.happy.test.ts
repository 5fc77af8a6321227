import { beforeAll, describe, expect, test } from "vitest";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { approved, drawn, entriesOf, finished, gallery, settled } from "../harness/work.ts";

const url = sharedUrl();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});

describe("the main job, in real time", () => {
  test("a generation gives images in review with everything that is needed to make them again", async () => {
    const asked = await ada.client.requestGeneration({
      body: { prompt: "tulips in a spring garden", width: 200, height: 120, seed: 11, count: 2, tags: ["spring"] },
    });
    expect(asked.state).toBe("queued");
    const done = await finished(ada.client, asked.id);
    expect(done).toMatchObject({ state: "succeeded", progress: 1, costMicroUsd: 0 });
    expect(done.attempts.map((attempt) => attempt.outcome)).toEqual(["drawn", "drawn"]);

    const image = await ada.client.getImage({ params: { id: done.imageIds[1] ?? "" } });
    expect(image).toMatchObject({
      state: "in_review",
      width: 200,
      height: 120,
      mimeType: "image/png",
      digitalSourceType: "algorithmicMedia",
      tags: ["spring"],
    });
    expect(image.generation).toMatchObject({
      generationId: asked.id,
      prompt: "tulips in a spring garden",
      provider: "sketch",
      seed: 12,
      costMicroUsd: 0,
    });
    const original = await fetch(image.urls.original ?? "");
    expect(original.status).toBe(200);
    expect(original.headers.get("content-type")).toBe("image/png");
    expect((await original.arrayBuffer()).byteLength).toBe(image.bytes);
  });

  test("a post goes out at its second, not before, and is then seen by everybody", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const due = Date.now() + 3_000;
    const post = await ada.client.createPost({
      body: {
        channelIds: [channel.id],
        imageIds: [image.id],
        caption: "Before anybody wakes",
        altTexts: { [image.id]: "Boats" },
        scheduledAt: new Date(due).toISOString(),
      },
    });
    expect(post.state).toBe("scheduled");
    expect(await entriesOf(channel)).toEqual([]);

    const out = await settled(ada.client, post.id);
    expect(out.state).toBe("published");
    expect(Date.parse(out.deliveries[0]?.publishedAt ?? "")).toBeGreaterThanOrEqual(due);

    const [entry] = await entriesOf(channel);
    expect(entry).toMatchObject({ content_text: "Before anybody wakes" });
    const page = await fetch(entry?.url ?? "");
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Before anybody wakes");
    const picture = await fetch(entry?.image ?? "");
    expect(picture.headers.get("content-type")).toBe("image/webp");
  });

  test("a deleted post takes its entry, page and picture with it", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const { id } = await ada.client.createPost({
      body: { channelIds: [channel.id], imageIds: [image.id], caption: "Short-lived", now: true },
    });
    expect((await settled(ada.client, id)).state).toBe("published");
    const [entry] = await entriesOf(channel);
    await ada.client.removePost({ params: { id } });
    expect(await entriesOf(channel)).toEqual([]);
    expect((await fetch(entry?.url ?? "")).status).toBe(410);
    expect((await fetch(entry?.image ?? "")).status).toBe(410);
    await expect(ada.client.getPost({ params: { id } })).rejects.toMatchObject({ status: 404 });
  });

  test("an image that is rejected after scheduling blocks its post", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const { id } = await ada.client.createPost({
      body: { channelIds: [channel.id], imageIds: [image.id], scheduledAt: new Date(Date.now() + 3_600_000).toISOString() },
    });
    await ada.client.reviewImage({ params: { id: image.id }, body: { decision: "rejected", reasons: ["off_brand"] } });
    const post = await settled(ada.client, id);
    expect(post).toMatchObject({ state: "blocked", problem: { code: "publishing/image-withdrawn" } });
  });

  test("an image in review cannot be posted, and preflight says what mends it", async () => {
    const [image, channel] = [await drawn(ada.client), await gallery(ada.client)];
    const body = { channelIds: [channel.id], imageIds: [image.id], caption: "x".repeat(2_001), now: true as const };
    const { findings } = await ada.client.preflightPost({ body });
    expect(findings.map((finding) => finding.rule)).toEqual(["caption-too-long", "image-not-approved"]);
    await expect(ada.client.createPost({ body })).rejects.toMatchObject({ status: 422, problem: { findings } });
  });
});
