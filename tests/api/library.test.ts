import type { Image, Operations } from "@atelier/client";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { until } from "../harness/until.ts";
import { approved, drawn, finished, gallery, settled } from "../harness/work.ts";

const url = sharedUrl();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});

type Announced = Operations["uploadImage"]["input"]["body"];

/** Announces a file and posts it as a browser does; what the bucket answered, and the image's id. */
async function upload(file: Buffer, announced: Partial<Announced> = {}, sentAs?: string): Promise<{ imageId: string; status: number }> {
  const body: Announced = { fileName: "picture", contentType: "image/png", bytes: file.length, ...announced };
  const { imageId, upload: form } = await ada.client.uploadImage({ body });
  const data = new FormData();
  for (const [name, value] of Object.entries(form.fields)) data.set(name, name === "Content-Type" && sentAs ? sentAs : value);
  data.set("file", new Blob([new Uint8Array(file)]), "picture");
  const { status } = await fetch(form.url, { method: form.method, body: data });
  return { imageId, status };
}

const examined = (id: string): Promise<Image> =>
  until(`the examination of ${id}`, async () => {
    const image = await ada.client.getImage({ params: { id } });
    return image.state !== "processing" && image;
  });

const flat = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: "#2851a3" } });

describe("an upload", () => {
  test("is kept upright and without the place where it was taken", async () => {
    const file = await flat(120, 80)
      .jpeg()
      .withExif({ IFD0: { Copyright: "Ada" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "45/1 45/1 0/1" } })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { orientation, exif } = await sharp(file).metadata();
    expect([orientation, exif === undefined]).toEqual([6, false]);
    const { imageId, status } = await upload(file, { fileName: "harbour.jpg", contentType: "image/jpeg", tags: ["own"] });
    expect(status).toBeLessThan(300);
    const image = await examined(imageId);
    expect(image).toMatchObject({
      state: "in_review",
      source: "upload",
      width: 80,
      height: 120,
      mimeType: "image/jpeg",
      fileName: "harbour.jpg",
      tags: ["own"],
    });
    const kept = Buffer.from(await (await fetch(image.urls.original ?? "")).arrayBuffer());
    const metadata = await sharp(kept).metadata();
    expect([metadata.width, metadata.height, metadata.orientation, metadata.exif]).toEqual([80, 120, undefined, undefined]);
    expect(kept.length).toBe(image.bytes);
  });

  test("cannot be reviewed before it is there", async () => {
    const { imageId } = await ada.client.uploadImage({ body: { fileName: "never.png", contentType: "image/png", bytes: 10 } });
    await expect(ada.client.reviewImage({ params: { id: imageId }, body: { decision: "approved" } })).rejects.toMatchObject({
      status: 409,
    });
  });

  test("of more bytes than announced, or of another type than announced, is refused at the door", async () => {
    const file = await flat(64, 64).png().toBuffer();
    expect((await upload(file, { bytes: file.length - 1 })).status).toBeGreaterThanOrEqual(400);
    expect((await upload(file, {}, "text/html")).status).toBe(403);
  });

  const noise = sharp({
    create: { width: 200, height: 200, channels: 3, background: "#000", noise: { type: "gaussian", mean: 128, sigma: 40 } },
  });
  const halfOf = (file: Buffer) => file.subarray(0, file.length / 2);
  const animated = async () => {
    const frames = await Promise.all(
      ["#f00", "#0f0"].map((background) =>
        sharp({ create: { width: 32, height: 32, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    return sharp(frames, { join: { animated: true } })
      .webp({ delay: [100, 100] })
      .toBuffer();
  };
  const cases: [string, string, () => Promise<Buffer>, Partial<Announced>?][] = [
    ["a JPEG that was announced as PNG", "mislabelled", () => flat(64, 64).jpeg().toBuffer()],
    ["a PNG whose end is missing", "broken", async () => halfOf(await noise.png().toBuffer())],
    ["twenty bytes of nothing", "not_an_image", async () => Buffer.alloc(20, 7)],
    [
      "an SVG",
      "not_an_image",
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script></svg>'),
    ],
    ["an animation", "animated", animated, { contentType: "image/webp" }],
    ["a picture of 144 million pixels", "too_many_pixels", () => flat(12_000, 12_000).png({ compressionLevel: 9 }).toBuffer()],
    ["a picture of eight by eight", "too_small", () => flat(8, 8).png().toBuffer()],
  ];
  test.each(cases)("of %s is quarantined as %s, and cannot be reviewed", async (_what, reason, make, announced) => {
    const { imageId, status } = await upload(await make(), announced);
    expect(status).toBeLessThan(300);
    const image = await examined(imageId);
    expect(image).toMatchObject({ state: "quarantined", quarantine: { reason } });
    expect(image.urls).toEqual({});
    await expect(ada.client.reviewImage({ params: { id: imageId }, body: { decision: "approved" } })).rejects.toMatchObject({
      status: 409,
    });
  });
});

describe("the library", () => {
  let image: Image;
  beforeAll(async () => {
    image = await drawn(ada.client, "a lighthouse above the Bay");
    await ada.client.changeImage({ params: { id: image.id }, body: { tags: ["coast"], category: "places", stars: 4 } });
  });

  test("is filtered by each of its filters", async () => {
    const at = Date.parse(image.createdAt);
    const only = { tag: "coast" };
    const ids = async (query: Operations["listImages"]["input"]["query"]) => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await ada.client.listImages({ query: { limit: 100, ...query, ...(cursor && { cursor }) } });
        found.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      return found;
    };
    for (const query of [
      only,
      { q: "LIGHTHOUSE above" },
      { category: "places" },
      { ...only, model: "sketch-1" },
      { ...only, state: "in_review" as const },
      { ...only, posted: false },
    ])
      expect([query, await ids(query as never)]).toEqual([query, [image.id]]);
    expect(await ids({ ...only, from: new Date(at - 60_000).toISOString(), to: new Date(at + 60_000).toISOString() } as never)).toEqual([
      image.id,
    ]);
    for (const query of [
      { tag: "coas" },
      { q: "volcano" },
      { ...only, state: "approved" },
      { ...only, posted: true },
      { ...only, to: "1950-01-01T00:00:00Z" },
      { ...only, from: "9999-12-31T23:59:59Z" },
      { from: "2030-01-01T00:00:00Z", to: "2020-01-01T00:00:00Z" },
    ])
      expect([query, await ids(query as never)]).toEqual([query, []]);
    expect(await ids({ ...only, from: "1950-01-01T00:00:00+02:00" } as never)).toEqual([image.id]);
  });

  test("finds what looks the same, tags and rates by itself, and counts", async () => {
    const { client } = await signUp(url);
    const [one, same] = [await drawn(client, "a quiet harbour at dawn"), await drawn(client, "a quiet harbour at dawn")];
    await drawn(client, "mountains under snow");
    expect(one.autoTags?.map(({ tag }) => tag)).toEqual(["harbour", "sunrise", "quiet"]);
    expect(one.quality?.score).toBeGreaterThan(0);
    const alike = await client.findSimilar({ params: { id: one.id } });
    expect(alike).toMatchObject({ items: [{ distance: 0, image: { id: same.id } }], looked: 3, complete: true });
    await client.changeImage({ params: { id: one.id }, body: { tags: ["sunrise"] } });
    const tags = (await client.listTags({})).items;
    expect(tags.find(({ tag }) => tag === "sunrise")).toEqual({ tag: "sunrise", count: 1, automatic: 1 });
    expect((await client.listImages({ query: { tag: "harbour" } })).items).toHaveLength(2);
    const statistics = await until("the figures of the day", async () => {
      const now = await client.imageStatistics({});
      return now.models[0]?.drawn === 3 && now;
    });
    expect(statistics).toMatchObject({ states: { in_review: 3, approved: 0 }, looked: 3, days: [{ drawn: 3, costMicroUsd: 0 }] });
  });

  test("is walked by cursors without a gap or a repeat", async () => {
    const whole = (await ada.client.listImages({ query: { limit: 100 } })).items.map(({ id }) => id);
    const walked: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ada.client.listImages({ query: { limit: 2, ...(cursor && { cursor }) } });
      walked.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(whole.length).toBeGreaterThan(2);
    expect(walked).toEqual(whole);
  });

  test("keeps every decision, newest first", async () => {
    const params = { id: image.id };
    for (const decision of ["changes_requested", "held", "approved"] as const)
      await ada.client.reviewImage({ params, body: { decision, note: decision } });
    const { items } = await ada.client.listReviews({ params });
    expect(items.map(({ decision }) => decision)).toEqual(["approved", "held", "changes_requested"]);
    expect((await ada.client.getImage({ params })).review).toMatchObject({ decision: "approved", by: ada.userId });
  });

  test("knows what has been posted, and forgets what was deleted", async () => {
    const [other, channel] = [await approved(ada.client, "a picture to be seen"), await gallery(ada.client)];
    const params = { id: other.id };
    const { id } = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [other.id], now: true } });
    expect((await settled(ada.client, id)).state).toBe("published");
    await until("the note that it was posted", async () => (await ada.client.getImage({ params })).postedAt);
    const posted = { query: { posted: "true", q: "to be seen" } } as never;
    expect((await ada.client.listImages(posted)).items.map((item) => item.id)).toEqual([other.id]);
    const { version } = await ada.client.getImage({ params });
    await expect(ada.client.removeImage({ params, ifMatch: `"${version - 1}"` })).rejects.toMatchObject({ status: 412 });
    await ada.client.removeImage({ params, ifMatch: `"${version}"` });
    await expect(ada.client.getImage({ params })).rejects.toMatchObject({ status: 404 });
    await expect(ada.client.removeImage({ params })).rejects.toMatchObject({ status: 404 });
    expect((await ada.client.listImages(posted)).items).toEqual([]);
  });
});

test("a folder is deleted with its version in hand, and its images are shown in none, wherever they are", async () => {
  const bob = await signUp(url);
  const image = await approved(bob.client, "a picture in a folder");
  const folder = await bob.client.createFolder({ body: { name: "Harbours" } });
  const within = await bob.client.createFolder({ body: { name: "Dawn", parentId: folder.id } });
  const params = { id: image.id };
  expect((await bob.client.changeImage({ params, body: { folderId: folder.id } })).folderId).toBe(folder.id);
  await expect(bob.client.removeFolder({ params: { id: folder.id } })).rejects.toMatchObject({
    status: 409,
    problem: { type: expect.stringContaining("library/folder-holds-folders"), detail: expect.stringContaining("“Dawn”") },
  });
  await bob.client.removeFolder({ params: { id: within.id } });
  const { version } = await bob.client.changeFolder({ params: { id: folder.id }, body: { name: "Quiet harbours" } });
  await expect(bob.client.removeFolder({ params: { id: folder.id }, ifMatch: `"${version - 1}"` })).rejects.toMatchObject({ status: 412 });
  await bob.client.removeFolder({ params: { id: folder.id }, ifMatch: `"${version}"` });
  await expect(bob.client.getFolder({ params: { id: folder.id } })).rejects.toMatchObject({ status: 404 });

  const shown = [
    await bob.client.getImage({ params }),
    await bob.client.changeImage({ params, body: { stars: 2 } }),
    ...(await bob.client.listImages({})).items,
  ];
  await bob.client.removeImage({ params });
  shown.push(...(await bob.client.listTrash({})).items, await bob.client.restoreImage({ params }));
  expect(shown.map(({ id, folderId }) => [id, folderId])).toEqual(new Array(5).fill([image.id, undefined]));
  expect((await bob.client.listImages({ query: { folder: folder.id } })).items).toEqual([]);
});

describe("a generation", () => {
  test.each([
    ["a model that does not exist", { model: "no-such" }, "#/model"],
    ["a provider that does not exist", { provider: "no-such" }, "#/provider"],
    ["a style that the model has not", { style: "no-such" }, "#/style"],
    ["too narrow", { width: 63, height: 64 }, "#/width"],
    ["too high", { width: 64, height: 2_049 }, "#/height"],
    ["too many at once", { count: 9 }, "#/count"],
    ["no words", { prompt: "  " }, "#/prompt"],
  ])("is refused for %s, with its place", async (_what, body, pointer) => {
    await expect(ada.client.requestGeneration({ body: { prompt: "a harbour", ...body } })).rejects.toMatchObject({
      status: 422,
      problem: { errors: [{ pointer }] },
    });
  });

  test("is canceled once and for good, and only a failed one is tried again", async () => {
    const { id } = await ada.client.requestGeneration({ body: { prompt: "eight large pictures", count: 8, width: 2_048, height: 2_048 } });
    const canceled = await ada.client.cancelGeneration({ params: { id } });
    expect(canceled.state).toBe("canceled");
    expect(await ada.client.cancelGeneration({ params: { id } })).toEqual(canceled);
    await expect(ada.client.retryGeneration({ params: { id } })).rejects.toMatchObject({ status: 409 });
    expect((await ada.client.listGenerations({ query: { state: "canceled" } })).items.map((item) => item.id)).toEqual([id]);
    const done = await ada.client.requestGeneration({ body: { prompt: "small", width: 64, height: 64 } });
    await finished(ada.client, done.id);
    await expect(ada.client.cancelGeneration({ params: { id: done.id } })).rejects.toMatchObject({ status: 409 });
  });
});

test("the history tells who did what to which picture, newest first, and only of one's own", async () => {
  const bob = await signUp(url);
  const image = await approved(bob.client);
  await bob.client.removeImage({ params: { id: image.id } });
  await bob.client.restoreImage({ params: { id: image.id } });
  const told = await until("the history", async () => {
    const { items } = await bob.client.imageHistory({});
    return items[0]?.act === "library.image.restored" && items.length === 6 && items;
  });
  const { sub } = JSON.parse(Buffer.from(bob.token.split(".")[1] ?? "", "base64url").toString()) as { sub: string };
  const job = image.generation?.generationId;
  expect(told.map(({ act, actor, subject }) => [act, actor, subject]).reverse()).toEqual([
    ["generation.job.requested", sub, job],
    ["library.image.processed", "system", image.id],
    ["generation.job.succeeded", "system", job],
    ["library.image.approved", sub, image.id],
    ["library.image.deleted", sub, image.id],
    ["library.image.restored", sub, image.id],
  ]);
  const [newest, ...rest] = told;
  const first = await bob.client.imageHistory({ query: { limit: 1 } });
  expect(first.items).toEqual([newest]);
  expect((await bob.client.imageHistory({ query: { limit: 10, cursor: first.nextCursor ?? "" } })).items).toEqual(rest);
});
