import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOf, startS3 } from "./server.fixture.ts";

const Bucket = "media";
const partBytes = 5 * 1024 * 1024;
const dayMs = 86_400_000;

let local: Awaited<ReturnType<typeof startS3>>;
const events: string[] = [];
beforeAll(async () => {
  local = await startS3({ notify: (_target, event) => void ("Records" in event && events.push(JSON.stringify(event.Records[0]))) });
  local.s3.defineBucket({ name: Bucket, notifications: [{ id: "all", events: ["s3:ObjectCreated:*"], target: "arn:aws:sqs:x:0:q" }] });
});
afterAll(() => local.stop());

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();
const filesOf = (folder = local.folder) => readdirSync(join(folder, "objects")).length;

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}, client: S3Client = local.client) {
  const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return { Bucket, Key, UploadId };
}
type Begun = Awaited<ReturnType<typeof begin>>;

const send = async (upload: Begun, PartNumber: number, Body: Uint8Array, client: S3Client = local.client) => {
  const { ETag, ChecksumSHA256 } = await client.send(
    new UploadPartCommand({ ...upload, PartNumber, Body, ...(upload.Key.startsWith("sha256") && { ChecksumAlgorithm: "SHA256" }) }),
  );
  return { PartNumber, ETag, ...(ChecksumSHA256 && { ChecksumSHA256 }) };
};
type Sent = Awaited<ReturnType<typeof send>>;
const complete = (upload: Begun, Parts: Sent[], more: { IfNoneMatch?: string } = {}, client: S3Client = local.client) =>
  client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }));
const read = async (Key: string, client: S3Client = local.client) =>
  (await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToByteArray()) ?? new Uint8Array();

test("parts sent in any order become one object to the byte, with the tag that S3 computes, its headers and one event", async () => {
  const bodies = [randomBytes(partBytes), randomBytes(partBytes + 1), randomBytes(10)];
  const upload = await begin("whole", { ContentType: "image/png", Metadata: { a: "1" } });
  const sent = await Promise.all([3, 1, 7].map((number, index) => send(upload, number, bodies[[1, 0, 2][index] ?? 0] ?? Buffer.alloc(0))));
  const parts = sent.toSorted((a, b) => a.PartNumber - b.PartNumber);
  await expect(read("whole")).rejects.toMatchObject({ name: "NoSuchKey" });

  const { ETag, Location } = await complete(upload, parts);
  expect(ETag).toBe(
    `"${createHash("md5")
      .update(Buffer.concat(bodies.map(md5)))
      .digest("hex")}-3"`,
  );
  expect(Location).toBe(`${local.url}/media/whole`);
  expect(md5(await read("whole"))).toEqual(md5(Buffer.concat(bodies)));
  const head = await local.client.send(new HeadObjectCommand({ Bucket, Key: "whole" }));
  expect(head).toMatchObject({ ETag, ContentType: "image/png", Metadata: { a: "1" }, ContentLength: 2 * partBytes + 11 });
  const told = events.map((event) => JSON.parse(event)).filter((event) => event.s3.object.key === "whole");
  expect(told).toEqual([
    expect.objectContaining({
      eventName: "ObjectCreated:CompleteMultipartUpload",
      s3: expect.objectContaining({ object: expect.objectContaining({ size: 2 * partBytes + 11, eTag: ETag?.replaceAll('"', "") }) }),
    }),
  ]);
  await expect(complete(upload, parts)).rejects.toMatchObject({ name: "NoSuchUpload" });
});

test("a range may span the parts' border", async () => {
  const body = randomBytes(partBytes + 20);
  const upload = await begin("border");
  await complete(upload, [await send(upload, 1, body.subarray(0, partBytes)), await send(upload, 2, body.subarray(partBytes))]);
  const Range = `bytes=${partBytes - 5}-${partBytes + 4}`;
  const got = await local.client.send(new GetObjectCommand({ Bucket, Key: "border", Range }));
  expect(got).toMatchObject({ ContentRange: `${Range.replace("=", " ")}/${body.length}`, $metadata: { httpStatusCode: 206 } });
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(body.subarray(partBytes - 5, partBytes + 5));
});

test("a part sent again takes the place of the one before, and no file of the old one stays", async () => {
  const before = filesOf();
  const upload = await begin("again");
  const old = await send(upload, 1, Buffer.from("old"));
  const parts = [await send(upload, 1, Buffer.from("new"))];
  await expect(complete(upload, [old])).rejects.toMatchObject({ name: "InvalidPart" });
  await complete(upload, parts);
  expect(Buffer.from(await read("again")).toString()).toBe("new");
  expect(filesOf()).toBe(before + 1);
});

