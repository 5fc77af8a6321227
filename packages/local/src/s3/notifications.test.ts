import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { afterEach, expect, test, vi } from "vitest";
import type { S3Event, S3EventRecord } from "./index.ts";
import { startS3 } from "./server.fixture.ts";

const Bucket = "media";
const day = 24 * 60 * 60 * 1000;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server whose deliveries are kept; `fail` may refuse one by throwing. */
async function start({ folder, fail }: { folder?: string; fail?: (target: string) => void } = {}) {
  const delivered: { target: string; event: S3Event }[] = [];
  const local = await startS3({
    ...(folder !== undefined && { folder }),
    notify(target, event) {
      fail?.(target);
      delivered.push({ target, event });
    },
  });
  const records = (target = "arn:q") =>
    delivered.flatMap((delivery): S3EventRecord[] =>
      delivery.target === target && "Records" in delivery.event ? delivery.event.Records : [],
    );
  const settled = () => vi.waitFor(() => expect(local.s3.outstanding()).toBe(0), { timeout: 5_000, interval: 5 });
  const put = (Key: string, Body = "hello") => local.client.send(new PutObjectCommand({ Bucket, Key, Body }));
  return { ...local, delivered, records, settled, put };
}

test("an event has the shape of S3's, with an encoded key and a sequencer that grows for each key", async () => {
  const local = await start();
  stops.push(local.stop);
  local.s3.defineBucket({ name: Bucket, notifications: [{ id: "arrivals", events: ["s3:ObjectCreated:*"], target: "arn:q" }] });
  await local.put("incoming/ü 1+(2).png");
  for (let size = 6; size < 26; size += 1) await local.put("incoming/ü 1+(2).png", "x".repeat(size));
  await local.settled();
  const records = local.records();
  expect(records[0]).toMatchObject({
    eventSource: "aws:s3",
    awsRegion: "eu-west-1",
    eventName: "ObjectCreated:Put",
    eventTime: expect.stringMatching(/^\d{4}-.*Z$/),
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "arrivals",
      bucket: { name: Bucket, arn: "arn:aws:s3:::media" },
      object: { key: "incoming/%C3%BC+1%2B%282%29.png", size: 5, eTag: "5d41402abc4b2a76b9719d911017c592" },
    },
  });
  const inOrder = records.map(({ s3 }) => s3.object).sort((a, b) => (a.sequencer < b.sequencer ? -1 : 1));
  expect(inOrder.map(({ size }) => size)).toEqual(Array.from({ length: 21 }, (_, index) => index + 5));
});

test("rules filter by event, prefix and suffix", async () => {
  const local = await start();
  stops.push(local.stop);
  local.s3.defineBucket({
    name: Bucket,
    notifications: [
      { id: "1", events: ["s3:ObjectCreated:*"], prefix: "in/", suffix: ".png", target: "arn:created" },
      { id: "2", events: ["s3:ObjectCreated:Copy"], target: "arn:copied" },
      { id: "3", events: ["s3:ObjectRemoved:*"], target: "arn:removed" },
      { id: "4", events: ["s3:ObjectCreated:Post"], target: "arn:posted" },
    ],
  });
  await local.put("in/a.png");
  await local.put("in/a.jpg");
  await local.put("out/a.png");
  await local.client.send(new CopyObjectCommand({ Bucket, Key: "in/b.png", CopySource: `${Bucket}/in/a.png` }));
  await local.client.send(new DeleteObjectCommand({ Bucket, Key: "out/a.png" }));
  await local.client.send(new DeleteObjectCommand({ Bucket, Key: "never there" }));
  const { url, fields } = await createPresignedPost(local.client, { Bucket, Key: "form" });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob(["x"]));
  await fetch(url, { method: "POST", body: form });
  await local.settled();
  const seen = (target: string) =>
    local
      .records(target)
      .map((record) => `${record.eventName} ${record.s3.object.key}`)
      .sort();
  expect(seen("arn:created")).toEqual(["ObjectCreated:Copy in/b.png", "ObjectCreated:Put in/a.png"]);
  expect(seen("arn:copied")).toEqual(["ObjectCreated:Copy in/b.png"]);
  expect(seen("arn:removed")).toEqual(["ObjectRemoved:Delete out/a.png"]);
  expect(seen("arn:posted")).toEqual(["ObjectCreated:Post form"]);
});

test("a target gets one test event when it is first configured, and no other", async () => {
  const local = await start();
  stops.push(local.stop);
  const notifications = [{ id: "1", events: ["s3:ObjectCreated:*"], target: "arn:q" }];
  local.s3.defineBucket({ name: Bucket, notifications });
  local.s3.defineBucket({ name: Bucket, notifications });
  await local.settled();
  expect(local.delivered).toEqual([{ target: "arn:q", event: expect.objectContaining({ Event: "s3:TestEvent", Bucket }) }]);
});

test("a delivery that fails is made again until it succeeds, and holds up no other target", async () => {
  let failures = 0;
  const local = await start({
    fail(target) {
      if (target === "arn:slow" && failures++ < 3) throw new Error("not now");
    },
  });
  stops.push(local.stop);
  local.s3.defineBucket({
    name: Bucket,
    notifications: ["arn:slow", "arn:q"].map((target) => ({ id: target, events: ["s3:ObjectCreated:*"], target })),
  });
  await local.put("a");
  await vi.waitFor(() => expect(local.records("arn:q")).toHaveLength(1), { interval: 5 });
  await local.settled();
  expect(local.records("arn:slow")).toHaveLength(1);
  expect(failures).toBeGreaterThan(3);
});

test("notifications that were not delivered before a restart are delivered after it", async () => {
  const before = await start({
    fail() {
      throw new Error("the target is down");
    },
  });
  before.s3.defineBucket({ name: Bucket, notifications: [{ id: "1", events: ["s3:ObjectCreated:*"], target: "arn:q" }] });
  await before.put("kept");
  await before.stop({ keep: true });

  const after = await start({ folder: before.folder });
  stops.push(after.stop);
  await after.settled();
  expect(after.records().map((record) => record.s3.object.key)).toEqual(["kept"]);
});

test("objects expire at the midnight after their last day, under their prefix only, with an event", async () => {
  const local = await start();
  stops.push(local.stop);
  local.s3.defineBucket({
    name: Bucket,
    lifecycle: [{ prefix: "incoming/", days: 2 }],
    notifications: [{ id: "1", events: ["s3:LifecycleExpiration:*"], target: "arn:q" }],
  });
  await local.put("incoming/old");
  await local.put("images/old");
  const midnight = (Math.floor(local.clock.now() / day) + 3) * day;
  local.clock.turnTo(midnight - 60_000 - Date.now());
  expect(await local.s3.sweep()).toBe(0);
  await local.put("incoming/new");
  local.clock.turnTo(midnight + 60_000 - Date.now());
  expect(await local.s3.sweep()).toBe(1);
  await local.settled();
  expect(local.records().map((record) => `${record.eventName} ${record.s3.object.key}`)).toEqual([
    "LifecycleExpiration:Delete incoming/old",
  ]);
});
