import { beforeAll, describe, expect, test } from "vitest";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { until } from "../harness/until.ts";
import { finished } from "../harness/work.ts";

const url = sharedUrl();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});

const harbour = {
  name: "Harbour",
  category: "landscape",
  text: "{medium} of a harbour at {hour}",
  negativePrompt: "people",
  variables: [
    { type: "choice" as const, name: "medium", choices: ["oil", "ink"], default: "oil" },
    { type: "text" as const, name: "hour", example: "dawn" },
  ],
  parameters: { quality: "draft" as const, width: 96, height: 64 },
};

describe("templates", () => {
  test("make images that keep the words, the template, its version and the values", async () => {
    const { id } = await ada.client.createTemplate({ body: harbour });
    const asked = await ada.client.requestGeneration({ body: { templateId: id, variables: { hour: "dusk" }, seed: 3 } });
    const template = { id, version: 1, variables: { medium: "oil", hour: "dusk" } };
    expect(asked).toMatchObject({
      prompt: "oil of a harbour at dusk",
      negativePrompt: "people",
      width: 96,
      height: 64,
      quality: "draft",
      template,
    });
    const { imageIds } = await finished(ada.client, asked.id);
    const image = await ada.client.getImage({ params: { id: imageIds[0] ?? "" } });
    expect(image.generation).toMatchObject({ prompt: "oil of a harbour at dusk", template });
  });

  test("are changed by versions, and rolled back by a label, at the version that was read", async () => {
    const params = { id: (await ada.client.createTemplate({ body: harbour })).id };
    const { version } = await ada.client.addTemplateVersion({ params, body: { text: "a pier", note: "Shorter." } });
    expect(version).toBe(2);
    const label = { ...params, label: "production" };
    const moved = await ada.client.setTemplateLabel({ params: label, body: { version: 2 }, ifMatch: '"2"' });
    expect(moved).toMatchObject({ latestVersion: 2, labels: { production: 2 }, text: "a pier", version: 3 });
    await expect(ada.client.setTemplateLabel({ params: label, body: { version: 1 }, ifMatch: '"2"' })).rejects.toMatchObject({
      status: 412,
    });
    expect(await ada.client.setTemplateLabel({ params: label, body: { version: 1 } })).toMatchObject({ labels: { production: 1 } });
    const { items } = await ada.client.listTemplateVersions({ params });
    expect(items.map(({ version, note }) => [version, note])).toEqual([
      [2, "Shorter."],
      [1, undefined],
    ]);
    const { variables } = await ada.client.compareTemplateVersions({ params: { ...params, from: "1", to: "2" } });
    expect(variables.map(({ name, kind }) => [name, kind])).toEqual([
      ["hour", "removed"],
      ["medium", "removed"],
    ]);
  });

  test("are made once, however often the same request comes", async () => {
    const idempotencyKey = `once-${crypto.randomUUID()}`;
    const made = await Promise.all([1, 2, 3].map(() => ada.client.createTemplate({ body: harbour, idempotencyKey })));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    const params = { id: made[0]?.id ?? "" };
    const versions = await Promise.all(
      [1, 2, 3].map(() => ada.client.addTemplateVersion({ params, body: { text: "once" }, idempotencyKey: `${idempotencyKey}-2` })),
    );
    expect(versions.map(({ version }) => version)).toEqual([2, 2, 2]);
    expect((await ada.client.listTemplateVersions({ params })).items).toHaveLength(2);
  });

  test("that are shipped can be used, and copied to be changed", async () => {
    const { items } = await ada.client.listTemplates({ query: { source: "shipped", category: "abstract" } });
    const shipped = items.find(({ name }) => name === "Flowing lines");
    const params = { id: shipped?.id ?? "" };
    const { prompt } = await ada.client.requestGeneration({ body: { templateId: params.id, quality: "draft", width: 64, height: 64 } });
    expect(prompt).toContain("indigo, teal and cream");
    await expect(ada.client.changeTemplate({ params, body: { name: "Mine" } })).rejects.toMatchObject({ status: 409 });
    const copy = await ada.client.copyTemplate({ params, body: { name: "Mine" } });
    expect(copy).toMatchObject({ source: "own", copiedFrom: { id: params.id, version: 1 }, text: shipped?.text });
    expect(await ada.client.changeTemplate({ params: { id: copy.id }, body: { category: "backgrounds" } })).toMatchObject({ version: 2 });
  });

  test("that cannot be filled say what each variable takes", async () => {
    const { id } = await ada.client.createTemplate({ body: harbour });
    const refused = ada.client.requestGeneration({ body: { templateId: id, variables: { medium: "chalk", wind: 3 } } });
    await expect(refused).rejects.toMatchObject({
      status: 422,
      problem: {
        errors: [
          { pointer: "#/variables/wind", detail: "There is no such variable. This template has: medium, hour." },
          { pointer: "#/variables/medium", detail: "One of: oil, ink." },
          { pointer: "#/variables/hour", detail: "It has to be given. Text of 1 to 200 characters, for example “dawn”." },
        ],
      },
    });
  });
});

