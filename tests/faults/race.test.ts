import { Conflict, type Context, instant, newId } from "@atelier/core/kernel";
import * as Library from "@atelier/core/library";
import * as Publishing from "@atelier/core/publishing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeClock } from "../../packages/local/src/clock.ts";
import { randomFrom } from "../../packages/local/src/faults/book.ts";
import { makeInterleaver } from "../harness/interleave.ts";
import { approvedRow } from "../harness/records.ts";
import { asMany, seeds, tell } from "../harness/seeds.ts";
import { startTable, type TestTable } from "../harness/table.ts";

let database: TestTable;
let posts: Publishing.PostStore;
beforeAll(async () => {
  database = await startTable();
  const store = Publishing.postStore(database.table);
  const known = new Map<string, ReturnType<Publishing.PostStore["parts"]>>();
  // Images and channels stay as they are here: reading them ten thousand times would prove nothing.
  const parts: Publishing.PostStore["parts"] = (...asked) => {
    const name = JSON.stringify(asked);
    const found = known.get(name) ?? store.parts(...asked);
    known.set(name, found);
    return found;
  };
  posts = { ...store, parts };
});
afterAll(() => database.close());

const clock = makeClock();
const contextOf = (): Context => ({
  actor: { kind: "user", userId: "u" },
  role: "owner",
  workspaceId: newId("wks", Date.now()),
  correlationId: "req_test",
  clock,
});

/** Interleavings of a seed, and how many are lived through beside each other. */
const rounds = asMany(200, 1_000);
const lanes = 10;

type Outcome = "old" | "new" | "canceled";

describe.each(seeds)("a cancel or an edit that races two deliveries of the post, seed %i", (seed) => {
  test("leaves the old one or the new one out there, never both, and never what it called canceled", async () => {
    const random = randomFrom(seed);
    const seen: Record<string, number> = {};
    const lane = async (count: number) => {
      const ctx = contextOf();
      const image = await approvedRow(ctx, Library.imageStore(database.table));
      const channel = await Publishing.connect(
        ctx,
        { posts },
        Publishing.ChannelRequest.parse({ network: "feed", name: `G ${newId("chn", Date.now())}` }),
      );
      const body = Publishing.PostRequest.parse({ channelIds: [channel.id], imageIds: [image.id], caption: "old", now: true });
      for (let round = 0; round < count; round += 1) {
        const { outcome, told } = await race(ctx, body, randomFrom(Math.floor(random() * 2 ** 32)));
        seen[`${told} → ${outcome}`] = (seen[`${told} → ${outcome}`] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: lanes }, () => lane(rounds / lanes)));
    tell("races", seed, seen);
    // All ways that a race can end were met, and there are no others.
    expect(Object.keys(seen).sort()).toEqual(["cancel no → old", "cancel yes → canceled", "edit no → old", "edit yes → new"]);
  });
});

/** One race, step by step as chance wants it. */
async function race(ctx: Context, body: Publishing.PostRequest, random: () => number): Promise<{ told: string; outcome: Outcome }> {
  const post = await Publishing.create(ctx, { posts }, body);
  const { stepped, all, turn } = makeInterleaver(random);
  const out: string[] = [];
  const published = { kind: "published" as const, externalId: post.id, url: "http://127.0.0.1/", publishedAt: instant(clock.now()) };
  const network: Publishing.Network = {
    async publish({ caption }) {
      await turn();
      out.push(caption);
      return published;
    },
    lookUp: async () => (out.length > 0 ? published : { kind: "absent" as const }),
    takeDown: async () => true,
  };
  const deps: Publishing.PublishDeps = { posts: stepped(posts), networks: { feed: network }, later: async () => undefined };
  const dueAt = Date.parse(post.scheduledAt ?? "");
  const deliver = (version: number) => async () => {
    await Publishing.handleMessage(ctx, deps, { kind: "due", workspaceId: ctx.workspaceId, id: post.id, version, dueAt });
  };
  const cancels = random() < 0.5;
  const [said, ...deliveries] = await all<void>([
    async () => {
      if (cancels) await Publishing.cancel(ctx, deps, post.id);
      else await Publishing.change(ctx, deps, post.id, { caption: "new" });
    },
    deliver(1),
    deliver(1),
  ]);
  // The loser of a race is told so; a worker never fails over it.
  expect(deliveries.filter(({ status }) => status === "rejected")).toEqual([]);
  if (said?.status === "rejected" && !(said.reason instanceof Conflict))
    expect(said.reason).toMatchObject({ type: { code: "publishing/not-editable" } });
  const yes = said?.status === "fulfilled";
  // The edit has its own message.
  if (yes && !cancels) await all([deliver(2), deliver(2)]);

  const { state } = await Publishing.find(ctx, { posts }, post.id);
  const outcome = (out[0] ?? "canceled") as Outcome;
  expect(out.length).toBeLessThanOrEqual(1);
  expect(state).toBe(outcome === "canceled" ? "canceled" : "published");
  return { told: `${cancels ? "cancel" : "edit"} ${yes ? "yes" : "no"}`, outcome };
}
