import { type Provider as Simulator, providers as simulators } from "@atelier/simulators";
import sharp from "sharp";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeOutside } from "../outside/index.ts";
import type { Alteration, Editor, Provider } from "./contract.ts";
import { editModels } from "./models/index.ts";
import { makeProvider } from "./registry.ts";
import { byFile, chosen, type Prediction } from "./replicate-traces.ts";
import { isProviderName } from "./settings.ts";

const now = { at: Date.now() };

async function rigged(name: string): Promise<{ simulator: Simulator; provider: Provider; editor: Editor }> {
  if (name !== "stability" && name !== "replicate") throw new Error(`Nothing stands in for ${name}.`);
  const simulator = await simulators[name]();
  onTestFinished(simulator.close);
  const patience = { submitMs: 20_000, readMs: 20_000, fileMs: 20_000 };
  const means = { outside: makeOutside(), models: [], edits: editModels, patience, now: () => now.at };
  const provider = makeProvider(name, { key: simulator.key, baseUrl: simulator.url }, means);
  if (!provider.editor) throw new Error(`${name} edits nothing.`);
  return { simulator, provider, editor: provider.editor };
}

async function source(width: number, height: number, type: "png" | "jpeg" | "webp" = "png"): Promise<Alteration["source"]> {
  const made = sharp({ create: { width, height, channels: 3, background: "teal" } });
  return { bytes: await made.toFormat(type).toBuffer(), mimeType: `image/${type}`, width, height };
}

const posts = (simulator: Simulator) => simulator.requests().filter(({ method }) => method === "POST").length;

/** The file of an edit, as a worker gets it. */
async function edited({ provider, editor }: Awaited<ReturnType<typeof rigged>>, alteration: Alteration) {
  const submitted = await editor.submit(alteration);
  if (submitted.kind === "failed") return submitted;
  let known = submitted.kind === "accepted" ? await provider.poll?.(submitted.reference) : submitted;
  while (known?.kind === "running" && submitted.kind === "accepted") {
    await new Promise((resolve) => setImmediate(resolve));
    known = await provider.poll?.(submitted.reference);
  }
  if (known?.kind !== "done" || !known.outputs[0]) throw new Error(`It ended as ${known?.kind}.`);
  const file = await provider.fetchOutput(known.outputs[0]);
  if (file.kind === "failed") throw new Error(file.failure.detail);
  return { kind: "edited" as const, costMicroUsd: known.costMicroUsd, bytes: file.bytes };
}

const operationsOf = ({ does, factors = {} }: (typeof editModels)[number]): Alteration["operation"][] =>
  does === "upscale" ? Object.keys(factors).map((factor) => ({ type: does, factor: Number(factor) as 2 | 4 })) : [{ type: does }];

test("every model of edits is of a provider that edits, and there are some for each operation", () => {
  for (const { provider } of editModels) {
    expect(isProviderName(provider)).toBe(true);
    const means = { outside: makeOutside(), models: [], edits: editModels };
    expect(isProviderName(provider) && makeProvider(provider, {}, means).editor).toBeTruthy();
  }
  expect(new Set(editModels.map(({ does }) => does))).toEqual(new Set(["remove_background", "upscale"]));
});

describe.each(editModels.map((row) => [`${row.provider}/${row.model}`, row] as const))("%s", (_, row) => {
  test.each(operationsOf(row).map((operation) => [operation]))(
    "does %j to each kind of file, and costs what is told",
    async (operation) => {
      const rig = await rigged(row.provider);
      for (const type of ["png", "jpeg", "webp"] as const) {
        const alteration = { attemptId: `att_${type}`, model: row.model, operation, source: await source(128, 96, type) };
        const done = await edited(rig, alteration);
        if (done.kind !== "edited") throw new Error(done.failure.detail);
        const { width = 0, height = 0, hasAlpha } = await sharp(done.bytes).metadata();
        if (operation.type === "remove_background") expect([width, height, hasAlpha]).toEqual([128, 96, true]);
        else expect([width >= 128 * operation.factor, width / height]).toEqual([true, 128 / 96]);
        expect(done.costMicroUsd).toBe(rig.editor.estimate(alteration));
      }
      expect(rig.simulator.predictions().map(({ costMicroUsd }) => costMicroUsd)).toEqual([1, 2, 3].map(() => row.priceMicroUsd));
    },
  );

  test("sends nothing for a picture that it cannot take, for another operation, or without a key", async () => {
    const rig = await rigged(row.provider);
    const [operation] = operationsOf(row);
    if (!operation) throw new Error("It does nothing.");
    const small = await source(8, 8);
    const large = { ...(await source(128, 96)), width: 9_000, height: 9_000 };
    const heavy = { ...(await source(128, 96)), bytes: Buffer.alloc(row.takes.maxBytes + 1) };
    for (const picture of [small, large, heavy]) {
      const refused = await rig.editor.submit({ attemptId: "att_1", model: row.model, operation, source: picture });
      expect(refused).toMatchObject({ kind: "failed", failure: { class: "bad-request", detail: expect.stringContaining(row.title) } });
    }
    const other = operation.type === "upscale" ? ({ type: "remove_background" } as const) : ({ type: "upscale", factor: 2 } as const);
    const fit = await source(128, 96);
    expect(await rig.editor.submit({ attemptId: "att_1", model: row.model, operation: other, source: fit })).toMatchObject({
      kind: "failed",
    });
    const keyless =
      isProviderName(row.provider) && makeProvider(row.provider, {}, { outside: makeOutside(), models: [], edits: editModels });
    expect(keyless && (await keyless.editor?.submit({ attemptId: "att_1", model: row.model, operation, source: fit }))).toMatchObject({
      failure: { class: "reauthorise" },
    });
    expect(posts(rig.simulator)).toBe(0);
  });
});

