import { array, assert, asyncProperty, constantFrom, integer, oneof, record } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { approvedRow } from "../../../../tests/harness/records.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { type Context, instant, newId, Problem } from "../kernel/index.ts";
import { type Image, imageStore } from "../library/index.ts";
import * as Publishing from "./index.ts";
import { mayBecome, type Post } from "./post.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const epoch = Date.parse("2026-11-20T10:00:00.000Z");
/** What a network may answer: nothing, before or after it took the post, too. */
const answers = ["published", "published", "failed", "unknown", "lost", "lost after its effect"] as const;

const command = oneof(
  record({ do: constantFrom("edit" as const), what: constantFrom("caption", "soon", "later", "no time", "image") }),
  { arbitrary: record({ do: constantFrom("publish now", "deliver news", "look again") }), weight: 3 },
  record({ do: constantFrom("cancel", "remove", "resolve", "retry", "withdraw", "restore") }),
  record({ do: constantFrom("review" as const), decision: constantFrom("approved" as const, "rejected" as const) }),
  record({ do: constantFrom("deliver" as const), which: integer({ min: 0, max: 20 }) }),
  record({ do: constantFrom("wait" as const), ms: constantFrom(100, 3_000, 46_000, 3_600_000) }),
);
const calls = array(constantFrom(...answers), { minLength: 1, maxLength: 6 });
type Command = Parameters<Parameters<typeof command.map>[0]>[0];

/** A post with two channels, what is out there, and messages that come again at any time. Tells each step of its row to `walked`. */
async function makeWorld(ways: readonly (typeof answers)[number][], walked: (from: Post, to: Post) => void) {
  const time = { now: epoch };
  const clock = {
    now: () => time.now,
    sleepUntil: async (at: number) => {
      time.now = Math.max(time.now, at);
    },
  };
  const ctx: Context = {
    actor: { kind: "user", userId: "ada" },
    role: "owner",
    workspaceId: newId("wks", epoch),
    correlationId: "req_law",
    clock,
  };
  const images = imageStore(database.table);
  const store = Publishing.postStore(database.table);
  /** Every step is told, also those that follow each other within one verb. */
  const posts: Publishing.PostStore = {
    ...store,
    async save(post, more) {
      const before = await store.get(post);
      await store.save(post, more);
      if (before) walked(before, post);
    },
    async claim(due, ...rest) {
      const before = await store.get(due);
      const claimed = await store.claim(due, ...rest);
      if (before && claimed) walked(before, claimed);
      return claimed;
    },
  };

  const out: { channelId: string }[] = [];
  let called = 0;
  const network: Publishing.Network = {
    async publish({ post, channel }) {
      const row = await store.get(post);
      expect(row).toMatchObject({ state: "publishing", version: post.version, approval: post.approval });
      expect(row?.deletedAt).toBeUndefined();
      expect(Date.parse(post.scheduledAt ?? "")).toBeLessThanOrEqual(time.now);
      const way = ways[called % ways.length];
      called += 1;
      const problem = { code: "x", title: "x", detail: "x" };
      if (way === "lost") throw new Error("no answer");
      if (way === "failed") return { kind: "failed", problem };
      if (way === "unknown" && called % 2 === 0) return { kind: "unknown", problem };
      out.push({ channelId: channel.id });
      if (way === "lost after its effect") throw new Error("no answer");
      if (way === "unknown") return { kind: "unknown", problem };
      return published(channel.id);
    },
    lookUp: async ({ channel }) => (isOut(channel.id) ? published(channel.id) : { kind: "absent" }),
    takeDown: async () => true,
  };
  const isOut = (channelId: string) => out.some((one) => one.channelId === channelId);
  const published = (externalId: string) => ({
    kind: "published" as const,
    externalId,
    url: "https://example.org/",
    publishedAt: instant(time.now),
  });

  const messages: Publishing.PublishMessage[] = [];
  const deps = { posts, networks: { feed: network }, later: async (message: Publishing.PublishMessage) => void messages.push(message) };
  const channels = await Promise.all(
    [0, 1].map((index) => {
      const slug = `law-${index}-${ctx.workspaceId.slice(-20).toLowerCase()}`;
      return Publishing.connect(ctx, { posts }, { network: "feed", name: "Laws", description: "", slug });
    }),
  );
  const shown = [await approvedRow(ctx, images), await approvedRow(ctx, images)] as const;
  const { id } = await Publishing.create(
    ctx,
    { posts },
    Publishing.PostRequest.parse({ channelIds: channels.map((channel) => channel.id), imageIds: [shown[0].id] }),
  );
  const now = async () => (await store.get({ workspaceId: ctx.workspaceId, id })) as Post;

  const turnImage = async (state: Image["state"]) => {
    const image = (await images.get(ctx.workspaceId, shown[0].id)) as Image;
    await images.write(images.replacement({ ...image, state, version: image.version + 1 }));
    await Publishing.blockShowing(ctx, { posts }, image.id);
  };
  const edits = (what: string): Publishing.PostChange => {
    if (what === "image") return { imageIds: [shown[1].id] };
    if (what === "caption") return { caption: `at ${time.now}` };
    if (what === "no time") return { scheduledAt: null };
    return { scheduledAt: instant(time.now + (what === "soon" ? 2_000 : 3_600_000)) };
  };

  async function run(ctx: Context, asked: Command): Promise<unknown> {
    const post = await now();
    const delivery = post.deliveries.find(({ state }) => state === (asked.do === "resolve" ? "unconfirmed" : "failed"));
    const channelId = delivery?.channelId ?? channels[0]?.id ?? "";
    switch (asked.do) {
      case "edit":
        return Publishing.change(ctx, deps, id, edits(asked.what));
      case "cancel":
        return Publishing.cancel(ctx, deps, id);
      case "publish now":
        return Publishing.publishNow(ctx, deps, id);
      case "remove":
        return Publishing.remove(ctx, deps, id);
      case "review":
        return Publishing.review(ctx, deps, id, { decision: asked.decision, reasons: [] });
      case "resolve":
        // People tell what they see.
        return Publishing.resolveDelivery(ctx, deps, id, channelId, { outcome: isOut(channelId) ? "published" : "not_published" });
      case "retry":
        return Publishing.retryDelivery(ctx, deps, id, channelId);
      case "withdraw":
        return turnImage("rejected");
      case "restore":
        return turnImage("approved");
      case "deliver news": {
        const kind = post.state === "publishing" ? "check" : "due";
        const dueAt = Date.parse(post.scheduledAt ?? instant(epoch));
        return Publishing.handleMessage(ctx, deps, { kind, workspaceId: ctx.workspaceId, id, version: post.version, dueAt });
      }
      case "look again": {
        time.now = Math.max(time.now, post.leaseUntil ?? 0);
        return Publishing.handleMessage(ctx, deps, {
          kind: "check",
          workspaceId: ctx.workspaceId,
          id,
          version: post.version,
          dueAt: time.now,
        });
      }
      case "deliver": {
        const message = messages[asked.which % Math.max(1, messages.length)];
        return message && Publishing.handleMessage(ctx, deps, message);
      }
      case "wait":
        time.now += asked.ms;
    }
  }
  return { ctx, run, now, out };
}

