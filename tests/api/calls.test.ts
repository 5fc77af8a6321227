import { randomUUID } from "node:crypto";
import { budgetStore } from "@atelier/core/budgets";
import { gateStore, makeGate, signedIn } from "@atelier/core/gate";
import * as Generations from "@atelier/core/generation";
import { callerOf } from "@atelier/core/identity";
import { type Context, newId, processClock, type Table } from "@atelier/core/kernel";
import * as Library from "@atelier/core/library";
import * as Publishing from "@atelier/core/publishing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeClock } from "../../packages/local/src/clock.ts";
import { approvedRow } from "../harness/records.ts";
import { safetyOn } from "../harness/safety.ts";
import { startTable, type TestTable } from "../harness/table.ts";

let database: TestTable;
let stores: ReturnType<typeof makeStores>;
beforeAll(async () => {
  database = await startTable();
  stores = makeStores(database.table);
});
afterAll(() => database.close());

const makeStores = (table: Table) => ({
  jobs: Generations.jobStore(table),
  images: Library.imageStore(table),
  posts: Publishing.postStore(table),
  gate: makeGate(gateStore(table), processClock),
  budgets: budgetStore(table),
  safety: safetyOn(table),
});

const userId = randomUUID();
const ctx: Context = {
  actor: { kind: "user", userId },
  role: "owner",
  workspaceId: newId("wks", Date.now()),
  correlationId: "req_test",
  clock: processClock,
};
const counted = async (work: () => Promise<unknown>): Promise<string[]> => {
  database.calls.length = 0;
  await work();
  return [...database.calls];
};

describe("each operation costs", () => {
  test("one write to ask for a generation, one GetItem to look at it, one Query to list", async () => {
    let id = "";
    expect(
      await counted(async () => {
        ({ id } = await Generations.request(ctx, stores, Generations.GenerationRequest.parse({ prompt: "a harbour" })));
      }),
    ).toEqual(["PutItemCommand"]);
    expect(await counted(() => Generations.find(ctx, stores, id))).toEqual(["GetItemCommand"]);
    expect(await counted(() => stores.jobs.list(ctx.workspaceId, { limit: 25 }))).toEqual(["QueryCommand"]);
    expect(await counted(() => stores.jobs.list(ctx.workspaceId, { state: "queued", limit: 25 }))).toEqual(["QueryCommand"]);
  });

  test("one write to announce an upload, one GetItem to look at an image, one Query to list, whatever the filters", async () => {
    const request = Library.UploadRequest.parse({ fileName: "a.png", contentType: "image/png", bytes: 10 });
    let id = "";
    expect(
      await counted(async () => {
        ({ id } = await Library.announceUpload(ctx, stores, request));
      }),
    ).toEqual(["PutItemCommand"]);
    expect(await counted(() => Library.find(ctx, stores, id))).toEqual(["GetItemCommand"]);
    const filter = { state: "in_review", tag: "x", q: "harbour", from: 0, posted: false } as const;
    expect(await counted(() => stores.images.list(ctx.workspaceId, { filter, limit: 25, now: Date.now() }))).toEqual(["QueryCommand"]);
  });

  test("one read of its parts and one write to create a post, one GetItem to look at it, one Query to list", async () => {
    const image = await approvedRow(ctx, stores.images);
    const channel = await Publishing.connect(ctx, stores, Publishing.ChannelRequest.parse({ network: "feed", name: `Calls ${image.id}` }));
    const body = Publishing.PostRequest.parse({ channelIds: [channel.id], imageIds: [image.id], caption: "Calls", now: true });
    let id = "";
    expect(
      await counted(async () => {
        ({ id } = await Publishing.create(ctx, stores, body));
      }),
    ).toEqual(["BatchGetItemCommand", "TransactWriteItemsCommand"]);
    expect(await counted(() => Publishing.find(ctx, stores, id))).toEqual(["GetItemCommand"]);
    expect(await counted(() => stores.posts.list(ctx.workspaceId, { state: "scheduled", limit: 25 }))).toEqual(["QueryCommand"]);
  });

  test("six calls to publish: the check message, the claim, one read of the parts, the copy, the entry, the outcome", async () => {
    const image = await approvedRow(ctx, stores.images);
    const channel = await Publishing.connect(
      ctx,
      stores,
      Publishing.ChannelRequest.parse({ network: "feed", name: `Publish ${image.id}` }),
    );
    const body = Publishing.PostRequest.parse({ channelIds: [channel.id], imageIds: [image.id], now: true });
    const post = await Publishing.create(ctx, stores, body);
    const beside: string[] = [];
    const media = { copy: async () => void beside.push("copy") } as unknown as Library.MediaStore;
    const network = Publishing.feedNetwork({
      entries: Publishing.feedStore(database.table),
      media,
      publicUrl: "http://127.0.0.1",
      clock: ctx.clock,
    });
    const later: Publishing.Later = async () => void beside.push("check message");
    const made = await counted(() =>
      Publishing.handleMessage(
        ctx,
        { posts: stores.posts, networks: { feed: network }, later },
        { kind: "due", workspaceId: ctx.workspaceId, id: post.id, version: post.version, dueAt: Date.now() },
      ),
    );
    expect(made).toEqual(["UpdateItemCommand", "BatchGetItemCommand", "PutItemCommand", "PutItemCommand"]);
    expect(beside).toEqual(["check message", "copy"]);
    expect((await Publishing.find(ctx, stores, post.id)).state).toBe("published");
  });

  test("five requests within a second cost one call of the gate", async () => {
    const caller = callerOf(randomUUID());
    const second = Math.floor(Date.now() / 1000) * 1000;
    const gate = makeGate(gateStore(database.table), { ...processClock, now: () => second });
    const made = await counted(async () => {
      for (let i = 0; i < 5; i += 1) await gate.pass(caller, signedIn);
    });
    expect(made).toHaveLength(1);
  });
});

test("turning the clock back does not shut anybody out", async () => {
  const clock = makeClock();
  const gate = makeGate(gateStore(database.table), clock);
  const caller = callerOf(randomUUID());
  clock.turnTo(7_200_000);
  for (let i = 0; i < 20; i += 1) await gate.pass(caller, signedIn).catch(() => undefined);
  clock.turnTo(0);
  gate.forget(caller);
  await expect(gate.pass(caller, signedIn)).resolves.toMatchObject({ standing: { suspended: false } });
});
