import { afterAll, beforeAll, expect, test } from "vitest";
import { approvedRow } from "../../../../tests/harness/records.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { type Context, instant, newId } from "../kernel/index.ts";
import { type Image, imageStore } from "../library/index.ts";
import * as Publishing from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

/** A scheduled post of two images, and the first of them as somebody leaves it before the news of that comes. */
async function news(change: (image: Image) => Partial<Image>, of: Partial<Context> = {}) {
  const ctx: Context = {
    actor: { kind: "user", userId: "ada" },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_test",
    clock: { now: Date.now, sleepUntil: async () => undefined },
    ...of,
  };
  const [images, posts] = [imageStore(database.table), Publishing.postStore(database.table)];
  const slug = `withdrawn-${ctx.workspaceId.slice(-20).toLowerCase()}`;
  const channel = await Publishing.connect({ ...ctx, role: "owner" }, { posts }, { network: "feed", name: "One", description: "", slug });
  const shown = [await approvedRow(ctx, images), await approvedRow(ctx, images)] as const;
  const scheduledAt = instant(Date.now() + 86_400_000);
  const request = { channelIds: [channel.id], imageIds: shown.map(({ id }) => id), caption: "Dawn", scheduledAt };
  const { id, state } = await Publishing.create(ctx, { posts }, Publishing.PostRequest.parse(request));
  const image = (await images.get(ctx.workspaceId, shown[0].id)) as Image;
  await images.write(images.replacement({ ...image, ...change(image), version: image.version + 1 }));
  await Publishing.blockShowing(ctx, { posts }, image.id);
  return { before: state, post: await Publishing.find(ctx, { posts }, id) };
}

const edited = ({ file }: Image): Partial<Image> => ({ ...(file && { file: { ...file, sha256: "e".repeat(64) } }) });

test("a post whose image was edited, and approved again before the news came, waits for somebody: nobody has agreed to what it shows now", async () => {
  const { post } = await news(edited);
  expect([post.state, post.problem?.code]).toEqual(["blocked", "publishing/content-changed"]);
});

test("a post whose image stands as it was approved stays as it is, whatever news comes late", async () => {
  expect((await news(() => ({}))).post.state).toBe("scheduled");
});

test("a post that nobody has approved yet waits for its review, not for its image", async () => {
  const { before, post } = await news(edited, { role: "editor" });
  expect([before, post.state]).toEqual(["in_review", "in_review"]);
});

test.each([
  ["edited", (image: Image) => ({ ...edited(image), state: "in_review" as const }), "Approve it again"],
  ["rejected", () => ({ state: "rejected" as const }), "was rejected. Choose another"],
  ["deleted", () => ({ deletedAt: instant(Date.now()) }), "was deleted. Restore it"],
])("a post says of an image that was %s what to do", async (_, change, says) => {
  const { post } = await news(change);
  expect(post).toMatchObject({ state: "blocked", problem: { code: "publishing/image-withdrawn", detail: expect.stringContaining(says) } });
});
