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
/** Whether a worker dies, before or after the network took the post, or only the line between them is lost. */
let dies: "before" | "after" | undefined;
let drops: "before" | "after" | undefined;
let sent: { message: Publishing.PublishMessage; delaySeconds: number }[];
const published = (id: string) => ({
  kind: "published" as const,
  externalId: id,
  url: "http://127.0.0.1/",
  publishedAt: instant(clock.now()),
});
let died: () => void = () => undefined;
/** Nothing more is heard of the worker. */
function death(): Promise<never> {
  died();
  return new Promise(() => undefined);
}
const network: Publishing.Network = {
  async publish({ post }) {
    if (dies === "before") return death();
    if (drops === "before") throw new Error("socket hang up");
    out.push(post.id);
    if (dies === "after") return death();
    if (drops === "after") throw new Error("socket hang up");
    return published(post.id);
  },
  lookUp: async ({ post }) => (out.includes(post.id) ? published(post.id) : { kind: "absent" }),
  takeDown: async () => true,
};
const deps: Publishing.PublishDeps = {
  get posts() {
    return posts;
  },
  networks: { feed: network },
  later: async (message, delaySeconds) => void sent.push({ message, delaySeconds }),
};
const handle = (message: Publishing.PublishMessage, feed = network) =>
  Publishing.handleMessage(ctx, { ...deps, networks: { feed } }, message);
/** Ends when the worker does, one way or the other. */
const handleUntilDeath = (message: Publishing.PublishMessage, feed = network) =>
  Promise.race([handle(message, feed), new Promise<void>((resolve) => (died = resolve))]);
const find = (id: string) => Publishing.find(ctx, { posts }, id);

async function scheduledPost(latePolicy?: Publishing.LatePolicy, count = 1) {
  const image = await approvedRow(ctx, images);
  const channels: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const request = Publishing.ChannelRequest.parse({ network: "feed", name: `G ${i} ${image.id}` });
    channels.push((await Publishing.connect(ctx, { posts }, request)).id);
  }
  const body = Publishing.PostRequest.parse({ channelIds: channels, imageIds: [image.id], now: true, latePolicy });
  const post = await Publishing.create(ctx, { posts }, body);
  const message: Publishing.PublishMessage = {
    kind: "due",
    workspaceId: ctx.workspaceId,
    id: post.id,
    version: 1,
    dueAt: Date.parse(post.scheduledAt ?? ""),
  };
  return { post, image, message, channels };
}

/** Runs the check messages that have been sent, each at its time, until none is left. */
async function runChecks(feed = network): Promise<number> {
  let ran = 0;
  for (let next = sent.shift(); next; next = sent.shift()) {
    advance(next.delaySeconds * 1000);
    await handleUntilDeath(next.message, feed);
    ran += 1;
    if (ran > 50) throw new Error("The check messages never end.");
  }
  return ran;
}

beforeEach(() => {
  out = [];
  sent = [];
  dies = undefined;
  drops = undefined;
});

describe("a post whose worker dies", () => {
  test("after the network took it is found there, not posted again", async () => {
    const { post, message } = await scheduledPost();
    dies = "after";
    await handleUntilDeath(message);
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
    await handleUntilDeath(message);
    dies = undefined;
    await runChecks();
    expect(out).toEqual([post.id]);
    expect((await find(post.id)).state).toBe("published");
  });

  test("and whose image is withdrawn meanwhile is blocked, if nothing is out yet", async () => {
    const { post, image, message } = await scheduledPost();
    dies = "before";
    await handleUntilDeath(message);
    dies = undefined;
    await Library.review(ctx, { images }, image.id, { decision: "rejected", reasons: [] });
    await runChecks();
    expect(out).toEqual([]);
    expect(await find(post.id)).toMatchObject({ state: "blocked", problem: { code: "publishing/image-withdrawn" } });
  });

  test("again and again is given up once the network says that nothing is there, and nothing goes on by itself", async () => {
    const { post, message } = await scheduledPost();
    dies = "before";
    await handleUntilDeath(message);
    await runChecks();
    expect(out).toEqual([]);
    expect(await find(post.id)).toMatchObject({ state: "failed", problem: { code: "publishing/not-taken" } });
    expect(sent).toEqual([]);
  });
});