test("parts that the completion does not name are thrown away", async () => {
  const before = filesOf();
  const upload = await begin("chosen");
  const first = await send(upload, 1, Buffer.from("kept"));
  await send(upload, 2, Buffer.from("thrown away"));
  await complete(upload, [first]);
  expect(Buffer.from(await read("chosen")).toString()).toBe("kept");
  expect(filesOf()).toBe(before + 1);
});

test("with checksums asked for, parts must carry them and the object gets that of its parts", async () => {
  const bodies = [randomBytes(partBytes), randomBytes(3)];
  const upload = await begin("sha256/whole", { ChecksumAlgorithm: "SHA256" });
  const parts = [await send(upload, 1, bodies[0] ?? Buffer.alloc(0)), await send(upload, 2, bodies[1] ?? Buffer.alloc(0))];
  const sums = Buffer.concat(bodies.map((body) => createHash("sha256").update(body).digest()));
  const { ChecksumSHA256 } = await complete(upload, parts);
  expect(ChecksumSHA256).toBe(`${createHash("sha256").update(sums).digest("base64")}-2`);
  const got = await local.client.send(new HeadObjectCommand({ Bucket, Key: "sha256/whole", ChecksumMode: "ENABLED" }));
  expect(got).toMatchObject({ ChecksumSHA256, ChecksumType: "COMPOSITE" });
  const without = await begin("plain", { ChecksumAlgorithm: "SHA256" });
  await expect(send(without, 1, Buffer.from("x"))).rejects.toMatchObject({ name: "InvalidRequest" });
});