describe("variations", () => {
  test("are counted and priced before anything is made, and each can be sent as it is shown", async () => {
    const { id } = await ada.client.createTemplate({ body: harbour });
    const seen = await ada.client.previewGeneration({
      body: { templateId: id, variables: { medium: ["oil", "ink"], hour: ["dawn", "noon"] } },
    });
    expect(seen).toMatchObject({ count: 4, images: 4, costMicroUsd: 0, template: { id, version: 1 } });
    const [, second] = seen.items;
    const sent = await ada.client.requestGeneration({ body: { templateId: id, variables: second?.variables ?? {} } });
    expect(sent.prompt).toBe(second?.prompt);
  });

  test("past the cap are refused by its name", async () => {
    const prompt = "{1|2|3|4}".repeat(4);
    await expect(ada.client.previewGeneration({ body: { prompt } })).rejects.toMatchObject({
      status: 422,
      problem: { detail: expect.stringContaining("256 variations; at most 200") },
    });
  });
});

describe("experiments", () => {
  test("are fed by reviews: an approval of an image that one assigned is in its report, and in the template's figures", async () => {
    const { id: templateId } = await ada.client.createTemplate({ body: harbour });
    const { variables, parameters } = harbour;
    await ada.client.addTemplateVersion({
      params: { id: templateId },
      body: { text: "{medium} of a pier at {hour}", variables, parameters },
    });
    const arms = [{ version: 1 }, { version: 2, weight: 3 }];
    const begun = await ada.client.startExperiment({ body: { name: "Pier?", templateId, arms } });
    expect(await ada.client.getTemplate({ params: { id: templateId } })).toMatchObject({ experiment: { id: begun.id } });
    const ask = (templateVersion?: number) =>
      ada.client.requestGeneration({ body: { templateId, templateVersion, variables: { hour: "noon" } } });
    expect((await ask(1)).template).not.toHaveProperty("experimentId");
    let assigned = await ask();
    while (assigned.template?.version !== 2) assigned = await ask();
    expect(assigned.template).toMatchObject({ version: 2, experimentId: begun.id });
    const { imageIds } = await finished(ada.client, assigned.id);
    await ada.client.reviewImage({ params: { id: imageIds[0] ?? "" }, body: { decision: "rejected", reasons: ["composition"] } });
    const report = await until("the review to be counted", async () => {
      const { report } = await ada.client.getExperiment({ params: { id: begun.id } });
      return report.arms[1]?.rejected === 1 ? report : undefined;
    });
    expect(report.arms[1]).toMatchObject({ version: 2, weight: 3, approved: 0, rejected: 1, reasons: { composition: 1 } });
    expect(await ada.client.getTemplate({ params: { id: templateId } })).toMatchObject({
      outcomes: [{ version: 2, rejected: 1 }],
      suggestedNegatives: ["cropped", "out of frame", "cluttered"],
    });

    expect(await ada.client.stopExperiment({ params: { id: begun.id } })).toMatchObject({ state: "stopped" });
    expect(await ada.client.getTemplate({ params: { id: templateId } })).not.toHaveProperty("experiment");
  });
});
