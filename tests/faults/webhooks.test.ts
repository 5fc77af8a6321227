import { createHash } from "node:crypto";
import type { Generation } from "@atelier/client";
import { failuresMax, pauseMs } from "@atelier/core/capacity";
import { type Fault, type Provider, type ReplicateControls, startGemini, startReplicate } from "@atelier/simulators";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Atelier, removeFolder, startAtelier } from "../harness/atelier.ts";
import { checkedFetch } from "../harness/contract.ts";
import { faults } from "../harness/faults.ts";
import { type Person, signUp } from "../harness/person.ts";
import { until } from "../harness/until.ts";
import { finished } from "../harness/work.ts";

let replicate: Provider & ReplicateControls;
let gemini: Provider;
let atelier: Atelier;
let ada: Person;
beforeAll(async () => {
  replicate = await startReplicate({ webhookRetryMs: [] });
  gemini = await startGemini();
  atelier = await startAtelier({
    environment: {
      REPLICATE_API_TOKEN: replicate.key,
      REPLICATE_BASE_URL: replicate.url,
      REPLICATE_WEBHOOK_SECRET: replicate.webhooks.secret,
      GEMINI_API_KEY: gemini.key,
      GEMINI_BASE_URL: gemini.url,
      VISION_MODEL: "gemini/gemini-3.5-flash-lite",
    },
  });
  ada = await signUp(atelier.url);
});
afterAll(async () => {
  await atelier.kill();
  removeFolder(atelier.dataFolder);
  await Promise.all([replicate.close(), gemini.close()]);
});
beforeEach(() => {
  replicate.behave();
  replicate.release();
});

const get = (id: string) => ada.client.getGeneration({ params: { id } });
const asked = (reference: string) =>
  replicate.requests().filter(({ method, path }) => method === "GET" && path === `/v1/predictions/${reference}`).length;
const deliveriesOf = (reference: string) => replicate.webhooks.deliveries().filter(({ subject }) => subject === reference);

/** A generation that Replicate works on, and that nobody will ask about by himself for half a minute. */
async function underWay(prompt: string): Promise<{ id: string; reference: string }> {
  replicate.hold();
  const { id } = await ada.client.requestGeneration({ body: { prompt, provider: "replicate" } });
  const found = () => replicate.predictions().find((prediction) => prediction.prompt.includes(prompt));
  await until("the request at the provider", async () => found() !== undefined);
  const reference = found()?.id ?? "";
  await until("a lease that is over", async () => (await get(id)).attempts[0] !== undefined);
  await atelier.advance(4_000);
  await until("the first question", async () => asked(reference) > 0);
  // What is five minutes old is asked for every thirty seconds.
  await atelier.advance(5 * 60_000);
  const before = asked(reference);
  await until("the question of after the five minutes", async () => asked(reference) > before && (await queued()) === 0);
  return { id, reference };
}

/** All of Replicate's work is done, and its webhooks were answered like this. */
async function expectAnswers(reference: string, statuses: number[][]): Promise<void> {
  replicate.release();
  const answers = () => deliveriesOf(reference).map(({ attempts }) => attempts);
  await until("the webhooks", async () => answers().flat().length >= statuses.flat().length);
  expect(answers()).toEqual(statuses);
}

const expectPaidOnce = async (done: Generation, prompt: string) => {
  expect(done).toMatchObject({ state: "succeeded", costMicroUsd: 3_000, attempts: [{ outcome: "drawn" }] });
  expect(replicate.predictions().filter((prediction) => prediction.prompt.includes(prompt))).toHaveLength(1);
};

