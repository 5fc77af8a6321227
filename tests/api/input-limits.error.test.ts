import { beforeAll, expect, test } from "vitest";
import { ask } from "../harness/abuse.ts";
import { documentedOperations } from "../harness/contract.ts";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";

let ada: Person;
beforeAll(async () => {
  ada = await signUp(sharedUrl());
});

const send = (operationId: string, body: string) => {
  const op = documentedOperations.find((candidate) => candidate.operationId === operationId);
  if (!op) throw new Error(`There is no ${operationId}.`);
  return ask(sharedUrl(), op, { body, headers: { authorization: `Bearer ${ada.token}` } });
};

test("a body of ten thousand faults is told of the first fifty", async () => {
  const altTexts = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`img_${index}`, 1]));
  const { status, text, problem } = await send("createPost", JSON.stringify({ altTexts }));
  expect([status, problem.errors?.length]).toEqual([422, 50]);
  expect(text.length).toBeLessThan(20_000);
});

test("a name of endless length is not said again: the pointer ends at what holds it", async () => {
  const long = "n".repeat(100_000);
  const [top, inner] = [await send("createPost", `{"${long}":1}`), await send("createPost", `{"overrides":{"${long}":{}}}`)];
  expect([top.status, inner.status]).toEqual([422, 422]);
  expect(top.problem.errors?.map(({ pointer }) => pointer)).toContain("#");
  expect(inner.problem.errors?.map(({ pointer }) => pointer)).toContain("#/overrides");
  expect(Math.max(top.text.length, inner.text.length)).toBeLessThan(5_000);
});

test("half a character in the name of a member cannot be read, as in a text", async () => {
  for (const body of ['{"altTexts":{"\\ud800":"a"}}', '{"caption":"\\udfff"}']) {
    const { status, problem } = await send("createPost", body);
    expect([status, problem.type.split("/docs/problems/")[1]]).toEqual([400, "request/malformed"]);
  }
});

test("an empty id, and names that every object has by nature, are refused in a post as any other value is", async () => {
  const ids = { channelIds: ["chn_1"], imageIds: ["img_1"] };
  for (const [body, pointer] of [
    [{ ...ids, imageIds: [""] }, "#/imageIds/0"],
    [{ ...ids, channelIds: [""] }, "#/channelIds/0"],
    [{ ...ids, altTexts: { constructor: "Boats" } }, "#/altTexts/constructor"],
    [{ ...ids, overrides: { constructor: {} } }, "#/overrides/constructor"],
  ] as const) {
    const { status, problem } = await send("createPost", JSON.stringify(body));
    expect([status, problem.errors?.map((error) => error.pointer)]).toEqual([422, [pointer]]);
  }
});

test("a body that is not UTF-8 is refused, not changed", async () => {
  const answer = await fetch(`${sharedUrl()}/v1/posts`, {
    method: "POST",
    headers: { authorization: `Bearer ${ada.token}`, "content-type": "application/json" },
    body: Buffer.concat([Buffer.from('{"caption":"bad '), Buffer.from([0xff, 0xfe]), Buffer.from(' bytes"}')]),
  });
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { detail: string }).detail).toBe("The body is not valid UTF-8.");
});

test.each(["+99:99", "-99:99", "+24:00", "+01:60"])("a time with the offset %s, which is nowhere, is no time", async (offset) => {
  const nextYear = new Date().getUTCFullYear() + 1;
  const body = { channelIds: ["chn_1"], imageIds: ["img_1"], scheduledAt: `${nextYear}-06-01T10:00:00${offset}` };
  const { status, problem } = await send("createPost", JSON.stringify(body));
  expect([status, problem.errors?.map(({ pointer }) => pointer)]).toEqual([422, ["#/scheduledAt"]]);
});

test("control characters are refused in what people read, and a name of which nothing is seen", async () => {
  const post = await send("createPost", JSON.stringify({ channelIds: ["chn_1"], imageIds: ["img_1"], caption: "a\u0000b" }));
  expect(post.problem.errors?.map(({ pointer }) => pointer)).toEqual(["#/caption"]);
  const channel = await send("connectChannel", JSON.stringify({ network: "feed", name: "\u200b" }));
  expect(channel.problem.errors?.map(({ pointer }) => pointer)).toEqual(["#/name"]);
  const lines = await send("connectChannel", JSON.stringify({ network: "feed", name: "Lines", description: "one\n\ttwo" }));
  expect(lines.status).toBe(201);
});

test("HEAD tells what GET would, without the body", async () => {
  const { token } = await signUp(sharedUrl());
  const headers = { authorization: `Bearer ${token}` };
  const [head, get] = await Promise.all(["HEAD", "GET"].map((method) => fetch(`${sharedUrl()}/v1/me`, { method, headers })));
  expect([head?.status, head?.headers.get("etag")]).toEqual([200, get?.headers.get("etag")]);
  expect(await head?.text()).toBe("");
});
