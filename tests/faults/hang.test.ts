import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { faults, type Order } from "../harness/faults.ts";
import { ownAtelier } from "../harness/own.ts";
import { type Person, signUp } from "../harness/person.ts";
import { seeds } from "../harness/seeds.ts";
import { approved, entriesOf, gallery, settled } from "../harness/work.ts";

const { url } = await ownAtelier();
const trouble = faults({ url });
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});
afterEach(() => trouble.clear());

describe.each(seeds)("a service that does not answer, seed %i", () => {
  test("is asked again before anybody who waits has lost patience", async () => {
    await trouble.add({ service: "dynamodb", call: "Query", function: "HttpImages", fault: "hang", times: 1 });
    const begun = performance.now();
    await ada.client.listImages();
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect((await trouble.rules()).map((rule) => rule.applied)).toEqual([1]);
  });

  test("holds up no worker: each of its calls has a deadline, and the post goes out with its first worker", async () => {
    const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
    const orders: Order[] = [
      { service: "sqs", call: "SendMessage" },
      { service: "s3", call: "CopyObject" },
      { service: "dynamodb", call: "PutItem", match: `feed/${channel.id}` },
    ];
    for (const order of orders) await trouble.add({ ...order, function: "PublishPost", fault: "hang", times: 1 });
    const { id } = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], now: true } });
    const post = await settled(ada.client, id, 60_000);
    expect(post).toMatchObject({ state: "published", deliveries: [{ attempts: [{ outcome: "published" }] }] });
    expect((await trouble.rules()).map((rule) => rule.applied)).toEqual([1, 1, 1]);
    expect(await entriesOf(channel)).toHaveLength(1);
  });
});
