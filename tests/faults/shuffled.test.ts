import { afterEach, describe, expect, test } from "vitest";
import { still, workers } from "../harness/chain.ts";
import { faults } from "../harness/faults.ts";
import { ownAtelier } from "../harness/own.ts";
import { signUp } from "../harness/person.ts";
import { seeds, tell } from "../harness/seeds.ts";
import { approved, entriesOf, gallery } from "../harness/work.ts";

const { url } = await ownAtelier();
const trouble = faults({ url });
afterEach(() => trouble.clear());

/** How far on a state is; nothing goes back. */
const ranks: Record<string, number> = { queued: 0, scheduled: 0, rendering: 1, publishing: 1 };
const rankOf = (state: string): number => ranks[state] ?? 2;

type Seen = { id: string; state: string; version?: number };

/** Looks at objects again and again, and notes what any of them has taken back. */
function makeWatch() {
  const before = new Map<string, Seen>();
  const wrong: string[] = [];
  const watch = <T extends Seen>(objects: T[]): T[] => {
    for (const now of objects) {
      const was = before.get(now.id) ?? now;
      const older = (now.version ?? 0) < (was.version ?? 0);
      const back = rankOf(now.state) < rankOf(was.state) || (rankOf(was.state) === 2 && now.state !== was.state);
      if (older || back) wrong.push(`${now.id}: ${was.state} (${was.version}), then ${now.state} (${now.version})`);
      before.set(now.id, now);
    }
    return objects;
  };
  return { watch, wrong };
}

describe.each(seeds)("events in any order, late and repeated, seed %i", (seed) => {
  test("never take anything back, and what was canceled stays so", async () => {
    const ada = await signUp(url);
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    for (const [index, call] of workers.entries()) {
      await trouble.add({ service: "lambda", call, fault: "reorder", chance: 0.4, ms: 400, seed: seed * 50 + index });
      await trouble.add({ service: "lambda", call, fault: "duplicate", chance: 0.3, copies: 3, seed: seed * 50 + 20 + index });
    }
    await trouble.add({ service: "eventbridge", call: "PutEvents", fault: "duplicate", chance: 0.5, seed });

    const works = [0, 1, 2, 3, 4, 5];
    const generations = await Promise.all(
      works.map(async (index) => {
        const { id } = await ada.client.requestGeneration({ body: { prompt: "fog", width: 64, height: 64, seed: index } });
        const gone = index % 2 === 0 && (await ada.client.cancelGeneration({ params: { id } }).catch(() => undefined));
        return { id, canceled: gone !== undefined && gone !== false };
      }),
    );
    const posts = await Promise.all(
      works.map(async (index) => {
        const { id } = await ada.client.createPost({
          body: { channelIds: [channel.id], imageIds: [image.id], caption: `${index}`, now: true },
        });
        const gone = index % 2 === 0 && (await ada.client.cancelPost({ params: { id } }).catch(() => undefined));
        return { id, caption: `${index}`, canceled: gone !== undefined && gone !== false };
      }),
    );
    const { watch, wrong } = makeWatch();
    const ended = await still(url, "the generations", async () =>
      watch(await Promise.all(generations.map(({ id }) => ada.client.getGeneration({ params: { id } })))),
    );
    const settled = await still(url, "the posts", async () =>
      watch(await Promise.all(posts.map(({ id }) => ada.client.getPost({ params: { id } })))),
    );
    tell("events shuffled", seed, await trouble.counts());
    await trouble.clear();

    expect(wrong).toEqual([]);
    for (const [index, { canceled }] of generations.entries()) expect(ended[index]?.state).toBe(canceled ? "canceled" : "succeeded");
    for (const [index, { canceled }] of posts.entries()) expect(settled[index]?.state).toBe(canceled ? "canceled" : "published");
    const entries = await entriesOf(channel);
    expect(entries.map((entry) => entry.content_text).sort()).toEqual(
      posts.filter(({ canceled }) => !canceled).map(({ caption }) => caption),
    );
  });
});
