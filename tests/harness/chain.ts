import { createHash, randomUUID } from "node:crypto";
import { ApiError, type Channel, type Generation, type Image, type Post } from "@atelier/client";
import { expect } from "vitest";
import { clockOf } from "./atelier.ts";
import type { Person } from "./person.ts";
import { until } from "./until.ts";
import { entriesOf } from "./work.ts";

/** Functions that queues, streams and rules invoke; nobody waits for their answer. */
export const workers = ["RenderImage", "ProcessImage", "SettleGeneration", "PublishPost", "FollowPosts", "DispatchDue", "RelayEvents"];

/** What was asked for and acknowledged, and what became of it. */
export type Lived = { generations: Generation[]; images: Image[]; channel: Channel; posts: Post[] };

export type Size = { generations?: number; posts?: number };

/** A call as a good client makes it: with a key, and again while the answer is that something broke. */
async function insisting<T>(call: (idempotencyKey: string) => Promise<T>): Promise<T> {
  const key = randomUUID();
  for (let tries = 1; ; tries += 1) {
    try {
      return await call(key);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status < 500 || tries === 20) throw error;
    }
  }
}

const moving = new Set(["queued", "rendering", "scheduled", "publishing", "processing"]);

/** Waits until nothing moves any more. Where faults hold work up, product time is let pass, a little at a time: leases, delays and visibility run out. */
export async function still<T extends { state: string }>(url: string, what: string, look: () => Promise<T[]>): Promise<T[]> {
  const clock = clockOf(url);
  let turnedAt = performance.now() + 1_000;
  return until(
    what,
    async () => {
      const all = await look().catch(() => []);
      if (all.length > 0 && all.every(({ state }) => !moving.has(state))) return all;
      if (performance.now() - turnedAt > 300) {
        await clock.advance(10_000);
        turnedAt = performance.now();
      }
      return undefined;
    },
    80_000,
  );
}

/** From words to images to posts in a gallery, as a person lives through it. Answers once nothing moves any more. */
export async function liveThrough(url: string, { client }: Person, { generations = 2, posts = 3 }: Size = {}): Promise<Lived> {
  const asked = await Promise.all(
    Array.from({ length: generations }, (_, index) =>
      insisting((idempotencyKey) =>
        client.requestGeneration({ body: { prompt: `harbour ${index}`, width: 64, height: 64, count: 2, seed: index }, idempotencyKey }),
      ),
    ),
  );
  const ended = await still(url, "the generations", () => Promise.all(asked.map(({ id }) => client.getGeneration({ params: { id } }))));
  const drawn = ended.flatMap(({ state, imageIds }) => (state === "succeeded" ? imageIds : []));
  for (const id of drawn)
    await insisting((idempotencyKey) => client.reviewImage({ params: { id }, body: { decision: "approved" }, idempotencyKey }));
  const channel = await insisting((idempotencyKey) =>
    client.connectChannel({ body: { network: "feed", name: `Gallery ${randomUUID().slice(0, 8)}` }, idempotencyKey }),
  );
  const written = await Promise.all(
    Array.from({ length: drawn.length > 0 ? posts : 0 }, (_, index) =>
      insisting((idempotencyKey) =>
        client.createPost({
          body: { channelIds: [channel.id], imageIds: [drawn[index % drawn.length] ?? ""], caption: `post ${index}`, now: true },
          idempotencyKey,
        }),
      ),
    ),
  );
  const settled = await still(url, "the posts", () => Promise.all(written.map(({ id }) => client.getPost({ params: { id } }))));
  const images = await Promise.all(drawn.map((id) => insisting(() => client.getImage({ params: { id } }))));
  return { generations: ended, images, channel, posts: settled };
}

/** Nothing is lost, nothing is there twice, and no row points at a file that is missing or another. */
export async function expectWhole({ client }: Person, { generations, images, channel, posts }: Lived): Promise<void> {
  for (const { id, state, imageIds } of generations) {
    expect(state, id).toBe("succeeded");
    expect(new Set(imageIds).size, id).toBe(2);
  }
  const { items } = await client.listImages({ query: { limit: 100 } });
  expect(items.map(({ id }) => id).sort()).toEqual(images.map(({ id }) => id).sort());
  const { items: asked } = await client.listGenerations({ query: { limit: 100 } });
  expect(asked.map(({ id }) => id).sort()).toEqual(generations.map(({ id }) => id).sort());
  for (const { id, urls, sha256 } of images) {
    expect(digest(await file(urls.original)), id).toBe(sha256);
    expect((await file(urls.preview)).length, id).toBeGreaterThan(0);
    expect((await file(urls.thumbnail)).length, id).toBeGreaterThan(0);
  }
  for (const { id, state } of posts) expect(state, id).toBe("published");
  const entries = await entriesOf(channel);
  expect(entries.map((entry) => entry.content_text).sort()).toEqual(posts.map((post) => post.caption).sort());
  for (const entry of entries) expect((await file(entry.image)).length, entry.id).toBeGreaterThan(0);
}

const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

async function file(url = ""): Promise<Buffer> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}