describe("a post whose line to the network is lost", () => {
  test("after the network took it is found there, not posted again", async () => {
    const { post, message } = await scheduledPost();
    drops = "after";
    await handle(message);
    expect(await find(post.id)).toMatchObject({
      state: "publishing",
      deliveries: [{ state: "pending", attempts: [{ outcome: "unknown" }], problem: { code: "publishing/unconfirmed" } }],
    });
    await runChecks();
    expect(out).toEqual([post.id]);
    expect(await find(post.id)).toMatchObject({
      state: "published",
      deliveries: [{ state: "published", attempts: [{ outcome: "unknown" }, { outcome: "published" }] }],
    });
  });

  test("before the network took it is tried again by itself", async () => {
    const { post, message } = await scheduledPost();
    drops = "before";
    await handle(message);
    drops = undefined;
    await runChecks();
    expect(out).toEqual([post.id]);
    expect((await find(post.id)).state).toBe("published");
  });

  test("does not hold up its other channels", async () => {
    const { post, message, channels } = await scheduledPost(undefined, 3);
    let calls = 0;
    const flaky: Publishing.Network = {
      ...network,
      async publish(publication) {
        calls += 1;
        if (calls === 2) throw new Error("socket hang up");
        return network.publish(publication);
      },
      lookUp: async () => ({ kind: "absent" }),
    };
    await handle(message, flaky);
    expect((await find(post.id)).deliveries.map(({ state }) => state)).toEqual(["published", "pending", "published"]);
    await runChecks(flaky);
    expect(out).toHaveLength(channels.length);
    expect((await find(post.id)).state).toBe("published");
  });

  test("and whose list cannot be read either is shown to a person as unconfirmed, who settles it", async () => {
    const { post, message, channels } = await scheduledPost();
    const [channelId = ""] = channels;
    const deaf: Publishing.Network = {
      ...network,
      publish: () => Promise.reject(new Error("socket hang up")),
      lookUp: () => Promise.reject(new Error("its list answered 503")),
    };
    await handle(message, deaf);
    await runChecks(deaf);
    const unsettled = await find(post.id);
    expect(unsettled).toMatchObject({ state: "unconfirmed", problem: { code: "publishing/unconfirmed" } });
    expect(unsettled.deliveries[0]?.attempts).toHaveLength(5);

    await expect(Publishing.retryDelivery(ctx, { posts }, post.id, channelId)).rejects.toMatchObject({
      type: { code: "publishing/not-retryable" },
    });
    const resolved = await Publishing.resolveDelivery(ctx, { posts }, post.id, channelId, { outcome: "not_published" });
    expect(resolved).toMatchObject({ state: "failed", deliveries: [{ state: "failed", resolved: { by: "u" } }] });
    await expect(Publishing.resolveDelivery(ctx, { posts }, post.id, channelId, { outcome: "published" })).rejects.toMatchObject({
      type: { code: "publishing/not-resolvable" },
    });
    const again = await Publishing.retryDelivery(ctx, { posts }, post.id, channelId);
    expect(again).toMatchObject({ state: "publishing", deliveries: [{ state: "pending" }] });
    await expect(Publishing.change(ctx, { posts }, post.id, { caption: "another" })).rejects.toMatchObject({
      type: { code: "publishing/not-editable" },
    });
    await handle({ ...message, kind: "check", version: again.version });
    await runChecks();
    expect(out).toEqual([post.id]);
    expect(await find(post.id)).toMatchObject({ state: "published" });
  });
});

