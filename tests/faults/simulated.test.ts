import type { Operations } from "@atelier/client";
import { digitalSourceTypeIn } from "@atelier/core/provenance";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Atelier, removeFolder, startAtelier } from "../harness/atelier.ts";
import { openClient, type Person, signUp } from "../harness/person.ts";
import { quiet } from "../harness/quiet.ts";
import { until } from "../harness/until.ts";
import { finished } from "../harness/work.ts";

let atelier: Atelier;
let ada: Person;
let urls: Map<string, string>;
beforeAll(async () => {
  // A slip in a setting: nothing but the test of it sees that.
  atelier = await startAtelier({ args: ["--simulate"], environment: { SAFETY_MODEL: "groq/there-is-no-such-model" } });
  ada = await signUp(atelier.url);
  const { items } = (await (await fetch(`${atelier.url}/_local/simulators`)).json()) as { items: { name: string; url: string }[] };
  urls = new Map(items.map(({ name, url }) => [name, url]));
});
afterAll(async () => {
  await atelier.kill();
  removeFolder(atelier.dataFolder);
});

type Seen = { predictions: { prompt: string; state: string; costMicroUsd: number }[] };
const takenBy = async (name: string, prompt: string) => {
  const seen = (await (await fetch(`${urls.get(name)}/_simulator`)).json()) as Seen;
  return seen.predictions.filter((prediction) => prediction.prompt.includes(prompt));
};
const order = (name: string, fault: Record<string, unknown>) =>
  fetch(`${urls.get(name)}/_simulator/faults`, { method: "POST", body: JSON.stringify(fault) });
const booked = async () => (await ada.client.listBudgets()).items[0]?.usedMicroUsd;