const step = record({ asked: command, role: constantFrom("owner" as const, "owner" as const, "editor" as const) });
const commands = array(step, { minLength: 3, maxLength: 16, size: "max" });
const owner = (...verbs: ("publish now" | "deliver news" | "look again" | "retry" | "cancel" | "remove")[]) =>
  verbs.map((verb) => ({ asked: { do: verb }, role: "owner" as const }));

test("whatever is done with a post in whatever order, it walks only allowed steps, and is out at most once on each channel", async () => {
  const walkedAll = new Set<string>();
  await assert(
    asyncProperty(commands, calls, async (steps, ways) => {
      const wrong: string[] = [];
      const { ctx, run, now, out } = await makeWorld(ways, (from, to) => {
        walkedAll.add(`${from.state} → ${to.state}`);
        const gone = to.deletedAt !== undefined && from.deletedAt === undefined;
        const allowed = mayBecome(from.state, to.state) || (gone && from.state === to.state);
        if (!allowed || from.deletedAt !== undefined || to.version !== from.version + 1)
          wrong.push(`${from.state} ${from.version} → ${to.state} ${to.version}`);
      });
      let before = await now();
      for (const { asked, role } of steps) {
        let refused = false;
        try {
          await run({ ...ctx, role }, asked);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          refused = true;
        }
        const after = await now();
        if (refused || after.version === before.version) expect(after).toEqual(before);
        expect(wrong).toEqual([]);
        const twice = out.filter(({ channelId }, index) => out.findIndex((one) => one.channelId === channelId) !== index);
        expect(twice).toEqual([]);
        // What the row calls published is out.
        for (const { channelId, state } of after.deliveries)
          if (state === "published") expect(out.some((one) => one.channelId === channelId)).toBe(true);
        before = after;
      }
    }),
    {
      numRuns: 8,
      examples: [
        [owner("publish now", "deliver news", "publish now", "cancel", "remove", "publish now"), ["published"]],
        [owner("publish now", "deliver news", "retry", "look again"), ["failed", "failed", "published"]],
        [owner("publish now", "deliver news", "look again", "look again"), ["lost after its effect"]],
      ],
    },
  );
  for (const step of ["draft → scheduled", "scheduled → publishing", "publishing → published", "failed → publishing"])
    expect(walkedAll).toContain(step);
});
