import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Atelier, removeFolder, startAtelier } from "../harness/atelier.ts";
import { openClient, type Person, signUp } from "../harness/person.ts";
import { quiet } from "../harness/quiet.ts";
import { until } from "../harness/until.ts";
import { approved, entriesOf, gallery, settled } from "../harness/work.ts";

const hourMs = 3_600_000;
let atelier: Atelier;
let ada: Person;
beforeAll(async () => {
  atelier = await startAtelier();
  ada = await signUp(atelier.url);
});
afterAll(async () => {
  await atelier.kill();
  removeFolder(atelier.dataFolder);
});

const inHours = async (hours: number) => new Date((await atelier.now()) + hours * hourMs).toISOString();

describe("time", () => {
  test("a post of next month waits, and goes out when its moment has come, not before", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const due = (await atelier.now()) + 30 * 24 * hourMs;
    const { id } = await ada.client.createPost({
      body: { channelIds: [channel.id], imageIds: [image.id], scheduledAt: new Date(due).toISOString() },
    });
    await atelier.advance(due - (await atelier.now()) - 60_000);
    expect(await entriesOf(channel)).toEqual([]);
    await until(
      "the post, a minute later",
      async () => {
        await atelier.advance(10_000);
        return (await entriesOf(channel)).length === 1;
      },
      30_000,
    );
    const [delivery] = (await settled(ada.client, id)).deliveries;
    expect(Date.parse(delivery?.publishedAt ?? "")).toBeGreaterThanOrEqual(due);
  });

  test("a local time is that of its zone, also across the change to winter time", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const year = new Date(await atelier.now()).getUTCFullYear() + 1;
    const at = async (scheduledAt: string) => {
      const post = await ada.client.createPost({
        body: { channelIds: [channel.id], imageIds: [image.id], scheduledAt, timeZone: "Europe/Paris" },
      });
      await ada.client.cancelPost({ params: { id: post.id } });
      return post.scheduledAt;
    };
    expect(await at(`${year}-07-01T09:30:00`)).toBe(`${year}-07-01T07:30:00.000Z`);
    expect(await at(`${year}-12-01T09:30:00`)).toBe(`${year}-12-01T08:30:00.000Z`);
  });
});

describe("after an outage of five hours", () => {
  test("each post is treated as its late policy says, and none is silent", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const scheduledAt = await inHours(1);
    const policies = {
      publishes: { mode: "publish" as const, withinSeconds: 86_400 },
      heldAsTooLate: { mode: "publish" as const, withinSeconds: 3_600 },
      asks: { mode: "ask" as const, withinSeconds: 60 },
      skips: { mode: "skip" as const, withinSeconds: 60 },
    };
    const ids: Record<string, string> = {};
    for (const [name, latePolicy] of Object.entries(policies)) {
      const post = await ada.client.createPost({
        body: { channelIds: [channel.id], imageIds: [image.id], caption: name, scheduledAt, latePolicy },
      });
      ids[name] = post.id;
    }
    await atelier.kill();
    atelier = await startAtelier({ dataFolder: atelier.dataFolder });
    await atelier.advance(6 * hourMs);
    const client = openClient(atelier.url, ada.token);

    const states: Record<string, string> = {};
    for (const [name, id] of Object.entries(ids)) {
      const post = await settled(client, id, 30_000);
      states[name] = post.state;
      if (post.state !== "published") expect(post.problem?.code).toBe("publishing/late");
    }
    expect(states).toEqual({ publishes: "published", heldAsTooLate: "blocked", asks: "blocked", skips: "skipped" });

    await client.publishPost({ params: { id: ids.asks ?? "" } });
    expect((await settled(client, ids.asks ?? "")).state).toBe("published");
    const entries = await entriesOf(await client.getChannel({ params: { id: channel.id } }));
    expect(entries.map((entry) => entry.content_text).sort()).toEqual(["asks", "publishes"]);
  });
});

describe("a worker that dies", () => {
  const workers = async (name: string) => {
    const { items } = (await (await fetch(`${atelier.url}/_local/functions`)).json()) as {
      items: { functions: string[]; pid: number; running: string[] }[];
    };
    return items.filter((item) => item.functions.some((id) => id.startsWith(name)) && item.running.length > 0);
  };

  test("while it draws is noticed when its lease is over, and the generation is finished by another", async () => {
    const client = openClient(atelier.url, ada.token);
    // The test before may have used up the requests of this second.
    const body = { prompt: "a forest in the rain", width: 2048, height: 2048, count: 2 };
    const asked = await until("room for a request", () => client.requestGeneration({ body }));
    const [worker] = await until("a worker that draws", async () => {
      const { state } = await client.getGeneration({ params: { id: asked.id } });
      const busy = await workers("RenderImage");
      return state === "rendering" && busy.length > 0 && busy;
    });
    for (const { pid } of [worker, ...(await workers("RenderImage"))].filter((one) => one !== undefined)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It was named twice.
      }
    }
    const killedAt = await atelier.now();
    // Time goes on while nobody works: whoever draws needs real time of their own.
    const done = await until(
      "its end",
      async () => {
        await quiet(atelier.url);
        const seen = await client.getGeneration({ params: { id: asked.id } });
        if (seen.finishedAt !== undefined) return seen;
        await atelier.advance(5_000);
        return undefined;
      },
      90_000,
    );
    expect(done.state).toBe("succeeded");
    // One attempt for each image, and one more for the image that was being drawn.
    expect(done.attempts.map(({ outcome }) => outcome).toSorted()).toEqual([...asked.imageIds.map(() => "drawn"), "lost"]);
    const lost = done.attempts.findIndex(({ outcome }) => outcome === "lost");
    const again = done.attempts[lost + 1];
    expect(again?.imageId).toBe(done.attempts[lost]?.imageId);
    // Not the 210 s after which a worker that waits for a paid provider is missed.
    expect(Date.parse(again?.startedAt ?? "") - killedAt).toBeLessThan(150_000);
    expect(done.imageIds).toEqual(asked.imageIds);
  });
});
