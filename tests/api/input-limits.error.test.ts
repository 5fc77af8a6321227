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
