import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { clockOf } from "../harness/atelier.ts";
import { faults } from "../harness/faults.ts";
import { ownAtelier } from "../harness/own.ts";
import { type Person, signUp } from "../harness/person.ts";
import { seeds } from "../harness/seeds.ts";
import { until } from "../harness/until.ts";
import { approved, entriesOf, finished, gallery, settled } from "../harness/work.ts";

const { url } = await ownAtelier();
const trouble = faults({ url });
const clock = clockOf(url);
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});
afterEach(() => trouble.clear());

const held = (id: string) =>
  until("the call that hangs", async () => (await trouble.rules()).some((rule) => rule.id === id && rule.applied === 1));

describe.each(seeds)("a worker that is slower than its lease, seed %i", () => {
  test("has its generation taken over, and its late word is refused", async () => {
    // It has drawn the first image and written what that has cost, as far as it knows.
    const { id: rule } = await trouble.add({ service: "dynamodb", call: "PutItem", function: "RenderImage", fault: "hang", times: 1 });
    const { id } = await ada.client.requestGeneration({ body: { prompt: "a slow river", width: 64, height: 64, count: 2 } });
    await held(rule);
    await clock.advance(32_000);
    const done = await finished(ada.client, id);
    await trouble.clear(rule);
    expect(done.state).toBe("succeeded");
    const [first, ...others] = done.attempts.map(({ outcome }) => outcome);
    expect(first).toBe("lost");
    expect(new Set(others)).toEqual(new Set(["drawn"]));
    // The slow one is idle again: it has been told.
    await until("the end of the slow worker", async () => {
      const { items } = (await (await fetch(`${url}/_local/functions`)).json()) as { items: { functions: string[]; running: string[] }[] };
      return items.every(({ functions, running }) => !functions.some((name) => name.startsWith("RenderImage")) || running.length === 0);
    });
    expect(await ada.client.getGeneration({ params: { id } })).toEqual(done);
  });

  test("has its post taken over, and there is one", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const { id: rule } = await trouble.add({
      service: "dynamodb",
      call: "PutItem",
      function: "PublishPost",
      match: `feed/${channel.id}`,
      fault: "hang",
      times: 1,
    });
    const { id } = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], now: true } });
    await held(rule);
    await clock.advance(48_000);
    const done = await settled(ada.client, id);
    await trouble.clear(rule);
    expect(done.state).toBe("published");
    expect(done.deliveries[0]?.attempts.map((attempt) => attempt.outcome)).toEqual(["unknown", "published"]);
    await until("the end of the slow worker", async () => {
      const { items } = (await (await fetch(`${url}/_local/functions`)).json()) as { items: { running: string[] }[] };
      return items.every(({ running }) => !running.some((name) => name.startsWith("PublishPost")));
    });
    expect(await entriesOf(channel)).toHaveLength(1);
    expect(await ada.client.getPost({ params: { id } })).toEqual(done);
  });
});
