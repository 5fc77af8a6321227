import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { type Atelier, removeFolder, startAtelier, temporaryFolder } from "../harness/atelier.ts";
import { still } from "../harness/chain.ts";
import { openClient, signUp } from "../harness/person.ts";
import { quiet } from "../harness/quiet.ts";
import { until } from "../harness/until.ts";
import { approved, entriesOf, finished, gallery } from "../harness/work.ts";

const running: Atelier[] = [];
const start = async (dataFolder: string): Promise<Atelier> => {
  const atelier = await startAtelier({ dataFolder });
  running.push(atelier);
  return atelier;
};
afterEach(async () => {
  for (const atelier of running.splice(0)) {
    await atelier.kill();
    removeFolder(atelier.dataFolder);
  }
});

const children = (pid: number | undefined): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, "utf8").split(" ")[3] === String(pid);
      } catch {
        return false; // it has just ended
      }
    })
    .map(Number);

describe("after kill -9 in the middle and a new start", () => {
  test("what was due meanwhile is published once, and what was asked for is drawn", async () => {
    const data = temporaryFolder();
    const first = await start(data);
    const ada = await signUp(first.url);
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const due = new Date(Date.now() + 2_000).toISOString();
    const posts = await Promise.all(
      [1, 2, 3, 4, 5].map((n) =>
        ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], caption: `Post ${n}`, scheduledAt: due } }),
      ),
    );
    const asked = await ada.client.requestGeneration({ body: { prompt: "winter mountains", width: 64, height: 64, count: 3 } });
    await first.kill();

    const second = await start(data);
    const client = openClient(second.url, ada.token);
    const out = await still(second.url, "the posts", () => Promise.all(posts.map(({ id }) => client.getPost({ params: { id } }))));
    for (const post of out) expect(post).toMatchObject({ state: "published" });
    // The gallery's address is that of the new start.
    const entries = await entriesOf(await client.getChannel({ params: { id: channel.id } }));
    expect(entries.map((entry) => entry.content_text).sort()).toEqual(posts.map((post) => post.caption).sort());

    const lease = await until(
      "the generation, taken up again",
      async () => {
        // The worker that died holds the job until its lease is over: turn the clock rather than wait, but not while others work.
        await quiet(second.url);
        await second.advance(10_000);
        const generation = await client.getGeneration({ params: { id: asked.id } });
        return generation.state === "succeeded" && generation;
      },
      60_000,
    );
    expect(lease.imageIds).toEqual(asked.imageIds);
  });

  test("nothing of it is left running", async () => {
    const atelier = await start(temporaryFolder());
    await signUp(atelier.url);
    const before = children(atelier.process.pid);
    expect(before.length).toBeGreaterThan(1);
    await atelier.kill();
    await until("the end of its processes", async () => before.every((pid) => !children(1).includes(pid) && !alive(pid)));
  });
});

describe("a clean stop", () => {
  test("ends with 0 and leaves no process behind", async () => {
    const atelier = await start(temporaryFolder());
    await signUp(atelier.url);
    const before = children(atelier.process.pid);
    expect(await atelier.stop()).toBe(0);
    expect(before.filter(alive)).toEqual([]);
  });
});

describe("a second start", () => {
  test("on the same data says who holds it, and on a taken port how to choose another", async () => {
    const atelier = await start(temporaryFolder());
    await expect(startAtelier({ dataFolder: atelier.dataFolder })).rejects.toThrow(new RegExp(`in use by process ${atelier.process.pid}`));
    const port = new URL(atelier.url).port;
    const data = temporaryFolder();
    await expect(startAtelier({ dataFolder: data, args: ["--port", port] })).rejects.toThrow(/is taken by another program.*--port/);
    removeFolder(data);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

test("a finished generation is still finished after a restart", async () => {
  const data = temporaryFolder();
  const first = await start(data);
  const ada = await signUp(first.url);
  const { id } = await ada.client.requestGeneration({ body: { prompt: "neon city", width: 64, height: 64 } });
  const done = await finished(ada.client, id);
  await first.stop();
  const second = await start(data);
  const client = openClient(second.url, ada.token);
  expect(await client.getGeneration({ params: { id } })).toEqual(done);
});
