import { createHash } from "node:crypto";
import { type Fault, type Provider as Simulator, providers as simulators } from "@atelier/simulators";
import sharp from "sharp";
import { describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { makeOutside } from "../../outside/index.ts";
import type { FailureClass, Means } from "../contract.ts";
import type { TextModel, TextPicture, TextPiece, TextRequest } from "./contract.ts";
import { extractive } from "./extractive.ts";
import { geminiText } from "./gemini.ts";
import { textModels } from "./models.ts";
import { openaiLike } from "./openai-like.ts";

const rigs = {
  openai: { make: (...given: Given) => openaiLike("openai", ...given), model: "gpt-5-mini" },
  groq: { make: (...given: Given) => openaiLike("groq", ...given), model: "llama-3.3-70b-versatile" },
  deepinfra: { make: (...given: Given) => openaiLike("deepinfra", ...given), model: "meta-llama/Llama-3.3-70B-Instruct" },
  gemini: { make: (...given: Given) => geminiText(...given), model: "gemini-3.5-flash" },
} as const;
type Given = Parameters<typeof geminiText>;
type Name = keyof typeof rigs;
const names = Object.keys(rigs) as Name[];

async function rigged(
  name: Name,
  patience: Means["patience"] = {},
): Promise<{ simulator: Simulator; text: TextModel; request: TextRequest<unknown> }> {
  const simulator = await simulators[name]({ drip: { bytes: 1, everyMs: 50 } });
  onTestFinished(simulator.close);
  const { make, model } = rigs[name];
  const text = make({ key: simulator.key, baseUrl: simulator.url }, { outside: makeOutside(), models: textModels, patience });
  const request = {
    model,
    system: "You write captions.",
    messages: [{ role: "user", content: "a red fox in the snow" }],
    maxTokens: 500,
  } as const;
  return { simulator, text, request };
}

/** All the words of a stream, and how it ended. */
async function heard(text: TextModel, request: TextRequest<unknown>) {
  const pieces: string[] = [];
  const ends: TextPiece[] = [];
  for await (const piece of text.stream?.(request) ?? [])
    if (piece.kind === "words") pieces.push(piece.text);
    else ends.push(piece);
  expect(ends).toHaveLength(1);
  return { pieces, end: ends[0] };
}

const Caption = z.object({ caption: z.string().min(1).max(200), tags: z.array(z.string()).max(5), score: z.int().min(0).max(10) });

const expected: Partial<Record<Fault, FailureClass>> = {
  throttle: "retry",
  throttleWithoutRetryAfter: "retry",
  serverError: "unknown-outcome",
  unavailable: "fall-back",
  badKey: "reauthorise",
  outOfCredit: "out-of-credit",
  garbage: "unknown-outcome",
  resetBefore: "unknown-outcome",
  hangBefore: "unknown-outcome",
  resetAfter: "unknown-outcome",
  hang: "unknown-outcome",
  slowDrip: "unknown-outcome",
  endlessBody: "unknown-outcome",
  cutShort: "unknown-outcome",
};
const endless: readonly Fault[] = ["hangBefore", "hang", "slowDrip"];

describe.each(names)("%s", (name) => {
  test("answers in words, for one request that costs what it said at most", async () => {
    const { simulator, text, request } = await rigged(name);
    const done = await text.complete(request);
    expect(done).toMatchObject({ kind: "done", model: request.model, text: expect.stringContaining("a red fox in the snow"), cut: false });
    expect(simulator.predictions()).toHaveLength(1);
    if (done.kind !== "done") return;
    expect(done.tokensOut).toBeGreaterThan(5);
    expect(done.costMicroUsd).toBeGreaterThan(0);
    expect(done.costMicroUsd).toBeLessThanOrEqual(text.estimate(request));
    expect(await text.complete({ ...request, maxTokens: 2 })).toMatchObject({ kind: "done", cut: true });
  });

  test("has words in as few tokens as a verdict is given: its model does not think them away", async () => {
    const { text, request } = await rigged(name);
    expect(await text.complete({ ...request, maxTokens: 200 })).toMatchObject({ kind: "done", cut: false });
    expect((await heard(text, { ...request, maxTokens: 200 })).end).toMatchObject({ kind: "done", cut: false });
  });

  test("answers in the shape that was asked for", async () => {
    const { simulator, text, request } = await rigged(name);
    const done = await text.complete({ ...request, schema: Caption });
    expect(done).toMatchObject({ kind: "done", value: { caption: expect.any(String) } });
    if (done.kind === "done") expect(JSON.parse(done.text)).toEqual(done.value);
    expect(simulator.predictions()).toHaveLength(1);
  });

  test("is asked once more where the JSON is broken, and no third time", async () => {
    const { simulator, text, request } = await rigged(name);
    simulator.order("brokenJson");
    const mended = await text.complete({ ...request, schema: Caption });
    expect(mended).toMatchObject({ kind: "done", value: { caption: expect.any(String) } });
    expect(simulator.predictions()).toHaveLength(2);
    simulator.order("brokenJson", { times: 5 });
    const broken = await text.complete({ ...request, schema: Caption });
    expect(broken).toMatchObject({ kind: "failed", failure: { class: "misfit", billedMicroUsd: expect.any(Number) } });
    expect(simulator.predictions()).toHaveLength(4);
  });

  test("a second try that fails tells what the first has cost", async () => {
    const { simulator, text, request } = await rigged(name);
    simulator.order("brokenJson");
    simulator.order("unavailable", { match: "does not fit" });
    const ended = await text.complete({ ...request, schema: Caption });
    if (ended.kind !== "failed") expect.unreachable();
    expect(ended.failure.class).toBe("fall-back");
    expect(ended.failure.billedMicroUsd).toBeGreaterThan(0);
  });

  test("fails under each fault as pictures do, after one request and without its key", async () => {
    const { simulator: known } = await rigged(name);
    for (const fault of known.faults) {
      const wanted = name === "gemini" && fault === "serverError" ? "fall-back" : expected[fault];
      if (wanted === undefined) continue;
      const patience = endless.includes(fault) ? 700 : 20_000;
      const { simulator, text, request } = await rigged(name, { submitMs: patience });
      simulator.order(fault);
      const ended = await text.complete(request);
      expect(ended, fault).toMatchObject({ kind: "failed", failure: { class: wanted } });
      expect(simulator.requests(), fault).toHaveLength(1);
      expect(JSON.stringify(ended)).not.toContain(simulator.key);
    }
  }, 60_000);

  test("streams its words in pieces, with what they have cost at the end", async () => {
    const { simulator, text, request } = await rigged(name);
    const { pieces, end } = await heard(text, request);
    const whole = await text.complete(request);
    if (end?.kind !== "done" || whole.kind !== "done") return expect.unreachable();
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join("")).toBe(whole.text);
    expect(end).toEqual(whole);
    expect(simulator.predictions().map(({ costMicroUsd }) => costMicroUsd)).toEqual([end.costMicroUsd, end.costMicroUsd]);
    expect((await heard(text, { ...request, maxTokens: 2 })).end).toMatchObject({ kind: "done", cut: true });
  });

  test("a stream that breaks off, or never ends, is told apart from one that has ended", async () => {
    for (const fault of ["cutShort", "slowDrip", "resetAfter", "hang", "endlessBody"] as const) {
      const { simulator, text, request } = await rigged(name, { submitMs: fault === "slowDrip" || fault === "hang" ? 700 : 20_000 });
      simulator.order(fault);
      const { pieces, end } = await heard(text, request);
      expect(end, fault).toMatchObject({ kind: "failed", failure: { class: "unknown-outcome" } });
      if (fault === "cutShort") expect(pieces.length).toBeGreaterThan(0);
      expect(simulator.requests(), fault).toHaveLength(1);
    }
  }, 60_000);

  test("what goes wrong before the first word of a stream is told as without one", async () => {
    const { simulator, text, request } = await rigged(name);
    for (const [fault, wanted] of [
      ["throttle", "retry"],
      ["badKey", "reauthorise"],
      ["unavailable", "fall-back"],
      ["garbage", "unknown-outcome"],
    ] as const) {
      simulator.order(fault);
      expect((await heard(text, request)).end, fault).toMatchObject({ kind: "failed", failure: { class: wanted } });
    }
    simulator.order("refuseOtherwise");
    expect((await heard(text, request)).end).toMatchObject({ kind: "failed", failure: { class: "refused" } });
  });

  test("whoever stops listening hangs up", async () => {
    const { text, request } = await rigged(name);
    for await (const piece of text.stream?.(request) ?? []) {
      expect(piece.kind).toBe("words");
      break;
    }
    expect(await text.complete(request)).toMatchObject({ kind: "done" });
  });

  test("a model that it does not have, or a missing key, is told without asking anybody", async () => {
    const { simulator, text, request } = await rigged(name);
    expect(await text.complete({ ...request, model: "nothing" })).toMatchObject({ failure: { class: "bad-request" } });
    const keyless = rigs[name].make({ baseUrl: simulator.url }, { outside: makeOutside(), models: textModels });
    expect(keyless.missing()).toEqual(["key"]);
    expect(await keyless.complete(request)).toMatchObject({ failure: { class: "reauthorise" } });
    expect(simulator.requests()).toEqual([]);
  });
});