describe("what goes wrong with an edit", () => {
  const cutOut = { type: "remove_background" } as const;

  test.each([
    ["throttle", "retry", 0],
    ["serverError", "fall-back", 0],
    ["unavailable", "fall-back", 0],
    ["badKey", "reauthorise", 0],
    ["outOfCredit", "out-of-credit", 0],
    ["refuse", "refused", 1],
    ["refuseOtherwise", "refused", 0],
    ["resetBefore", "unknown-outcome", 0],
    ["resetAfter", "unknown-outcome", 1],
    ["garbage", "unknown-outcome", 0],
  ] as const)("at Stability, after %s, is %s, and one request was made", async (fault, which, taken) => {
    const { simulator, editor } = await rigged("stability");
    simulator.order(fault);
    const picture = await source(128, 96);
    const failed = await editor.submit({ attemptId: "att_1", model: "remove-background", operation: cutOut, source: picture });
    expect(failed).toMatchObject({ kind: "failed", failure: { class: which, detail: expect.not.stringContaining(simulator.key) } });
    expect([posts(simulator), simulator.predictions().length]).toEqual([1, taken]);
    if (which === "refused") expect(JSON.stringify(failed)).toContain("the picture");
  });

  test("at Replicate, before the file has arrived, costs nothing and asks for nothing that does", async () => {
    const { simulator, editor } = await rigged("replicate");
    const picture = await source(128, 96);
    const submit = () =>
      editor.submit({ attemptId: "att_1", model: "recraft-ai/recraft-remove-background", operation: cutOut, source: picture });
    for (const fault of ["serverError", "throttle", "resetAfter", "garbage"] as const) {
      simulator.order(fault, { at: "read" });
      expect(await submit()).toMatchObject({ kind: "failed", failure: { class: "retry" } });
    }
    expect(simulator.predictions()).toEqual([]);
    expect((await submit()).kind).toBe("accepted");
  });

  test("at Replicate, is looked up by the file that it reads, also behind many others", async () => {
    const { simulator, editor } = await rigged("replicate");
    const picture = await source(128, 96);
    const startedAt = new Date().toISOString();
    const alterationOf = (attemptId: string): Alteration => ({
      attemptId,
      model: "nightmareai/real-esrgan",
      operation: { type: "upscale", factor: 2 },
      source: picture,
    });
    simulator.order("resetAfter");
    expect((await editor.submit(alterationOf("att_lost"))).kind).toBe("failed");
    for (let count = 0; count < 60; count += 1) await editor.submit(alterationOf(`att_${count}`));
    const [first] = simulator.predictions();
    expect(await editor.lookUp?.({ alteration: alterationOf("att_lost"), startedAt })).toEqual({ kind: "found", reference: first?.id });
    now.at += 10 * 60_000;
    expect(await editor.lookUp?.({ alteration: alterationOf("att_never"), startedAt })).toEqual({ kind: "absent" });
    now.at -= 10 * 60_000;
    expect(await editor.lookUp?.({ alteration: alterationOf("att_never"), startedAt })).toMatchObject({ kind: "unknown" });
  });

  test("at Replicate, is not taken for absent while a prediction reads what nobody has sent", () => {
    const row = { model: "a/b" };
    const reads = (image: string | undefined, model = "a/b"): Prediction => ({
      ...{ id: "p1", model, status: "succeeded", output: null, error: null },
      input: image === undefined ? {} : { image },
    });
    const judge = byFile(row, "https://files/own", ["https://files/other"]);
    const said = (...predictions: Prediction[]) => chosen(predictions, judge, "att_1", true).kind;
    expect([said(), said(reads("https://files/other")), said(reads("https://elsewhere", "c/d"))]).toEqual(["absent", "absent", "absent"]);
    expect([said(reads("https://files/own")), said(reads("https://elsewhere")), said(reads(undefined))]).toEqual([
      "found",
      "unknown",
      "unknown",
    ]);
    expect(said({ ...reads("https://elsewhere"), webhook: "https://us/hook?attempt=att_1" })).toBe("found");
  });
});
