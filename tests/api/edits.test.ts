import { createHash } from "node:crypto";
import type { Client, Image, Operations } from "@atelier/client";
import { digitalSourceTypeIn } from "@atelier/core/provenance";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { until } from "../harness/until.ts";
import { approved, gallery } from "../harness/work.ts";

let ada: Person;
beforeAll(async () => {
  ada = await signUp(sharedUrl());
});

type Edit = Operations["editImage"]["input"]["body"];

/** The image once a version of it has come to its end. */
async function edited(client: Client, image: Image, operations: Edit["operations"]): Promise<Image> {
  const params = { id: image.id };
  const asked = await client.editImage({ params, body: { operations } });
  expect(asked).toMatchObject({ imageId: image.id, state: "processing", operations });
  await until(`the edit ${asked.id}`, async () => {
    const { items } = await client.listVersions({ params });
    return items.find(({ id, state }) => id === asked.id && state === "ready");
  });
  return client.getImage({ params });
}

test("an approved image that is edited has to be approved again, its post is blocked, and every file says how it came to be", async () => {
  const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
  const params = { id: image.id };
  await ada.client.changeImage({ params, body: { rating: "suggestive", tags: ["coast"], stars: 4 } });
  const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
  const post = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], caption: "Dawn", scheduledAt } });
  expect(post.state).toBe("scheduled");

  const shown = await edited(ada.client, image, [
    { type: "crop_to_ratio", ratio: { width: 1, height: 1 }, around: "subject" },
    { type: "filter", name: "mono" },
  ]);
  expect(shown).toMatchObject({
    state: "in_review",
    currentVersion: 2,
    width: 64,
    height: 64,
    rating: "suggestive",
    tags: ["coast"],
    stars: 4,
  });
  expect(shown.generation).toEqual(image.generation);
  expect(shown.review).toBeUndefined();
  for (const link of [shown.urls.original, shown.urls.preview, shown.urls.thumbnail]) {
    const { xmpAsString, width } = await sharp(Buffer.from(await (await fetch(link ?? "")).arrayBuffer())).metadata();
    expect([digitalSourceTypeIn(xmpAsString), width]).toEqual(["algorithmicMedia", 64]);
  }
  await until("the history", async () => {
    const { items: told } = await ada.client.imageHistory({});
    return told.some(({ act, subject, actor }) => act === "library.image.edited" && subject === image.id && actor !== "system");
  });
  const { items } = await ada.client.listVersions({ params });
  expect(items.map(({ number, from, width }) => [number, from, width])).toEqual([
    [2, 1, 64],
    [1, undefined, 96],
  ]);
  const original = Buffer.from(await (await fetch(items[1]?.urls.original ?? "")).arrayBuffer());
  expect(createHash("sha256").update(original).digest("hex")).toBe(image.sha256);
  const blocked = await until("the post's being blocked", async () => {
    const now = await ada.client.getPost({ params: { id: post.id } });
    return now.state === "blocked" && now;
  });
  expect(blocked.problem?.detail).toContain("Approve it again");
});

test("what only a provider can do is refused here, where none is on, and says which settings turn one on", async () => {
  const image = await approved(ada.client);
  const params = { id: image.id };
  const edit = (body: Edit) => ada.client.editImage({ params, body });
  await expect(edit({ operations: [{ type: "remove_background" }] })).rejects.toMatchObject({
    problem: {
      status: 422,
      type: expect.stringContaining("generation/model-unavailable"),
      detail: expect.stringMatching(/STABILITY_API_KEY.*REPLICATE_API_TOKEN/),
    },
  });
  for (const [body, pointer] of [
    [{ operations: [{ type: "auto_enhance" }, { type: "upscale", factor: 2 }] }, "#/operations/1"],
    [{ operations: [{ type: "auto_enhance" }], model: "upscale-fast" }, "#/model"],
    [{ operations: [{ type: "upscale", factor: 2 }], model: "no-such-model" }, "#/model"],
  ] as const)
    await expect(edit({ ...body, operations: [...body.operations] })).rejects.toMatchObject({
      problem: { status: 422, errors: [{ pointer }] },
    });
  expect((await ada.client.listVersions({ params })).items).toHaveLength(1);
  const { items } = await ada.client.listModels();
  const editors = items.filter(({ kind }) => kind === "edit");
  expect(new Set(editors.map(({ state }) => state))).toEqual(new Set(["off"]));
});