describe("a picture", () => {
  const Tags = z.strictObject({ tags: z.array(z.strictObject({ tag: z.string(), confidence: z.number() })) });
  const picture = async (width: number, height: number): Promise<TextPicture> => ({
    bytes: await sharp({ create: { width, height, channels: 3, background: "#b5651d" } })
      .webp()
      .toBuffer(),
    mimeType: "image/webp",
  });
  const digest = ({ bytes }: TextPicture) => createHash("sha256").update(bytes).digest("hex");
  async function sighted(name: Name, other?: TextPicture) {
    const rig = await rigged(name);
    const shown = other ?? (await picture(320, 200));
    return { ...rig, asked: { ...rig.request, messages: [{ role: "user", content: "What is this?", picture: shown }] } as const };
  }

  test.each(["openai", "gemini"] as const)("is seen by %s, byte for byte, and billed as no more than it was said to cost", async (name) => {
    const shown = await picture(320, 200);
    const { simulator, text, asked } = await sighted(name, shown);
    const done = await text.complete({ ...asked, schema: Tags });
    if (done.kind !== "done") return expect.unreachable();
    expect(simulator.predictions()).toMatchObject([
      { parameters: { pictures: [{ format: "webp", width: 320, height: 200, sha256: digest(shown) }] } },
    ]);
    expect(done.value?.tags.map(({ tag }) => tag)).toEqual([expect.any(String), "wide"]);
    expect(done.costMicroUsd).toBe(simulator.predictions()[0]?.costMicroUsd);
    expect(done.costMicroUsd).toBeLessThanOrEqual(text.estimate({ ...asked, schema: Tags }));
    const blind = { ...asked, schema: Tags, messages: [{ role: "user", content: "What is this?" }] } as const;
    expect(text.estimate({ ...asked, schema: Tags })).toBeGreaterThan(text.estimate(blind) + 200);
    const tall = await text.complete({ ...asked, schema: Tags, messages: [{ ...asked.messages[0], picture: await picture(200, 320) }] });
    expect(tall).toMatchObject({ value: { tags: [{}, { tag: "tall" }] } });
    expect((await heard(text, asked)).pieces.join("")).toContain("I see: wide.");
  });

  test.each(["openai", "gemini"] as const)("is seen by %s again where its first answer does not fit", async (name) => {
    const { simulator, text, asked } = await sighted(name);
    simulator.order("brokenJson");
    const done = await text.complete({ ...asked, schema: Tags });
    expect(done).toMatchObject({ value: { tags: [{}, { tag: "wide" }] } });
    expect(simulator.predictions()).toMatchObject([{ parameters: { pictures: [{}] } }, { parameters: { pictures: [{}] } }]);
    if (done.kind === "done") expect(done.costMicroUsd).toBeLessThanOrEqual(text.estimate({ ...asked, schema: Tags }));
  });

  test.each(["groq", "deepinfra"] as const)("is sent to no model of %s, which are blind", async (name) => {
    const { simulator, text, asked } = await sighted(name);
    expect(await text.complete(asked)).toMatchObject({ failure: { class: "bad-request", detail: expect.stringContaining("cannot see") } });
    expect((await heard(text, asked)).end).toMatchObject({ failure: { class: "bad-request" } });
    expect(simulator.requests()).toEqual([]);
  });

  test("is nothing that the built-in model pretends to see", async () => {
    const { asked } = await sighted("openai");
    expect(await extractive.complete({ ...asked, model: "extractive-1" })).toMatchObject({ failure: { class: "bad-request" } });
  });

  test.each(["openai", "gemini"] as const)("that %s cannot read is a bad request, of which it bills nothing", async (name) => {
    const { simulator, text, asked } = await sighted(name, { bytes: Buffer.from("GIF89a, or so"), mimeType: "image/png" });
    expect(await text.complete(asked)).toMatchObject({ failure: { class: "bad-request" } });
    expect(simulator.predictions()).toEqual([]);
  });

  test.each(["openai", "gemini"] as const)(
    "before %s changes nothing of how it fails: in its class, after one request, without its key",
    async (name) => {
      for (const fault of ["throttle", "unavailable", "badKey", "outOfCredit", "garbage", "resetAfter", "cutShort"] as const) {
        const { simulator, text, asked } = await sighted(name);
        simulator.order(fault);
        const ended = await text.complete(asked);
        expect(ended, fault).toMatchObject({ kind: "failed", failure: { class: expected[fault] } });
        expect(simulator.requests(), fault).toHaveLength(1);
        expect(JSON.stringify(ended)).not.toContain(simulator.key);
      }
      const { simulator, text, asked } = await sighted(name);
      simulator.order("refuse");
      expect(await text.complete(asked)).toMatchObject({ failure: { class: "refused" } });
    },
  );
});

