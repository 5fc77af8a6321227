import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3ServiceException,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startS3 } from "./server.fixture.ts";

const Bucket = "media";
let local: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  local = await startS3({ pathPrefix: "/s3" });
});
afterAll(() => local.stop());

const put = (Key: string, Body: string | Buffer, more = {}) => local.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more = {}) => local.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string, more = {}) => (await get(Key, more)).Body?.transformToString();
const refused = async (call: Promise<unknown>): Promise<S3ServiceException> =>
  call.then(
    () => expect.fail("The call should have been refused."),
    (error) => error,
  );

test("an object comes back to the byte, with its MD5 as tag, its headers and its metadata", async () => {
  const body = randomBytes(100_000);
  const md5 = createHash("md5").update(body).digest("hex");
  const kept = {
    ContentType: "image/png",
    CacheControl: "max-age=60",
    ContentDisposition: 'attachment; filename="a.png"',
    Metadata: { owner: "acc_1" },
  };
  expect(await put("a.png", body, kept)).toMatchObject({ ETag: `"${md5}"` });
  const got = await get("a.png");
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(body);
  expect(got).toMatchObject({ ...kept, ETag: `"${md5}"`, ContentLength: 100_000, AcceptRanges: "bytes" });
  expect(await local.client.send(new HeadObjectCommand({ Bucket, Key: "a.png" }))).toMatchObject({ ...kept, ContentLength: 100_000 });
});

test("an empty object is an object", async () => {
  await put("empty", "");
  expect(await text("empty")).toBe("");
  expect(await get("empty")).toMatchObject({
    ContentLength: 0,
    ETag: '"d41d8cd98f00b204e9800998ecf8427e"',
    ContentType: "application/octet-stream",
  });
});

test("keys may hold anything, and lead nowhere on the disk", async () => {
  const keys = [
    "a b+c%20d.txt",
    "ü/漢字/😀",
    "a//b",
    "/leading",
    "../../etc/passwd",
    "dir/",
    "q?x=1&y#z",
    "'quotes\"<&>(!*)~",
    "a/./b",
    "%2F",
  ];
  for (const key of keys) await put(key, `body of ${key}`);
  for (const key of keys) expect(await text(key)).toBe(`body of ${key}`);
  const files = readdirSync(join(local.folder, "objects"));
  expect(files.every((file) => /^[0-9a-f-]{36}$/.test(file))).toBe(true);
});

test("ranges give their bytes: from and to, open, suffix, and past the end", async () => {
  await put("range", "0123456789");
  expect(await text("range", { Range: "bytes=2-4" })).toBe("234");
  expect(await text("range", { Range: "bytes=7-" })).toBe("789");
  expect(await text("range", { Range: "bytes=-3" })).toBe("789");
  expect(await text("range", { Range: "bytes=-99" })).toBe("0123456789");
  const past = await get("range", { Range: "bytes=8-99" });
  expect(past).toMatchObject({ ContentRange: "bytes 8-9/10", ContentLength: 2, $metadata: { httpStatusCode: 206 } });
  expect((await refused(get("range", { Range: "bytes=10-" }))).name).toBe("InvalidRange");
  expect((await refused(get("range", { Range: "bytes=-0" }))).name).toBe("InvalidRange");
  expect(await text("range", { Range: "bytes=4-2" })).toBe("0123456789");
  expect(await text("range", { Range: "lines=1-2" })).toBe("0123456789");
});

test("a range that is for another version than the one there gives the whole", async () => {
  const { ETag = "" } = await put("versions", "0123456789");
  const url = await getSignedUrl(local.client, new GetObjectCommand({ Bucket, Key: "versions" }));
  const ask = async (ifRange: string) => {
    const response = await fetch(url, { headers: { range: "bytes=2-4", "if-range": ifRange } });
    return [response.status, await response.text()];
  };
  expect(await ask(ETag)).toEqual([206, "234"]);
  expect(await ask('"another"')).toEqual([200, "0123456789"]);
  const date = (await fetch(url)).headers.get("last-modified") ?? "";
  expect(await ask(date)).toEqual([206, "234"]);
  expect(await ask(new Date(0).toUTCString())).toEqual([200, "0123456789"]);
});

test("conditions on a read answer 304 or 412", async () => {
  const { ETag } = await put("conditional", "x");
  expect((await refused(get("conditional", { IfNoneMatch: ETag }))).$metadata.httpStatusCode).toBe(304);
  expect(await text("conditional", { IfNoneMatch: '"other"' })).toBe("x");
  expect(await text("conditional", { IfMatch: ETag })).toBe("x");
  expect((await refused(get("conditional", { IfMatch: '"other"' }))).name).toBe("PreconditionFailed");
  expect((await refused(get("conditional", { IfModifiedSince: new Date(local.clock.now() + 5_000) }))).$metadata.httpStatusCode).toBe(304);
});

test("a read may replace the headers of its answer", async () => {
  await put("override", "x", { ContentType: "text/plain" });
  const got = await get("override", { ResponseContentType: "image/webp", ResponseContentDisposition: 'attachment; filename="ü.webp"' });
  expect(got).toMatchObject({ ContentType: "image/webp" });
});

