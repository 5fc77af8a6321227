import { type Context, instant, newId } from "@atelier/core/kernel";
import * as Library from "@atelier/core/library";
import * as Publishing from "@atelier/core/publishing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeClock } from "../../packages/local/src/clock.ts";
import { approvedRow } from "../harness/records.ts";
import { startTable, type TestTable } from "../harness/table.ts";

let database: TestTable;
let posts: Publishing.PostStore;
let images: Library.ImageStore;
beforeAll(async () => {
  database = await startTable();
  posts = Publishing.postStore(database.table);
  images = Library.imageStore(database.table);
});
afterAll(() => database.close());

const clock = makeClock();
const ctx: Context = {
  actor: { kind: "user", userId: "u" },
  role: "owner",
  workspaceId: newId("wks", Date.now()),
  correlationId: "req_test",
  clock,
};
const advance = (ms: number) => clock.turnTo(clock.offsetMs() + ms);

/** A network without any key against repeats: each call of `publish` is another post out there. */
let out: string[];
/** Whether a worker dies, before or after the network took the post. */
let dies: "before" | "after" | undefined;
let sent: { message: Publishing.PublishMessage; delaySeconds: number }[];
const published = (id: string) => ({
  kind: "published" as const,
  externalId: id,
  url: "http://127.0.0.1/",
  publishedAt: instant(clock.now()),
});
const network: Publishing.Network = {
  async publish({ post }) {
    if (dies === "before") throw new Error("killed before");
    out.push(post.id);
    if (dies === "after") throw new Error("killed after");
    return published(post.id);
  },
  lookUp: async ({ post }) => (out.includes(post.id) ? published(post.id) : undefined),
  takeDown: async () => true,
};
const deps: Publishing.PublishDeps = {
  get posts() {
    return posts;
  },
  networks: { feed: network },
  later: async (message, delaySeconds) => void sent.push({ message, delaySeconds }),
};
const handle = (message: Publishing.PublishMessage) => Publishing.handleMessage(ctx, deps, message);
const find = (id: string) => Publishing.find(ctx, { posts }, id);

async function scheduledPost(latePolicy?: Publishing.LatePolicy) {
  const image = await approvedRow(ctx, images);
  const channel = await Publishing.connect(ctx, { posts }, Publishing.ChannelRequest.parse({ network: "feed", name: `G ${image.id}` }));
  const body = Publishing.PostRequest.parse({ channelIds: [channel.id], imageIds: [image.id], now: true, latePolicy });
  const post = await Publishing.create(ctx, { posts }, body);
  const message: Publishing.PublishMessage = {
    kind: "due",
    workspaceId: ctx.workspaceId,
    id: post.id,
    version: 1,
    dueAt: Date.parse(post.scheduledAt ?? ""),
  };
  return { post, image, message };
}

/** Runs the check messages that have been sent, each at its time, until none is left. */
async function runChecks(): Promise<number> {
  let ran = 0;
  for (let next = sent.shift(); next; next = sent.shift()) {
    advance(next.delaySeconds * 1000);
    await handle(next.message).catch(() => undefined);
    ran += 1;
    if (ran > 50) throw new Error("The check messages never end.");
  }
  return ran;
}

beforeEach(() => {
  out = [];
  sent = [];
  dies = undefined;
});

describe("a post whose worker dies", () => {
  test("after the network took it is found there, not posted again", async () => {
    const { post, message } = await scheduledPost();
    dies = "after";
    await expect(handle(message)).rejects.toThrow("killed after");
    dies = undefined;
    await runChecks();
    expect(out).toEqual([post.id]);
    const settled = await find(post.id);
    expect(settled.state).toBe("published");
    expect(settled.deliveries[0]?.attempts.map((attempt) => attempt.outcome)).toEqual(["unknown", "published"]);
  });

  test("before the network took it is posted by the next, once", async () => {
    const { post, message } = await scheduledPost();
    dies = "before";
    await expect(handle(message)).rejects.toThrow("killed before");
    dies = undefined;
    await runChecks();
    expect(out).toEqual([post.id]);
    expect((await find(post.id)).state).toBe("published");
  });

  test("and whose image is withdrawn meanwhile is blocked, if nothing is out yet", async () => {
    const { post, image, message } = await scheduledPost();
    dies = "before";
    await expect(handle(message)).rejects.toThrow();
    dies = undefined;
    await Library.review(ctx, { images }, image.id, { decision: "rejected", reasons: [] });
    await runChecks();
    expect(out).toEqual([]);
    expect(await find(post.id)).toMatchObject({ state: "blocked", problem: { code: "publishing/image-withdrawn" } });
  });

  test("again and again is shown to a person as unconfirmed, and nothing goes on by itself", async () => {
    const { post, message } = await scheduledPost();
    dies = "before";
    await expect(handle(message)).rejects.toThrow();
    await runChecks();
    expect(out).toEqual([]);
    expect(await find(post.id)).toMatchObject({ state: "unconfirmed", problem: { code: "publishing/unconfirmed" } });
    expect(sent).toEqual([]);
  });
});

describe("messages", () => {
  test("that come many times at once make one post", async () => {
    const { post, message } = await scheduledPost();
    await Promise.all(Array.from({ length: 10 }, () => handle(message)));
    expect(out).toEqual([post.id]);
    await runChecks();
    expect(out).toEqual([post.id]);
  });

  test("of an older version do nothing: an edit or a cancel has the word", async () => {
    const { post, message } = await scheduledPost();
    await Publishing.cancel(ctx, { posts }, post.id);
    await handle(message);
    await runChecks();
    expect(out).toEqual([]);
    expect((await find(post.id)).state).toBe("canceled");
  });

  test("that come early are sent again with a delay that ends a second short of due, and nothing is published", async () => {
    const { message } = await scheduledPost();
    const due = clock.now() + 100_500;
    await handle({ ...message, dueAt: due });
    expect(out).toEqual([]);
    expect(sent).toEqual([{ message: { ...message, dueAt: due }, delaySeconds: 99 }]);
  });

  test("of checks end once the post is settled", async () => {
    const { message } = await scheduledPost();
    await handle(message);
    expect(await runChecks()).toBe(1);
  });
});

test("a cancel that races a publish is either told no, or nothing goes out", async () => {
  for (let round = 0; round < 40; round += 1) {
    const { post, message } = await scheduledPost();
    const before = out.length;
    const [cancel] = await Promise.allSettled([Publishing.cancel(ctx, { posts }, post.id), handle(message)]);
    expect(out.length - before).toBe(cancel.status === "fulfilled" ? 0 : 1);
    expect((await find(post.id)).state).toBe(cancel.status === "fulfilled" ? "canceled" : "published");
  }
});
