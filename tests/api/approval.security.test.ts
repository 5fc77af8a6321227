import { createHash } from "node:crypto";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { until } from "../harness/until.ts";
import { approved, gallery } from "../harness/work.ts";

const url = sharedUrl();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});

const flat = (side: number, background: string) =>
  sharp({ create: { width: side, height: side, channels: 3, background } })
    .png()
    .toBuffer();

test("a second file posted to one upload form never stands behind the digest of the first", async () => {
  const [large, small] = [await flat(2_400, "#c03020"), await flat(200, "#2030c0")];
  const { imageId, upload } = await ada.client.uploadImage({ body: { fileName: "a.png", contentType: "image/png", bytes: large.length } });
  const post = (file: Buffer) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
    form.append("file", new Blob([Buffer.from(file)], { type: "image/png" }), "a.png");
    return fetch(upload.url, { method: "POST", body: form });
  };
  await Promise.all([post(large), post(small), post(large), post(small)]);
  const image = await until("the image", async () => {
    const found = await ada.client.getImage({ params: { id: imageId } });
    return found.state === "in_review" && found;
  });
  // Whichever was taken, a later arrival may have been examined beside it: what is served is what the row says.
  const served = Buffer.from(await (await fetch(image.urls.original ?? "")).arrayBuffer());
  expect(createHash("sha256").update(served).digest("hex")).toBe(image.sha256);
  expect((await sharp(served).metadata()).width).toBe(image.width);
});

test("an edit does not bring a canceled post back, a new time does", async () => {
  const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  const { id } = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], scheduledAt } });
  await ada.client.cancelPost({ params: { id } });
  expect(await ada.client.changePost({ params: { id }, body: { caption: "Changed" } })).toMatchObject({
    state: "draft",
    scheduledAt: null,
  });
  expect(await ada.client.changePost({ params: { id }, body: { scheduledAt } })).toMatchObject({ state: "scheduled", scheduledAt });
});

test("a review does not bring a canceled post back", async () => {
  const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  const { id } = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], scheduledAt } });
  await ada.client.cancelPost({ params: { id } });
  for (const decision of ["approved", "rejected"] as const)
    await expect(ada.client.reviewPost({ params: { id }, body: { decision } })).rejects.toMatchObject({ status: 409 });
  expect(await ada.client.getPost({ params: { id } })).toMatchObject({ state: "canceled" });
});

test("half a character in a text is refused in words", async () => {
  // The tests before may have used up the requests of this second.
  const response = await until("room for a request", async () => {
    const answer = await fetch(`${url}/v1/generations`, {
      method: "POST",
      headers: { authorization: `Bearer ${ada.token}`, "content-type": "application/json" },
      body: '{"prompt":"a harbour \\ud800"}',
    });
    return answer.status !== 429 && answer;
  });
  expect([response.status, ((await response.json()) as { type: string }).type]).toEqual([
    400,
    expect.stringMatching(/request\/malformed$/),
  ]);
});

test("signing out with the refresh token alone ends the access token too", async () => {
  const bob = await signUp(url);
  await bob.client.logout({ body: { refreshToken: bob.refreshToken } });
  await until(
    "the end of the access token",
    async () => (await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${bob.token}` } })).status === 401,
    5_000,
  );
});