test("a write with If-None-Match: * only makes what is not there, also when several race for it", async () => {
  const racing = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => put("once", `writer ${i}`, { IfNoneMatch: "*" })));
  expect(racing.filter((write) => write.status === "fulfilled")).toHaveLength(1);
  const lost = racing.flatMap((write) => (write.status === "rejected" ? [write.reason.name] : []));
  expect(new Set(lost)).toEqual(new Set(["PreconditionFailed"]));
});

test("a write with If-Match only replaces what its caller has seen", async () => {
  const { ETag } = await put("seen", "1");
  await put("seen", "2", { IfMatch: ETag });
  expect((await refused(put("seen", "3", { IfMatch: ETag }))).name).toBe("PreconditionFailed");
  expect((await refused(put("unseen", "1", { IfMatch: ETag }))).name).toBe("NoSuchKey");
  expect(await text("seen")).toBe("2");
});

test("readers of an object that is being overwritten see one version whole, and no file of an old version stays", async () => {
  const versions = ["a", "b", "c", "d"].map((letter) => letter.repeat(200_000));
  await put("swap", versions[0] ?? "");
  const files = readdirSync(join(local.folder, "objects")).length;
  const writing = (async () => {
    for (let round = 0; round < 12; round += 1) await put("swap", versions[round % versions.length] ?? "");
  })();
  const read = await Promise.all(Array.from({ length: 24 }, () => text("swap")));
  await writing;
  expect(read.every((body) => versions.includes(body ?? ""))).toBe(true);
  expect(readdirSync(join(local.folder, "objects"))).toHaveLength(files);
});

test("a copy keeps the metadata or replaces it, within a bucket and between two", async () => {
  await put("from ü+1", "copied", { ContentType: "text/plain", Metadata: { a: "1" } });
  const CopySource = `${Bucket}/${encodeURIComponent("from ü+1")}`;
  const { CopyObjectResult } = await local.client.send(new CopyObjectCommand({ Bucket: "other", Key: "to", CopySource }));
  const there = await local.client.send(new GetObjectCommand({ Bucket: "other", Key: "to" }));
  expect(there).toMatchObject({ ContentType: "text/plain", Metadata: { a: "1" }, ETag: CopyObjectResult?.ETag });
  expect(await there.Body?.transformToString()).toBe("copied");
  await local.client.send(
    new CopyObjectCommand({
      Bucket,
      Key: "from ü+1",
      CopySource,
      MetadataDirective: "REPLACE",
      ContentType: "text/css",
      Metadata: { b: "2" },
    }),
  );
  expect(await get("from ü+1")).toMatchObject({ ContentType: "text/css", Metadata: { b: "2" } });
  expect((await refused(local.client.send(new CopyObjectCommand({ Bucket, Key: "from ü+1", CopySource })))).name).toBe("InvalidRequest");
  const missing = local.client.send(new CopyObjectCommand({ Bucket, Key: "x", CopySource: `${Bucket}/nothing` }));
  expect((await refused(missing)).name).toBe("NoSuchKey");
});

test("a delete succeeds whether or not there was anything, alone and in number", async () => {
  await put("gone <&> 1", "x");
  await put("gone 2", "x");
  await local.client.send(new DeleteObjectCommand({ Bucket, Key: "never there" }));
  const answer = await local.client.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "gone <&> 1" }, { Key: "gone 2" }, { Key: "never there" }] } }),
  );
  expect(answer.Deleted?.map((entry) => entry.Key)).toEqual(["gone <&> 1", "gone 2", "never there"]);
  expect((await refused(get("gone <&> 1"))).name).toBe("NoSuchKey");
  const quiet = await local.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: [{ Key: "x" }] } }));
  expect(quiet.Deleted).toBeUndefined();
});

test("what is not there is refused by its name: object, bucket, operation, parameter", async () => {
  expect((await refused(get("nothing"))).name).toBe("NoSuchKey");
  expect((await refused(local.client.send(new HeadObjectCommand({ Bucket, Key: "nothing" })))).name).toBe("NotFound");
  expect((await refused(local.client.send(new ListObjectsV2Command({ Bucket: "nowhere" })))).name).toBe("NoSuchBucket");
  const tagging = await refused(local.client.send(new PutObjectTaggingCommand({ Bucket, Key: "a", Tagging: { TagSet: [] } })));
  expect(tagging).toMatchObject({ name: "NotImplemented", message: expect.stringContaining("tagging") });
  expect((await refused(put("a", "x", { ACL: "public-read" }))).message).toContain("x-amz-acl");
  expect((await refused(get("a", { VersionId: "1" }))).message).toContain("versionId");
  expect((await refused(put("k".repeat(1_025), "x"))).name).toBe("KeyTooLongError");
  expect((await refused(put("a", "x", { Metadata: { big: "x".repeat(2_046) } }))).name).toBe("MetadataTooLarge");
});