describe("refusals", () => {
  test.each([
    ["openai", "refuse"],
    ["openai", "refuseOtherwise"],
    ["groq", "refuseOtherwise"],
    ["gemini", "refuse"],
    ["gemini", "refuseOtherwise"],
  ] as const)("of %s (%s) are told apart from failures", async (name, fault) => {
    const { simulator, text, request } = await rigged(name);
    simulator.order(fault);
    expect(await text.complete(request)).toMatchObject({ failure: { class: "refused" } });
  });
});

describe("the built-in model", () => {
  const words =
    "The fox waits in the snow. Snow falls on the fox and on the hill. Somewhere a train passes. The fox hears the snow fall and waits.";
  const request = { model: "extractive-1", messages: [{ role: "user", content: words }], maxTokens: 20 } as const;

  test("says what it is, and only ever says what it was given", async () => {
    expect(extractive.title).toContain("not a language model");
    const done = await extractive.complete(request);
    if (done.kind !== "done") expect.unreachable();
    for (const sentence of done.text.match(/[^.]+\./g) ?? []) expect(words).toContain(sentence.trim());
    expect(done.text).toContain("fox");
    expect(done.text).not.toContain("train");
    expect(done.text.length).toBeLessThanOrEqual(80);
    expect(done.costMicroUsd).toBe(0);
  });

  test("says when it had to cut a sentence", async () => {
    const cutAt = async (letters: number) => {
      const done = await extractive.complete({ ...request, schema: z.object({ alt: z.string().max(letters) }) });
      return done.kind === "done" && done.cut;
    };
    expect([await cutAt(10), await cutAt(60)]).toEqual([true, false]);
    expect(await extractive.complete({ ...request, maxTokens: 2 })).toMatchObject({ text: words.slice(0, 8), cut: true });
    expect(await extractive.complete(request)).toMatchObject({ cut: false });
  });

  test("fills strings and lists of words, and refuses what it cannot fill", async () => {
    const shape = z.object({ alt: z.string().max(30), tags: z.array(z.string()).max(2) });
    expect(await extractive.complete({ ...request, schema: shape })).toMatchObject({
      value: { alt: "The fox waits in the snow.", tags: ["fox", "snow"] },
    });
    expect(await extractive.complete({ ...request, schema: z.object({ score: z.number() }) })).toMatchObject({
      failure: { class: "bad-request" },
    });
  });
});