describe("a completion is refused", () => {
  test("for parts out of order, twice, unknown, with a wrong tag, or for none at all", async () => {
    const upload = await begin("refused");
    const [one, two] = [await send(upload, 1, randomBytes(partBytes)), await send(upload, 2, Buffer.from("x"))];
    const refusals: [Sent[], string][] = [
      [[two, one], "InvalidPartOrder"],
      [[one, one], "InvalidPartOrder"],
      [[one, { ...two, PartNumber: 3 }], "InvalidPart"],
      [[{ ...one, ETag: two.ETag }], "InvalidPart"],
      [[], "MalformedXML"],
    ];
    for (const [parts, name] of refusals) await expect(complete(upload, parts)).rejects.toMatchObject({ name });
    await complete(upload, [one, two]);
  });

  test("for a part under 5 MiB that is not the last", async () => {
    const upload = await begin("small");
    const parts = [await send(upload, 1, randomBytes(partBytes - 1)), await send(upload, 2, randomBytes(10))];
    await expect(complete(upload, parts)).rejects.toMatchObject({ name: "EntityTooSmall" });
    await expect(read("small")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  test("where the object must not be there yet, and the upload stays", async () => {
    const first = await begin("once");
    const second = await begin("once");
    await complete(first, [await send(first, 1, Buffer.from("first"))], { IfNoneMatch: "*" });
    const parts = [await send(second, 1, Buffer.from("second"))];
    await expect(complete(second, parts, { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
    expect(Buffer.from(await read("once")).toString()).toBe("first");
    await complete(second, parts);
  });

  test("of several at once for all but one", async () => {
    const upload = await begin("race");
    const parts = [await send(upload, 1, randomBytes(partBytes)), await send(upload, 2, randomBytes(10))];
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => complete(upload, parts)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ name: "NoSuchUpload" });
    expect((await read("race")).length).toBe(partBytes + 10);
  });
});

describe("an upload", () => {
  test("that is aborted is gone with its parts", async () => {
    const before = filesOf();
    const upload = await begin("aborted");
    await send(upload, 1, Buffer.from("x"));
    await local.client.send(new AbortMultipartUploadCommand(upload));
    expect(filesOf()).toBe(before);
    for (const call of [
      () => send(upload, 2, Buffer.from("x")),
      () => local.client.send(new ListPartsCommand(upload)),
      () => local.client.send(new AbortMultipartUploadCommand(upload)),
    ])
      await expect(call()).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  test("is its key's own", async () => {
    const upload = await begin("mine");
    await expect(send({ ...upload, Key: "yours" }, 1, Buffer.from("x"))).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  test("takes part numbers from 1 to 10,000, and no copies as parts", async () => {
    const upload = await begin("numbers");
    for (const number of [0, 10_001])
      await expect(send(upload, number, Buffer.from("x"))).rejects.toMatchObject({ name: "InvalidArgument" });
    await send(upload, 10_000, Buffer.from("x"));
    await expect(
      local.client.send(new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource: "media/whole" })),
    ).rejects.toMatchObject({ name: "NotImplemented" });
  });

  test("lists its parts in pages", async () => {
    const upload = await begin("listed");
    for (const number of [5, 2, 9]) await send(upload, number, Buffer.from("x".repeat(number)));
    const first = await local.client.send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
    expect(first.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [2, 2],
      [5, 5],
    ]);
    expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: "5" });
    const second = await local.client.send(new ListPartsCommand({ ...upload, PartNumberMarker: first.NextPartNumberMarker }));
    expect(second).toMatchObject({
      IsTruncated: false,
      Parts: [{ PartNumber: 9, Size: 9, ETag: `"${md5(Buffer.from("x".repeat(9))).toString("hex")}"` }],
    });
  });

  test("is listed with its bucket's others, by prefix and in pages, until it ends", async () => {
    const begun = [];
    for (const key of ["list/b", "list/a", "list/a", "elsewhere"]) begun.push(await begin(key));
    const seen: (string | undefined)[] = [];
    let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (let more = true; more; ) {
      const page = await local.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "list/", MaxUploads: 1, ...marker }));
      seen.push(...(page.Uploads ?? []).map(({ Key }) => Key));
      marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
      more = page.IsTruncated ?? false;
    }
    expect(seen).toEqual(["list/a", "list/a", "list/b"]);
    for (const upload of begun) await local.client.send(new AbortMultipartUploadCommand(upload));
    const none = await local.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "list/" }));
    expect(none.Uploads ?? []).toEqual([]);
  });

  test("that nobody ends is swept by its bucket's rule, with its parts", async () => {
    const swept = await startS3();
    swept.s3.defineBucket({ name: Bucket, lifecycle: [{ prefix: "incoming/", abortUploadsAfterDays: 1 }] });
    const [old, other] = [await begin("incoming/old", {}, swept.client), await begin("other", {}, swept.client)];
    await send(old, 1, Buffer.from("x"), swept.client);
    await swept.s3.sweep();
    expect(filesOf(swept.folder)).toBe(1);
    swept.clock.turnTo(2 * dayMs);
    const young = await begin("incoming/young", {}, swept.client);
    await swept.s3.sweep();
    expect(filesOf(swept.folder)).toBe(0);
    const { Uploads } = await swept.client.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads?.map(({ UploadId }) => UploadId)).toEqual([young.UploadId, other.UploadId]);
    await swept.stop();
  });

  test("outlives a restart with its parts", async () => {
    const before = await startS3();
    const upload = await begin("slow", {}, before.client);
    const first = await send(upload, 1, Buffer.from("before, "), before.client);
    await before.stop({ keep: true });
    const after = await startS3({ folder: before.folder });
    await complete(upload, [first], {}, after.client);
    expect(Buffer.from(await read("slow", after.client)).toString()).toBe("before, ");
    await after.stop();
  });
});

test("a server killed while it completes uploads leaves each object whole or not at all, and nothing else on the disk", async () => {
  const folder = mkdtempSync(join(tmpdir(), "s3-"));
  const child = spawn(process.execPath, [join(import.meta.dirname, "server.fixture.ts"), folder], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  const client = clientOf(url);
  const body = randomBytes(partBytes);
  const keys = Array.from({ length: 8 }, (_, n) => `object-${n}`);
  const ready: [Begun, Sent[]][] = [];
  for (const key of keys) {
    const upload = await begin(key, {}, client);
    ready.push([upload, [await send(upload, 1, body, client), await send(upload, 2, Buffer.from(key), client)]]);
  }
  const acknowledged = new Set<string>();
  await Promise.allSettled(
    ready.map(async ([upload, parts]) => {
      await complete(upload, parts, {}, client);
      acknowledged.add(upload.Key);
      if (acknowledged.size === 2) child.kill("SIGKILL");
    }),
  );
  await exited;
  client.destroy();

  const after = await startS3({ folder });
  let whole = 0;
  for (const [upload, parts] of ready) {
    const got = await read(upload.Key, after.client).catch(() => undefined);
    if (got) {
      whole += 1;
      expect(md5(got)).toEqual(md5(Buffer.concat([body, Buffer.from(upload.Key)])));
    } else {
      expect(acknowledged).not.toContain(upload.Key);
      await complete(upload, parts, {}, after.client);
    }
  }
  expect(whole).toBeGreaterThanOrEqual(2);
  expect(filesOf(folder)).toBe(keys.length);
  await after.stop();
});
