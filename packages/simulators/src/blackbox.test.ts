import { expect, test } from "vitest";
import { startBlackbox } from "./blackbox.ts";
import { calls, closedAfterwards, post } from "./provider-calls.fixture.ts";

const blackbox = closedAfterwards(startBlackbox);
const chat = (content: string, model: string) => ({ model, messages: [{ role: "user", content }] });
const flux = "blackboxai/black-forest-labs/flux-schnell";

test("a model that draws answers with a URL, one that talks with words", async () => {
  const provider = await blackbox();
  const said = async (model: string) => {
    const answer = (await (await post(provider, "/chat/completions", chat("a fox", model))).json()) as {
      choices: { message: { content: string } }[];
    };
    return answer.choices[0]?.message.content ?? "";
  };
  const url = await said(flux);
  expect((await fetch(url)).headers.get("content-type")).toBe("image/png");
  expect(await said("blackboxai/meta-llama/llama-3.3-70b")).toContain("a fox");
  expect(await said(flux)).not.toBe(url);
});

test("a prompt that is too long, refused, or without balance behind it draws nothing", async () => {
  const provider = await blackbox();
  expect((await post(provider, "/chat/completions", chat("x".repeat(2_001), flux))).status).toBe(400);
  provider.order("refuse");
  expect((await calls.blackbox.work(provider)).status).toBe(400);
  provider.order("outOfCredit");
  const empty = await calls.blackbox.work(provider);
  expect([empty.status, await empty.text()]).toEqual([402, expect.stringContaining("balance")]);
  expect(provider.predictions()).toEqual([]);
});
