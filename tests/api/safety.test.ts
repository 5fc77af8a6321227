import { beforeAll, describe, expect, test } from "vitest";
import { labelled } from "../../packages/core/src/safety/prompts.fixture.ts";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { approved, drawn, gallery } from "../harness/work.ts";

const url = sharedUrl();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});
const one = (verdict: string) => labelled.find((text) => text.verdict === verdict)?.text ?? "";
const code = (type: string) => ({ problem: { type: expect.stringMatching(new RegExp(`/${type}$`)) } });

describe("words", () => {
  test("that are forbidden are drawn by nobody, from a prompt or from a template", async () => {
    const before = (await ada.client.listGenerations({})).items.length;
    await expect(ada.client.requestGeneration({ body: { prompt: one("forbidden") } })).rejects.toMatchObject({
      status: 422,
      ...code("safety/refused"),
    });
    const template = { name: "No", category: "portrait", text: one("forbidden") };
    await expect(ada.client.createTemplate({ body: template })).rejects.toMatchObject({ status: 422, ...code("safety/refused") });
    const filled = await ada.client.createTemplate({
      body: { name: "Open", category: "portrait", text: "{what} by a window", variables: [{ type: "text", name: "what", maxLength: 200 }] },
    });
    const body = { templateId: filled.id, variables: { what: one("forbidden") } };
    await expect(ada.client.requestGeneration({ body })).rejects.toMatchObject({ status: 422, ...code("safety/refused") });
    expect((await ada.client.listGenerations({})).items).toHaveLength(before);
  });

  test("for adults are refused where that is off, and the audit log has every refusal without the words", async () => {
    const bob = await signUp(url);
    await expect(bob.client.requestGeneration({ body: { prompt: one("mature") } })).rejects.toMatchObject({
      status: 422,
      ...code("safety/mature-off"),
    });
    await expect(bob.client.requestGeneration({ body: { prompt: one("forbidden") } })).rejects.toMatchObject({ status: 422 });
    const { items } = await bob.client.listAudit({});
    expect(items.map(({ act, outcome, details }) => [act, outcome, details.problem])).toEqual([
      ["generation.prompt.judged", "refused", "safety/refused"],
      ["generation.prompt.judged", "refused", "safety/mature-off"],
    ]);
    expect((await ada.client.listAudit({})).items.some(({ id }) => items.some((item) => item.id === id))).toBe(false);
  });

  test("that are suggestive rate what is made from them, and a template is not rated milder than it is", async () => {
    const image = await drawn(ada.client, one("suggestive"));
    expect(image.rating).toBe("suggestive");
    expect((await drawn(ada.client)).rating).toBe("general");
    const template = { name: "Warm", category: "portrait", text: one("suggestive") };
    await expect(ada.client.createTemplate({ body: template })).rejects.toMatchObject({
      status: 422,
      problem: { errors: [{ pointer: "#/rating", detail: "At least “suggestive”." }] },
    });
    expect((await ada.client.createTemplate({ body: { ...template, rating: "suggestive" } })).rating).toBe("suggestive");
    await expect(ada.client.changeImage({ params: { id: image.id }, body: { rating: "general" } })).rejects.toMatchObject({ status: 422 });
  });
});

describe("a post", () => {
  test("with an image for adults goes to no public gallery, and says how to mend it", async () => {
    const [fine, mature, channel] = [await approved(ada.client), await approved(ada.client), await gallery(ada.client)];
    await ada.client.changeImage({ params: { id: mature.id }, body: { rating: "mature" } });
    const post = { channelIds: [channel.id], imageIds: [fine.id, mature.id], caption: "Two of them" };
    const { findings } = await ada.client.preflightPost({ body: post });
    expect(findings.filter(({ severity }) => severity === "error")).toMatchObject([
      { rule: "rating-not-allowed", fix: { imageIds: [fine.id] } },
    ]);
    await expect(ada.client.createPost({ body: post })).rejects.toMatchObject({ status: 422 });
  });

  test("that was to go out is held when its image turns out to be for adults", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const { id } = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], caption: "One" } });
    await ada.client.changeImage({ params: { id: image.id }, body: { rating: "mature" } });
    await expect(ada.client.publishPost({ params: { id } })).rejects.toMatchObject({ status: 422 });
  });

  test("says nothing that is never published", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const body = { channelIds: [channel.id], imageIds: [image.id], caption: one("forbidden") };
    expect((await ada.client.preflightPost({ body })).findings).toContainEqual(expect.objectContaining({ rule: "words-refused" }));
    await expect(ada.client.createPost({ body })).rejects.toMatchObject({ status: 422 });
  });
});

test("a date of birth is one's own to give and to forget, and no day to come", async () => {
  expect((await ada.client.changeMe({ body: { dateOfBirth: "1990-04-30" } })).dateOfBirth).toBe("1990-04-30");
  await expect(ada.client.changeMe({ body: { dateOfBirth: "2199-01-01" } })).rejects.toMatchObject({ status: 422 });
  await expect(ada.client.changeMe({ body: { dateOfBirth: "1990-02-30" } })).rejects.toMatchObject({ status: 422 });
  expect((await ada.client.changeMe({ body: { dateOfBirth: null } })).dateOfBirth).toBeUndefined();
});
