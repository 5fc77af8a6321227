import type { Post } from "@atelier/client";
import { type Network, startNetwork } from "@atelier/simulators";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Atelier, removeFolder, startAtelier } from "../harness/atelier.ts";
import { faults } from "../harness/faults.ts";
import { type Person, signUp } from "../harness/person.ts";
import { asMany, seeds, tell } from "../harness/seeds.ts";
import { until } from "../harness/until.ts";
import { approved, gallery } from "../harness/work.ts";

/** As many channels as a post may have, so that a worker that dies is in the middle of something. */
const channels = 20;
/** With and without keys, 20 seeds are more than ten thousand deliveries. */
const posts = asMany(3, 13);

/** An Atelier whose posts go to a network that can be told to misbehave. */
type World = { network: Network; atelier: Atelier; ada: Person; imageId: string; channelIds: string[]; passed: { ms: number } };

async function makeWorld(keys: boolean): Promise<World> {
  const passed = { ms: 0 };
  const network = await startNetwork({ keys, now: () => Date.now() + passed.ms });
  const atelier = await startAtelier({ args: ["--feed-stand-in", network.url, ...(keys ? ["--feed-stand-in-keys"] : [])] });
  const ada = await signUp(atelier.url);
  const imageId = (await approved(ada.client)).id;
  const channelIds: string[] = [];
  for (let i = 0; i < channels; i += 1) channelIds.push((await gallery(ada.client)).id);
  return { network, atelier, ada, imageId, channelIds, passed };
}

let worlds: World[];
beforeAll(async () => {
  worlds = await Promise.all([makeWorld(true), makeWorld(false)]);
}, 120_000);
afterAll(async () => {
  for (const { atelier, network } of worlds) {
    await atelier.stop();
    await network.close();
    removeFolder(atelier.dataFolder);
  }
});

/** Once nothing has moved for a while, a lease's time is let pass: then what a dead worker held is taken up. */
async function ended({ network, atelier, ada, passed }: World, made: readonly Post[]): Promise<Post[]> {
  const leaseMs = 50_000;
  let moved = { mark: "", at: performance.now() };
  return until(
    "the end of the posts",
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      const { items } = await ada.client.listPosts({ query: { limit: 100 } });
      const ours = items.filter(({ id }) => made.some((post) => post.id === id));
      if (ours.length === made.length && ours.every(({ state }) => state !== "scheduled" && state !== "publishing")) return ours;
      const mark = `${network.requests()} ${ours.map(({ version }) => version)}`;
      if (mark !== moved.mark) moved = { mark, at: performance.now() };
      else if (performance.now() - moved.at > 1_200) {
        await atelier.advance(leaseMs);
        passed.ms += leaseMs;
        moved.at = performance.now();
      }
      return undefined;
    },
    250_000,
  );
}

/** Each delivery, with how often the network shows it. */
function shown({ network }: World, all: readonly Post[]) {
  const there = new Map<string, number>();
  for (const { channel, text } of network.posts()) there.set(`${channel} ${text}`, (there.get(`${channel} ${text}`) ?? 0) + 1);
  return all.flatMap((post) =>
    post.deliveries.map((delivery) => ({ post, delivery, times: there.get(`${delivery.channelId} ${post.caption}`) ?? 0 })),
  );
}

/** The network drops the line and fails, before and after it took a post; its list fails too; workers are killed around their calls. */
async function publishThroughTrouble(world: World, seed: number): Promise<{ made: Post[]; struck: Record<string, number> }> {
  const { network, atelier, ada, imageId, channelIds } = world;
  // The fewer deliveries there are, the more of them have to fail for each fault to be met.
  const chance = asMany(0.08, 0.03);
  network.misbehave(seed, { dropBefore: chance, dropAfter: chance, refuse: chance, fail: chance, late: 0.004 }, 0.1);
  const trouble = faults(atelier);
  for (const [index, fault] of (["killBefore", "killAfter"] as const).entries()) {
    const order = { fault, function: "PublishPost", seed: seed * 10 + index };
    await trouble.add({ ...order, service: "network", url: network.url, call: "POST /posts", chance: asMany(0.08, 0.02), times: 1 });
    await trouble.add({ ...order, service: "dynamodb", call: "*", chance: asMany(0.05, 0.03), times: 1 });
  }
  const made: Post[] = [];
  for (let i = 0; i < posts; i += 1)
    made.push(await ada.client.createPost({ body: { channelIds, imageIds: [imageId], caption: `seed ${seed}, post ${i}`, now: true } }));
  await ended(world, made);
  const struck = await trouble.counts();
  await trouble.clear();
  return { made, struck };
}

/** A person looks and says what they see; what is not out is tried again. */
async function settleByHand(world: World, made: readonly Post[]): Promise<void> {
  const { network, ada } = world;
  network.behave();
  for (const { post, delivery, times } of shown(world, await ended(world, made))) {
    const params = { id: post.id, channelId: delivery.channelId };
    if (delivery.state === "unconfirmed")
      await ada.client.resolveDelivery({ params, body: { outcome: times === 1 ? "published" : "not_published" } });
  }
  const failed = async () => shown(world, await ended(world, made)).filter(({ delivery }) => delivery.state === "failed");
  for (let left = await failed(); left.length > 0; left = await failed()) {
    const oneOfEach = new Map(left.map(({ post, delivery }) => [post.id, delivery.channelId]));
    for (const [id, channelId] of oneOfEach) await ada.client.retryDelivery({ params: { id, channelId } });
  }
}

test.each(seeds)(
  `each of ${2 * posts * channels} deliveries is out once, or said not to be, or shown as open, with idempotency keys and without (seed %i)`,
  async (seed) => {
    const ends = await Promise.allSettled(
      worlds.map(async (world, index) => {
        const { made, struck } = await publishThroughTrouble(world, seed);
        const outcomes = shown(world, await ended(world, made));
        const counts = world.network.counts();
        const states = tally(outcomes.map(({ delivery }) => delivery.state));
        tell(`${posts * channels} deliveries, ${index === 0 ? "keys" : "no keys"}`, seed, { ...counts, ...struck, ...states });

        expect(outcomes).toHaveLength(posts * channels);
        expect(outcomes.filter(({ times }) => times > 1)).toEqual([]);
        for (const { delivery, times } of outcomes) {
          expect(["published", "failed", "unconfirmed"]).toContain(delivery.state);
          if (delivery.state !== "unconfirmed") expect(times).toBe(delivery.state === "published" ? 1 : 0);
          else expect(delivery.problem?.code).toBe("publishing/unconfirmed");
        }
        // Nothing of this proves anything where nothing went wrong.
        expect(Object.values(struck).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1);
        const met = [counts.dropBefore, counts.dropAfter, counts.refuse, counts.fail];
        expect(met.filter((count) => count > 0).length).toBeGreaterThanOrEqual(asMany(2, 4));

        await settleByHand(world, made);
        const final = shown(world, await ended(world, made)).map(({ delivery, times }) => `${delivery.state} ${times}`);
        expect(tally(final)).toEqual({ "published 1": posts * channels });
      }),
    );
    // Not before both are done: what is left of one would take back what the next seed orders.
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  },
  600_000,
);

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