describe("with simulators", () => {
  test("every provider is on, but for the models that their owners have ended", async () => {
    const { items } = await ada.client.listModels();
    expect(items.filter(({ state }) => state === "off")).toEqual([]);
    expect(new Set(items.filter(({ state }) => state === "on").map(({ provider }) => provider))).toEqual(
      new Set([...urls.keys(), "sketch", "extractive"]),
    );
  });

  test("words that the operator's model was to read and did not are made by the rules alone; the audit log and a figure tell it", async () => {
    const bob = await signUp(atelier.url);
    const { id } = await bob.client.requestGeneration({ body: { prompt: "an unread heron", provider: "sketch", width: 64, height: 64 } });
    expect((await finished(bob.client, id)).state).toBe("succeeded");
    const { items } = await bob.client.listAudit({});
    expect(items).toMatchObject([{ act: "generation.prompt.judged", details: { modelSilent: "request/invalid" } }]);
    type Figures = { items: { name: string; sum: number }[] };
    await until("the figure", async () => {
      const figures = (await (await fetch(`${atelier.url}/_local/figures`)).json()) as Figures;
      return figures.items.some(({ name, sum }) => name === "ReadingsSilent" && sum > 0);
    });
  });

  test("a provider that fails again and again is shown as paused, and why", async () => {
    await order("bedrock", { fault: "unavailable", times: 5, match: "a hopeless lighthouse" });
    for (let i = 0; i < 5; i += 1) {
      const { id } = await ada.client.requestGeneration({ body: { prompt: "a hopeless lighthouse", provider: "bedrock" } });
      expect((await finished(ada.client, id)).state).toBe("failed");
    }
    const { items } = await ada.client.listModels();
    const paused = items.filter(({ pausedUntil }) => pausedUntil !== undefined);
    expect(new Set(paused.map(({ provider, state }) => `${provider} ${state}`))).toEqual(new Set(["bedrock on"]));
    expect(paused[0]?.why).toContain("failed several times in a row");
    await atelier.advance(60_000);
    expect((await ada.client.listModels()).items.filter(({ pausedUntil }) => pausedUntil !== undefined)).toEqual([]);
  });

  test("words come from the first model that writes, whole and in a shape, and every call is in the book with its price", async () => {
    const bob = await signUp(atelier.url);
    await order("deepinfra", { fault: "unavailable", match: "a patient heron" });
    const schema = {
      type: "object" as const,
      properties: { title: { type: "string" as const, maxLength: 60 }, calm: { type: "boolean" as const } },
    };
    const body = { purpose: "try", prompt: "a patient heron", models: ["deepinfra", "openai"], schema };
    const key = crypto.randomUUID();
    const said = await bob.client.writeText({ body, idempotencyKey: key });
    expect(said).toMatchObject({ provider: "openai", value: { title: expect.any(String), calm: expect.any(Boolean) } });
    expect(await bob.client.writeText({ body, idempotencyKey: key })).toEqual(said);
    const { items } = await bob.client.listTexts({});
    expect(items.map(({ provider, outcome, costMicroUsd }) => [provider, outcome, costMicroUsd])).toEqual([
      ["openai", "answered", said.costMicroUsd],
      ["deepinfra", "failed", 0],
    ]);
    expect((await takenBy("openai", "a patient heron")).map(({ costMicroUsd }) => costMicroUsd)).toEqual([said.costMicroUsd]);
    expect((await bob.client.listBudgets()).items[0]?.usedMicroUsd).toBe(said.costMicroUsd);
    expect((await bob.client.getMetrics({ query: { by: "text_model" } })).items).toMatchObject([
      { provider: "deepinfra", textsAnswered: 0, textsFailed: 1, textCostMicroUsd: 0 },
      { provider: "openai", textsAnswered: 1, textsFailed: 0, textCostMicroUsd: said.costMicroUsd },
    ]);
    const table = await bob.client.exportMetrics({ query: { by: "text_model" } });
    expect(table).toMatch(new RegExp(`^,openai,.*,1,0,0,${said.costMicroUsd}\r$`, "m"));

    const { imageIds } = await finished(
      bob.client,
      (await bob.client.requestGeneration({ body: { prompt: "a patient heron", provider: "sketch" } })).id,
    );
    const suggestion = await bob.client.describeImage({ params: { id: imageIds[0] ?? "" }, body: { models: ["gemini"] } });
    expect(suggestion).toMatchObject({ altText: expect.any(String), writer: { provider: "gemini" } });
    expect((await bob.client.listTexts({})).items[0]).toMatchObject({
      purpose: "description",
      costMicroUsd: suggestion.writer.costMicroUsd,
    });
  });

  test("a picture comes from a provider that draws on its own time, with its price and who made it", async () => {
    const { id } = await ada.client.requestGeneration({ body: { prompt: "a lighthouse", provider: "replicate", count: 2 } });
    const done = await finished(ada.client, id, 60_000);
    expect(done).toMatchObject({ state: "succeeded", costMicroUsd: 6_000, attempts: [{ outcome: "drawn" }, { outcome: "drawn" }] });
    const image = await ada.client.getImage({ params: { id: done.imageIds[1] ?? "" } });
    expect(image.generation).toMatchObject({ provider: "replicate", model: "black-forest-labs/flux-schnell", costMicroUsd: 3_000 });
    expect(await takenBy("replicate", "a lighthouse")).toHaveLength(2);
    expect(await booked()).toBe(6_000);
  });

  test("an edit that is stopped leaves the image as it was, and version, budget and figures tell in the end what its provider bills", async () => {
    const { client } = await signUp(atelier.url);
    const asked = await client.requestGeneration({ body: { prompt: "a calm heron", provider: "sketch", width: 96, height: 64 } });
    const [id = ""] = (await finished(client, asked.id)).imageIds;
    const billed = async () => {
      const { predictions } = (await (await fetch(`${urls.get("replicate")}/_simulator`)).json()) as Seen;
      return predictions.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
    };
    const before = await billed();
    await order("replicate", { fault: "stuck", times: 1 });
    const model = "recraft-ai/recraft-remove-background";
    const { id: versionId } = await client.editImage({ params: { id }, body: { operations: [{ type: "remove_background" }], model } });
    await until("its request", async () => (await billed()) > before);
    const stop = () => client.cancelEdit({ params: { id, versionId } });
    expect(await stop()).toMatchObject({ id: versionId, state: "failed", problem: { code: "library/edit-canceled" } });
    expect(await stop()).toMatchObject({ id: versionId, state: "failed" });
    const price = await until("its price", async () => {
      const { items } = await client.listVersions({ params: { id } });
      return items.find(({ id: one }) => one === versionId)?.costMicroUsd;
    });
    expect(price).toBe((await billed()) - before);
    expect((await client.listBudgets()).items[0]?.usedMicroUsd).toBe(price);
    await until("the figures", async () => (await client.getMetrics({ query: { by: "all" } })).items[0]?.costMicroUsd === price);
    expect(await client.getImage({ params: { id } })).toMatchObject({ state: "in_review" });
    await expect(client.cancelEdit({ params: { id, versionId: "ver_00000000000000000000000000" } })).rejects.toMatchObject({ status: 404 });
  });

  test("a background is taken away and the picture enlarged, as versions with their makers, their prices and what every file has to say", async () => {
    const cy = await signUp(atelier.url);
    const { client } = cy;
    const asked = await client.requestGeneration({ body: { prompt: "a calm heron", provider: "sketch", width: 96, height: 64 } });
    const [id = ""] = (await finished(client, asked.id)).imageIds;
    const edited = async (body: Operations["editImage"]["input"]["body"]) => {
      const idempotencyKey = crypto.randomUUID();
      const first = await client.editImage({ params: { id }, body, idempotencyKey });
      expect(first).toMatchObject({ state: "processing", model: expect.any(String) });
      expect((await client.editImage({ params: { id }, body, idempotencyKey })).id).toBe(first.id);
      return until(
        `the end of ${first.id}`,
        async () => {
          const { items } = await client.listVersions({ params: { id } });
          return items.find((one) => one.id === first.id && one.state !== "processing");
        },
        60_000,
      );
    };
    const cut = await edited({ operations: [{ type: "remove_background" }] });
    expect(cut).toMatchObject({ state: "ready", number: 2, provider: "replicate", estimateMicroUsd: 10_000, costMicroUsd: 10_000 });
    const large = await edited({ operations: [{ type: "upscale", factor: 2 }], model: "upscale-fast" });
    expect(large).toMatchObject({
      state: "ready",
      number: 3,
      from: 2,
      provider: "stability",
      estimateMicroUsd: 20_000,
      costMicroUsd: 20_000,
    });
    const shown = await client.getImage({ params: { id } });
    expect(shown).toMatchObject({ state: "in_review", currentVersion: 3, width: 192, height: 128, mimeType: "image/png" });
    for (const [version, width, term] of [
      [cut, 96, "algorithmicMedia"],
      [large, 192, "compositeWithTrainedAlgorithmicMedia"],
    ] as const)
      for (const link of [version.urls.original, version.urls.thumbnail]) {
        const file = sharp(Buffer.from(await (await fetch(link ?? "")).arrayBuffer()));
        const { xmpAsString, ...metadata } = await file.metadata();
        expect([metadata.width, digitalSourceTypeIn(xmpAsString)]).toEqual([width, term]);
        if (version === cut) expect((await file.stats()).isOpaque).toBe(false);
      }
    expect((await client.listBudgets()).items[0]?.usedMicroUsd).toBe(30_000);
    expect((await client.listGenerations({})).items.map((one) => one.id)).toEqual([asked.id]);
    await until("the figures of both edits", async () => {
      const { items } = await client.getMetrics({ query: { by: "all" } });
      return items[0]?.costMicroUsd === 30_000 && items[0].drawn === 1;
    });

    const told = (await client.imageHistory({})).items.filter(({ subject }) => subject === large.editId);
    expect(told.map(({ act }) => act).toSorted()).toEqual(["generation.job.requested", "generation.job.succeeded"]);

    await client.setBudget({ body: { scope: "workspace", period: "day", capMicroUsd: 30_000 } });
    const over = client.editImage({ params: { id }, body: { operations: [{ type: "remove_background" }] } });
    await expect(over).rejects.toMatchObject({ status: 402 });
    const misled = client.requestGeneration({ body: { prompt: "a calm heron", model: "upscale-fast" } });
    await expect(misled).rejects.toMatchObject({ status: 422 });
  });

  test.each([
    ["replicate", "succeeded", "drawn", 1],
    ["stability", "failed", "unknown", 1],
  ] as const)(
    "a worker that is killed while %s has its request, and never answers, leaves one paid call, looked up or told as unknown",
    async (provider, state, outcome, calls) => {
      const prompt = `a ship that ${provider} draws`;
      const before = (await booked()) ?? 0;
      await order(provider, { fault: "hang", match: prompt });
      const client = openClient(atelier.url, ada.token);
      const { id } = await client.requestGeneration({ body: { prompt, provider } });
      await until("the request at the provider", async () => (await takenBy(provider, prompt)).length === 1);
      const { items } = (await (await fetch(`${atelier.url}/_local/functions`)).json()) as {
        items: { functions: string[]; pid: number; running: string[] }[];
      };
      const workers = items.filter(
        ({ functions, running }) => functions.some((name) => name.startsWith("RenderImage")) && running.length > 0,
      );
      for (const { pid } of workers) process.kill(pid, "SIGKILL");
      await until(
        "the end of the generation",
        async () => {
          // Time goes on while nobody works: what they do takes real time.
          await quiet(atelier.url);
          const { finishedAt } = await client.getGeneration({ params: { id } });
          if (finishedAt === undefined) await atelier.advance(60_000);
          return finishedAt !== undefined;
        },
        60_000,
      );
      const done = await client.getGeneration({ params: { id } });
      expect(done).toMatchObject({ state, attempts: [{ provider, outcome }] });
      const taken = await takenBy(provider, prompt);
      expect(taken).toHaveLength(calls);
      expect(taken.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0)).toBe(done.costMicroUsd);
      expect(await booked()).toBe(before + done.costMicroUsd);
    },
  );
});
