import { randomUUID } from "node:crypto";
import { gateStore, makeGate, signedIn } from "@atelier/core/gate";
import * as Generations from "@atelier/core/generation";
import { callerOf } from "@atelier/core/identity";
import { type Context, makeTable, newId, processClock } from "@atelier/core/kernel";
import * as Library from "@atelier/core/library";
import * as Publishing from "@atelier/core/publishing";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DynamoDb, startDynamoDb } from "../../packages/local/src/dynamodb/dynoxide.ts";
import { namesOf } from "../../packages/local/src/template/names.ts";
import { readTemplate, type Template } from "../../packages/local/src/template/read.ts";
import { template } from "../../stacks/template.ts";
import { removeFolder, temporaryFolder } from "../harness/atelier.ts";

const folder = temporaryFolder();
let dynamodb: DynamoDb;
let calls: string[] = [];
let stores: ReturnType<typeof makeStores>;

/** The real client against the real table of the template, with its calls written down. */
beforeAll(async () => {
  dynamodb = await startDynamoDb(folder, "eu-west-1");
  const made = template() as Template;
  const [table] = readTemplate(made, namesOf(made, "eu-west-1", { ref: (id) => id, apiUrl: "http://127.0.0.1" }))("AWS::DynamoDB::Table");
  if (!table) throw new Error("The template has no table.");
  await dynamodb.defineTable(table.id, table.properties);
  const client = new DynamoDBClient({
    region: "eu-west-1",
    endpoint: dynamodb.url,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  client.middlewareStack.add(
    (next, context) => (args) => {
      calls.push(String(context.commandName));
      return next(args);
    },
    { step: "initialize", name: "counts" },
  );
  stores = makeStores(makeTable(DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }), table.id));
});
afterAll(async () => {
  await dynamodb.close();
  removeFolder(folder);
});
beforeEach(() => {
  calls = [];
});

const makeStores = (table: ReturnType<typeof makeTable>) => ({
  jobs: Generations.jobStore(table),
  images: Library.imageStore(table),
  posts: Publishing.postStore(table),
  gate: makeGate(gateStore(table), processClock),
});

const userId = randomUUID();
const ctx: Context = {
  actor: { kind: "user", userId },
  role: "owner",
  workspaceId: newId("wks", Date.now()),
  correlationId: "req_test",
  clock: processClock,
};
const approvedImage = async () => {
  const at = new Date().toISOString();
  const image: Library.Image = {
    id: newId("img", Date.now()),
    workspaceId: ctx.workspaceId,
    state: "approved",
    source: "upload",
    file: { mimeType: "image/png", width: 64, height: 64, bytes: 100, sha256: "00", thumbhash: "" },
    tags: [],
    stars: 0,
    createdBy: userId,
    correlationId: "req_test",
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
  await stores.images.create(ctx, image);
  return image;
};
const counted = async (work: () => Promise<unknown>): Promise<string[]> => {
  calls = [];
  await work();
  return calls;
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
    const image = await approvedImage();
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
    const image = await approvedImage();
    const channel = await Publishing.connect(
      ctx,
      stores,
      Publishing.ChannelRequest.parse({ network: "feed", name: `Publish ${image.id}` }),
    );
    const body = Publishing.PostRequest.parse({ channelIds: [channel.id], imageIds: [image.id], now: true });
    const post = await Publishing.create(ctx, stores, body);
    const beside: string[] = [];
    const network: Publishing.Network = {
      async publish({ post: { id }, images }) {
        beside.push(...images.map(() => "copy"), "entry");
        return { kind: "published", externalId: id, url: "http://127.0.0.1/", publishedAt: new Date().toISOString() };
      },
      lookUp: async () => undefined,
      takeDown: async () => true,
    };
    const later: Publishing.Later = async () => void beside.push("check message");
    const made = await counted(() =>
      Publishing.handleMessage(
        ctx,
        { posts: stores.posts, networks: { feed: network }, later },
        { kind: "due", workspaceId: ctx.workspaceId, id: post.id, version: post.version, dueAt: Date.now() },
      ),
    );
    expect(made).toEqual(["UpdateItemCommand", "BatchGetItemCommand", "PutItemCommand"]);
    expect([...beside, ...made]).toHaveLength(6);
    expect((await Publishing.find(ctx, stores, post.id)).state).toBe("published");
  });

  test("at most one call of the gate in a second, whatever the requests in it", async () => {
    const caller = callerOf(randomUUID());
    await stores.gate.pass(caller, signedIn);
    const made = await counted(async () => {
      for (let i = 0; i < 4; i += 1) await stores.gate.pass(caller, signedIn);
    });
    expect(made.length).toBeLessThanOrEqual(1);
  });
});