describe("a failed channel that is tried again", () => {
  const refusing = (name: string): Publishing.Network => ({
    ...network,
    publish: async (publication) =>
      publication.channel.id === name
        ? { kind: "failed", problem: { code: "publishing/not-taken", title: "No", detail: "The network answered 422." } }
        : network.publish(publication),
  });

  test("goes out alone, days after its time, and the others are left as they are", async () => {
    const { post, message, channels } = await scheduledPost({ mode: "skip", withinSeconds: 60 }, 2);
    const [first = "", second = ""] = channels;
    await handle(message, refusing(second));
    expect((await find(post.id)).state).toBe("partly_published");
    await expect(Publishing.retryDelivery(ctx, { posts }, post.id, first)).rejects.toMatchObject({
      type: { code: "publishing/not-retryable" },
    });
    await runChecks();
    advance(3 * 86_400_000);
    const again = await Publishing.retryDelivery(ctx, { posts }, post.id, second);
    // Should its news be lost, the minute's rule finds it.
    const found: Publishing.DuePost[] = [];
    await Publishing.dispatchDue(ctx, { posts, send: async (due, kind) => void (kind === "check" && found.push(...due)) });
    expect(found).toContainEqual(expect.objectContaining({ id: post.id, version: again.version }));
    await handle({ ...message, kind: "check", version: again.version });
    await runChecks();
    const settled = await find(post.id);
    expect(settled.state).toBe("published");
    expect(settled.deliveries.map(({ attempts }) => attempts.map(({ outcome }) => outcome))).toEqual([
      ["published"],
      ["failed", "published"],
    ]);
    expect(out).toHaveLength(2);
  });

  test("fails for good, with the reason, if its image was withdrawn meanwhile; what is out stays out", async () => {
    const { post, image, message, channels } = await scheduledPost(undefined, 2);
    const [, second = ""] = channels;
    await handle(message, refusing(second));
    await runChecks();
    await Library.review(ctx, { images }, image.id, { decision: "rejected", reasons: [] });
    const again = await Publishing.retryDelivery(ctx, { posts }, post.id, second);
    await handle({ ...message, kind: "check", version: again.version });
    await runChecks();
    expect(await find(post.id)).toMatchObject({ state: "partly_published", problem: { code: "publishing/image-withdrawn" } });
    expect(out).toHaveLength(1);
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

describe("deleting a post", () => {
  test("that a network does not take down leaves it here, with what is out, and can be tried again", async () => {
    const { post, message, channels } = await scheduledPost(undefined, 2);
    await handle(message);
    const asked: string[] = [];
    const stubborn: Publishing.Network = {
      ...network,
      async takeDown(_post, channel) {
        asked.push(channel.id);
        return channel.id !== channels[0];
      },
    };
    await expect(Publishing.remove(ctx, { posts, networks: { feed: stubborn } }, post.id)).rejects.toMatchObject({
      type: { code: "publishing/not-removed" },
    });
    const half = { state: "published", deliveries: [{ state: "published" }, { state: "removed" }] };
    expect(await find(post.id)).toMatchObject(half);
    const broken: Publishing.Network = {
      ...network,
      takeDown: async () => {
        throw new Error("a fault of ours");
      },
    };
    await expect(Publishing.remove(ctx, { posts, networks: { feed: broken } }, post.id)).rejects.toThrow("a fault of ours");
    expect(await find(post.id)).toMatchObject(half);

    await Publishing.remove(ctx, { posts, networks: { feed: network } }, post.id);
    expect(asked).toEqual(channels);
    await expect(find(post.id)).rejects.toMatchObject({ type: { code: "request/not-found" } });
  });
});

test("a post in a gallery whose files could not be removed at first has them removed when it is deleted again", async () => {
  const { post, message, channels } = await scheduledPost();
  const files = new Set<string>();
  let fails = true;
  const media = {
    copy: async (_from: string, to: string) => void files.add(to),
    remove: async (path: string) => {
      if (fails) throw new Error("503");
      files.delete(path);
    },
  } as unknown as Library.MediaStore;
  const entries = Publishing.feedStore(database.table);
  const feed = Publishing.feedNetwork({ entries, media, publicUrl: "http://127.0.0.1", clock });
  await handle(message, feed);
  expect(files.size).toBe(1);
  const remove = () => Publishing.remove(ctx, { posts, networks: { feed } }, post.id);
  await expect(remove()).rejects.toThrow("503");
  fails = false;
  await remove();
  expect(files.size).toBe(0);
  expect((await entries.list(channels[0] ?? "", { limit: 10 })).items).toEqual([]);
});
