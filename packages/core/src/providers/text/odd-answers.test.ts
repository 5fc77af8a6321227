import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { providers as simulators } from "@atelier/simulators";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeOutside } from "../../outside/index.ts";
import type { TextRequest } from "./contract.ts";
import { textModels } from "./models.ts";
import { makeTextModel } from "./registry.ts";

const models = { gemini: "gemini-3.5-flash", openai: "gpt-5-mini" } as const;
type Name = keyof typeof models;

/** One who writes, at whoever answers every request with this, which no stand-in of theirs does. */
async function answering(name: Name, answer: object) {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.setHeader("content-type", "application/json").end(JSON.stringify(answer)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return rigged(name, baseUrl, "a key of many letters");
}

function rigged(name: Name, baseUrl: string, key: string) {
  const text = makeTextModel(name, { key, baseUrl }, { outside: makeOutside(), models: textModels });
  const request: TextRequest<unknown> = {
    model: models[name],
    messages: [{ role: "user", content: "a red fox in the snow" }],
    maxTokens: 500,
  };
  return { text, request, complete: () => text.complete(request) };
}

const content = (text: string) => ({ content: { role: "model", parts: [{ text }] } });
const usageMetadata = { promptTokenCount: 1_000, thoughtsTokenCount: 100 };
const price = textModels.find(({ model }) => model === models.gemini)?.tokenPriceMicroUsd ?? { in: 0, out: 0 };
const usage = { prompt_tokens: 1_000, completion_tokens: 100 };
const billed = Math.ceil(1_000 * price.in + 100 * price.out);

describe("what nobody has counted", () => {
  test.each([
    ["without any count", {}],
    ["with an empty one", { usageMetadata: {} }],
    ["with the prompt's alone", { usageMetadata: { promptTokenCount: 3 } }],
  ])("costs what it may cost at most (%s)", async (_, counts) => {
    const { text, request, complete } = await answering("gemini", {
      candidates: [{ ...content("A fox."), finishReason: "STOP" }],
      ...counts,
    });
    expect(await complete()).toMatchObject({ kind: "done", text: "A fox.", costMicroUsd: text.estimate(request) });
  });
});

describe("a refusal of Gemini's", () => {
  test.each([
    ["of the words", { promptFeedback: { blockReason: "SAFETY" } }],
    ["of the answer", { candidates: [{ finishReason: "PROHIBITED_CONTENT" }] }],
  ])("%s costs what it has read and thought", async (_, refusal) => {
    const { complete } = await answering("gemini", { ...refusal, usageMetadata });
    expect(await complete()).toMatchObject({ failure: { class: "refused", billedMicroUsd: billed } });
  });

  test.each(["refuse", "refuseOtherwise"] as const)("(%s) costs what its stand-in bills", async (fault) => {
    const simulator = await simulators.gemini();
    onTestFinished(simulator.close);
    simulator.order(fault);
    const ended = await rigged("gemini", simulator.url, simulator.key).complete();
    const [bill] = simulator.predictions();
    expect(bill?.costMicroUsd).toBeGreaterThan(0);
    expect(ended).toMatchObject({ failure: { class: "refused", billedMicroUsd: bill?.costMicroUsd } });
  });
});

describe("an answer without words", () => {
  test.each([
    ["gemini", "ended otherwise", { candidates: [{ finishReason: "OTHER" }], usageMetadata }, "is empty"],
    ["gemini", "ended by a call of nothing", { candidates: [{ finishReason: "MALFORMED_FUNCTION_CALL" }], usageMetadata }, "is empty"],
    ["gemini", "cut off while it thought", { candidates: [{ finishReason: "MAX_TOKENS" }], usageMetadata }, "allow more"],
    ["openai", "null", { choices: [{ message: { content: null }, finish_reason: "stop" }], usage }, "is empty"],
    ["openai", "cut off", { choices: [{ message: { content: "" }, finish_reason: "length" }], usage }, "allow more"],
  ] as const)("of %s (%s) is none, and is billed", async (name, _, answer, says) => {
    const { complete } = await answering(name, answer);
    const ended = await complete();
    expect(ended).toMatchObject({ failure: { class: "misfit", detail: expect.stringContaining(says) } });
    if (ended.kind === "failed") expect(ended.failure.billedMicroUsd).toBeGreaterThan(0);
  });

  test("nor candidates is no answer of Gemini's", async () => {
    const { complete } = await answering("gemini", {});
    expect(await complete()).toMatchObject({ failure: { class: "unknown-outcome" } });
  });
});