describe("a webhook of Replicate", () => {
  test("brings the question forward, so that nobody waits for the next one", async () => {
    const { id, reference } = await underWay("a told fox");
    const before = await atelier.now();
    await expectAnswers(reference, [[204], [204]]);
    await expectPaidOnce(await finished(ada.client, id), "a told fox");
    expect((await atelier.now()) - before).toBeLessThan(25_000);
  });

  test.each([
    [
      "webhookReplay",
      [
        [204, 204],
        [204, 204],
      ],
    ],
    ["webhookReordered", [[204], [204]]],
  ] as [Fault, number[][]][])("that suffers %s has one effect", async (fault, statuses) => {
    const prompt = `a fox under ${fault}`;
    const { id, reference } = await underWay(prompt);
    replicate.order(fault, { match: reference, times: 2 });
    await expectAnswers(reference, statuses);
    await expectPaidOnce(await finished(ada.client, id), prompt);
    const questions = asked(reference);
    // Signed anew, long after: there is nothing left to ask about.
    for (const { id } of deliveriesOf(reference)) await replicate.webhooks.resend(id);
    await atelier.advance(60_000);
    await until("the queue to be empty", async () => (await queued()) === 0);
    expect(asked(reference)).toBe(questions);
    await expectPaidOnce(await get(id), prompt);
  });

  test.each(["webhookOld", "webhookForged"] as const)(
    "that is such a one as %s makes is refused, and polling brings the picture",
    async (fault) => {
      const prompt = `a fox under ${fault}`;
      const { id, reference } = await underWay(prompt);
      const before = asked(reference);
      replicate.order(fault, { match: reference, times: 2 });
      await expectAnswers(reference, [[403], [403]]);
      expect(asked(reference)).toBe(before);
      expect((await get(id)).state).toBe("rendering");
      await atelier.advance(60_000);
      await expectPaidOnce(await finished(ada.client, id), prompt);
    },
  );

  test("that is lost is not missed", async () => {
    const { id, reference } = await underWay("a fox unheard of");
    replicate.order("webhookLost", { match: reference, times: 2 });
    replicate.release();
    await until("both", async () => deliveriesOf(reference).length === 2);
    await atelier.advance(60_000);
    await expectPaidOnce(await finished(ada.client, id), "a fox unheard of");
  });

  test("is not taken of a provider that signs none", async () => {
    const place = new URL(replicate.webhooks.deliveries()[0]?.url ?? "").search;
    for (const name of ["stability", "sketch", "nobody", "constructor"]) {
      const response = await checkedFetch(`${atelier.url}/v1/webhooks/${name}${place}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      expect([name, response.status]).toEqual([name, 404]);
    }
  });
});

type Waiting = { name: string; visible: number; delayed: number; inFlight: number };

/** The queues of one worker: its own, and that of its dead letters. */
async function queuesOf(worker: string): Promise<Waiting[]> {
  const { items } = (await (await fetch(`${atelier.url}/_local/queues`)).json()) as { items: Waiting[] };
  return items.filter(({ name }) => name.startsWith(worker));
}

/** Messages in the queue of the workers, with those that somebody has in hands. */
const queued = async (): Promise<number> =>
  (await queuesOf("RenderImage")).reduce((sum, { visible, inFlight }) => sum + visible + inFlight, 0);
/** Messages that come later. */
const delayed = async (worker: string): Promise<number> => (await queuesOf(worker)).reduce((sum, one) => sum + one.delayed, 0);

/** Beside webhooks, since both need providers under the test's own hands, and an Atelier that knows them. */
describe("a model that looks at pictures", () => {
  const uploaded = async (person: Person, fileName: string) => {
    const file = await sharp({ create: { width: 800, height: 400, channels: 3, background: "#2851a3" } })
      .png()
      .toBuffer();
    const { imageId, upload } = await person.client.uploadImage({ body: { fileName, contentType: "image/png", bytes: file.length } });
    const form = new FormData();
    for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
    form.append("file", new Blob([new Uint8Array(file)], { type: "image/png" }));
    expect((await fetch(upload.url, { method: "POST", body: form })).status).toBe(204);
    return imageId;
  };

  test("adds tags to an upload that is there already, at the workspace's cost; while it is down, uploads have those of their names", async () => {
    const bob = await signUp(atelier.url);
    const shown = (id: string) => bob.client.getImage({ params: { id } });
    const id = await uploaded(bob, "quiet-harbour.png");
    await until("what is seen in it", async () => (await shown(id)).autoTags?.some(({ from }) => from === "picture"));
    const image = await shown(id);
    expect(image).toMatchObject({ state: "in_review", tags: [] });
    expect(image.autoTags).toEqual(
      expect.arrayContaining([
        { tag: "harbour", confidence: 0.94, from: "words" },
        { tag: "wide", confidence: expect.any(Number), from: "picture" },
      ]),
    );
    const ids = async (tag: string) => (await bob.client.listImages({ query: { tag } })).items.map((one) => one.id);
    expect([await ids("wide"), await ids("tall")]).toEqual([[id], []]);
    expect((await bob.client.listTags({})).items).toContainEqual({ tag: "wide", count: 0, automatic: 1 });

    const { items } = await bob.client.listTexts({});
    expect(items).toMatchObject([{ id: id.replace("img_", "txt_"), purpose: "tags", provider: "gemini", outcome: "answered" }]);
    const [call] = gemini
      .predictions()
      .filter(({ parameters }) => "pictures" in parameters)
      .slice(-1);
    expect([items[0]?.costMicroUsd, (await bob.client.listBudgets()).items[0]?.usedMicroUsd]).toEqual([
      call?.costMicroUsd,
      call?.costMicroUsd,
    ]);
    const thumbnail = Buffer.from(await (await fetch(image.urls.thumbnail ?? "")).arrayBuffer());
    const sha256 = createHash("sha256").update(thumbnail).digest("hex");
    expect(call?.parameters).toMatchObject({ pictures: [{ format: "webp", width: 320, sha256 }] });
    expect(atelier.output()).not.toContain(gemini.key);

    gemini.order("unavailable");
    const other = await uploaded(bob, "lighthouse.png");
    const calls = async () => (await bob.client.listTexts({})).items.map(({ outcome, endedAt }) => endedAt && outcome);
    await until("the end of its call", async () => (await calls())[0] === "failed");
    expect(await calls()).toEqual(["failed", "answered"]);
    expect(await shown(other)).toMatchObject({ state: "in_review" });
    expect((await shown(other)).autoTags).toEqual([{ tag: "lighthouse", confidence: 0.95, from: "words" }]);
  });

  test("is waited for while it is paused, which costs nothing, and sees then what has come meanwhile", async () => {
    const eve = await signUp(atelier.url);
    const shown = (id: string) => eve.client.getImage({ params: { id } });
    const calls = async () => (await eve.client.listTexts({})).items;
    const failed = async () => (await calls()).filter(({ endedAt, outcome }) => endedAt !== undefined && outcome === "failed").length;
    gemini.order("unavailable", { times: 2 * failuresMax });
    let [id, before] = ["", 0];
    while ((await delayed("LookAtImage")) === 0) {
      before = await failed();
      id = await uploaded(eve, "harbour.png");
      await until("its failure, or its being sent anew", async () => (await failed()) > before || (await delayed("LookAtImage")) > 0);
    }
    gemini.behave();
    expect(await shown(id)).toMatchObject({ state: "in_review", autoTags: [{ tag: "harbour", from: "words" }] });
    expect(await calls()).toHaveLength(before);

    await until("what is seen in it", async () => {
      await atelier.advance(pauseMs);
      return (await shown(id)).autoTags?.some(({ from }) => from === "picture");
    });
    expect((await calls())[0]).toMatchObject({ id: id.replace("img_", "txt_"), outcome: "answered" });
    expect(await calls()).toHaveLength(before + 1);
  });

  test("is asked once for each image, whether its message comes three times or its worker is killed before the tags are written", async () => {
    const mia = await signUp(atelier.url);
    const trouble = faults(atelier);
    const shown = (id: string) => mia.client.getImage({ params: { id } });
    const calls = async () => (await mia.client.listTexts({})).items.filter(({ outcome }) => outcome === "answered");
    const settledQueue = async () =>
      (await queuesOf("LookAtImage")).every(({ visible, delayed, inFlight }) => visible + delayed + inFlight === 0);

    await trouble.add({ service: "lambda", call: "LookAtImage", fault: "duplicate", copies: 3, times: 1 });
    const thrice = await uploaded(mia, "harbour.png");
    await until("what is seen in it", async () => (await shown(thrice)).autoTags?.some(({ from }) => from === "picture"));
    await until("the end of its copies", settledQueue);
    expect(await calls()).toMatchObject([{ id: thrice.replace("img_", "txt_") }]);

    await trouble.add({ service: "dynamodb", call: "PutItem", function: "LookAtImage", fault: "killBefore", times: 1 });
    const killed = await uploaded(mia, "bridge.png");
    await until("the kill", async () => (await trouble.counts())["dynamodb PutItem killBefore"] === 1);
    // Or its message comes again to the process that is dying.
    await until("its end", async () => /LookAtImage\w+ ended before it answered \(SIGKILL\)/.test(atelier.output()));
    expect(await calls()).toHaveLength(2);
    // Its message comes again when it has been hidden for six minutes.
    await atelier.advance(361_000);
    await until("its second try", settledQueue);
    expect(await calls()).toHaveLength(2);
    expect(await shown(killed)).toMatchObject({ state: "in_review", autoTags: [{ tag: "bridge", from: "words" }] });
    expect((await queuesOf("LookAtImageQueueDead")).map(({ visible }) => visible)).toEqual([0]);
    await trouble.clear();
  });
});
