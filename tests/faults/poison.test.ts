import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { clockOf } from "../harness/atelier.ts";
import { faults } from "../harness/faults.ts";
import { ownAtelier } from "../harness/own.ts";
import { type Person, signUp } from "../harness/person.ts";
import { quiet } from "../harness/quiet.ts";
import { seeds, tell } from "../harness/seeds.ts";
import { until } from "../harness/until.ts";
import { approved, entriesOf, gallery, settled } from "../harness/work.ts";

const { url } = await ownAtelier();
const trouble = faults({ url });
const clock = clockOf(url);
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});
afterEach(() => trouble.clear());

type Queue = { name: string; visible: number; inFlight: number; deadLetterOf?: string[]; messages?: { body: string }[] };
const queues = async (): Promise<Queue[]> => ((await (await fetch(`${url}/_local/queues`)).json()) as { items: Queue[] }).items;
const deadLetters = async (of = "PublishPost"): Promise<Queue> => {
  const found = (await queues()).find(({ name }) => name.startsWith(`${of}QueueDead`));
  if (!found) throw new Error(`There is no queue for the dead letters of ${of}.`);
  return found;
};
const redrive = async (of?: string): Promise<void> => {
  const { name } = await deadLetters(of);
  const response = await fetch(`${url}/_local/queues`, { method: "POST", body: JSON.stringify({ redrive: name }) });
  expect(response.status).toBe(200);
};

describe.each(seeds)("a message that its worker cannot take, seed %i", (seed) => {
  test("ends among the dead letters after five tries, holds up nobody, and can be sent again without harm", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const write = (caption: string) =>
      ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], caption, scheduledAt: due } });
    const due = new Date((await clock.now()) + 100_000).toISOString();
    const [poison, ...others] = await Promise.all(["poison", "one", "two", "three"].map(write));
    const { id: rule } = await trouble.add({ service: "lambda", call: "PublishPost", fault: "dropBefore", match: poison?.id });
    await clock.advance(101_000);
    for (const { id } of others) expect((await settled(ada.client, id)).state).toBe("published");

    // Each try is as far from the one before as the queue's visibility, six minutes.
    const visibilityMs = 361_000;
    await until(
      "the dead letter",
      async () => {
        if ((await deadLetters()).visible > 0) return true;
        await clock.advance(visibilityMs);
        await quiet(url);
        return false;
      },
      60_000,
    );
    const { messages = [] } = await deadLetters();
    expect(messages.every(({ body }) => body.includes(poison?.id ?? ""))).toBe(true);
    const tries = (await trouble.rules()).find(({ id }) => id === rule)?.applied ?? 0;
    expect(tries).toBeGreaterThanOrEqual(5);
    tell("poison", seed, { tries, deadLetters: (await deadLetters()).visible });
    expect(await entriesOf(channel)).toHaveLength(others.length);

    await trouble.clear();
    await redrive();
    expect((await settled(ada.client, poison?.id ?? "")).state).toBe("published");
    // What was on its way meanwhile ends there too, and is sent again as well.
    await until("the end of all messages", async () => {
      await redrive();
      await clock.advance(61_000);
      return (await queues()).every(({ name, visible, inFlight }) => !name.startsWith("PublishPostQueue") || visible + inFlight === 0);
    });
    expect((await entriesOf(channel)).map((entry) => entry.content_text).sort()).toEqual(["one", "poison", "three", "two"]);
  });
});

test("an upload over which five workers have died is told to its owner, and is examined once its message is sent again", async () => {
  const bytes = await (await fetch((await approved(ada.client)).urls.original ?? "")).arrayBuffer();
  await trouble.add({ service: "s3", call: "GetObject", function: "ProcessImage", fault: "killBefore" });
  const { imageId, upload } = await ada.client.uploadImage({
    body: { fileName: "mine.png", contentType: "image/png", bytes: bytes.byteLength },
  });
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.set(name, value);
  form.set("file", new Blob([bytes]));
  expect((await fetch(upload.url, { method: upload.method, body: form })).status).toBeLessThan(300);
  const mine = () => ada.client.getImage({ params: { id: imageId } });
  await until(
    "the end of the tries",
    async () => {
      // One try after the other, as in time that nobody turns: a worker would take others' tries with it.
      await quiet(url);
      if ((await mine()).state !== "processing" && (await deadLetters("ProcessImage")).visible > 0) return true;
      await clock.advance(31_000);
      return false;
    },
    60_000,
  );
  expect(await mine()).toMatchObject({ state: "quarantined", quarantine: { reason: "not_examined" } });

  await trouble.clear();
  await redrive("ProcessImage");
  await until("the image in review", async () => (await mine()).state === "in_review");
  expect((await mine()).quarantine).toBeUndefined();
});
