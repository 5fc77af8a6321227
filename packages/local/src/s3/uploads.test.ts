import { createHash, createHmac, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sha256Hex, signingKey } from "../wire/sigv4.ts";
import { clientOf, key, region, startS3 } from "./server.fixture.ts";

const Bucket = "media";
let local: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  local = await startS3({ pathPrefix: "/s3" });
});
afterAll(() => local.stop());

const stored = async (Key: string) => {
  const got = await local.client.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await got.Body?.transformToByteArray()) ?? []);
};
const codeOf = async (answer: Response) => /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1];
const crc32Of = (body: Buffer) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString("base64");
};

/** Signs a request by hand, as a client that streams signed chunks must. */
function sign(path: string, headers: Record<string, string>, at = new Date()) {
  const amzDate = at.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${amzDate.slice(0, 8)}/${region}/s3/aws4_request`;
  const all: Record<string, string> = { host: new URL(local.url).host, "x-amz-date": amzDate, ...headers };
  const names = Object.keys(all).sort();
  const canonical = [
    "PUT",
    path,
    "",
    ...names.map((name) => `${name}:${all[name]}`),
    "",
    names.join(";"),
    headers["x-amz-content-sha256"],
  ].join("\n");
  const secret = signingKey(key.secretAccessKey, amzDate.slice(0, 8), region, "s3");
  const hmac = (text: string) => createHmac("sha256", secret).update(text).digest("hex");
  const seed = hmac(["AWS4-HMAC-SHA256", amzDate, scope, sha256Hex(canonical)].join("\n"));
  const { host: _host, ...sent } = all;
  sent.authorization = `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${seed}`;
  return { headers: sent, amzDate, scope, seed, hmac };
}

/** Sends `chunks` as signed chunks; `damage` may change the encoded body on its way. */
async function sendSigned(name: string, chunks: Buffer[], { trailer = false, damage = (body: Buffer) => body } = {}) {
  const path = `/s3/media/${name}`;
  const body = Buffer.concat(chunks);
  const { headers, amzDate, scope, seed, hmac } = sign(path, {
    "x-amz-content-sha256": `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer ? "-TRAILER" : ""}`,
    "x-amz-decoded-content-length": String(body.length),
    ...(trailer && { "x-amz-trailer": "x-amz-checksum-crc32" }),
  });
  let previous = seed;
  const encoded: Buffer[] = [];
  for (const chunk of [...chunks, Buffer.alloc(0)]) {
    previous = hmac(["AWS4-HMAC-SHA256-PAYLOAD", amzDate, scope, previous, sha256Hex(""), sha256Hex(chunk)].join("\n"));
    encoded.push(Buffer.from(`${chunk.length.toString(16)};chunk-signature=${previous}\r\n`), chunk);
    if (chunk.length > 0) encoded.push(Buffer.from("\r\n"));
  }
  if (trailer) {
    const line = `x-amz-checksum-crc32:${crc32Of(body)}\n`;
    const signature = hmac(["AWS4-HMAC-SHA256-TRAILER", amzDate, scope, previous, sha256Hex(line)].join("\n"));
    encoded.push(Buffer.from(`${line.trim()}\r\nx-amz-trailer-signature:${signature}\r\n`));
  }
  encoded.push(Buffer.from("\r\n"));
  return fetch(`${new URL(local.url).origin}${path}`, { method: "PUT", headers, body: new Uint8Array(damage(Buffer.concat(encoded))) });
}

test("100 KB of random bytes streamed by the SDK, with a trailing checksum, arrive to the byte", async () => {
  const body = randomBytes(100_000);
  const parts = [body.subarray(0, 1), body.subarray(1, 65_537), body.subarray(65_537)];
  const input = { Bucket, Key: "streamed", Body: Readable.from(parts), ContentLength: body.length, ContentEncoding: "gzip" };
  const { ChecksumCRC32 } = await local.client.send(new PutObjectCommand(input));
  expect(ChecksumCRC32).toBe(crc32Of(body));
  expect(await stored("streamed")).toEqual(body);
  expect((await local.client.send(new GetObjectCommand({ Bucket, Key: "streamed" }))).ContentEncoding).toBe("gzip");
});

test("signed chunks arrive to the byte, with and without a trailer", async () => {
  const body = randomBytes(100_000);
  const chunks = [body.subarray(0, 65_536), body.subarray(65_536)];
  expect((await sendSigned("signed", chunks)).status).toBe(200);
  expect(await stored("signed")).toEqual(body);
  expect((await sendSigned("signed-trailer", chunks, { trailer: true })).status).toBe(200);
  expect(await stored("signed-trailer")).toEqual(body);
});

test("signed chunks that were altered, cut short or followed by more are refused", async () => {
  const chunks = [Buffer.alloc(1_000, "a"), Buffer.alloc(1_000, "b")];
  const flip = (body: Buffer) => {
    body[500] = 0x7a;
    return body;
  };
  expect(await codeOf(await sendSigned("bad", chunks, { damage: flip }))).toBe("SignatureDoesNotMatch");
  expect(await codeOf(await sendSigned("bad", chunks, { damage: (body) => body.subarray(0, 1_500) }))).toBe("IncompleteBody");
  expect(await codeOf(await sendSigned("bad", chunks, { damage: (body) => Buffer.concat([body, Buffer.from("more")]) }))).toBe(
    "IncompleteBody",
  );
  const trailing = (body: Buffer) => Buffer.from(body.toString("latin1").replace("crc32:", "crc32:A"), "latin1");
  expect(await codeOf(await sendSigned("bad", chunks, { trailer: true, damage: trailing }))).toBe("SignatureDoesNotMatch");
  await expect(stored("bad")).rejects.toThrow(expect.objectContaining({ name: "NoSuchKey" }));
});

test("an upload whose checksum, MD5 or declared hash is not that of its bytes is refused", async () => {
  const body = Buffer.from("hello");
  const md5 = createHash("md5").update("other").digest("base64");
  const send = (more: object) => local.client.send(new PutObjectCommand({ Bucket, Key: "digest", Body: body, ...more }));
  await expect(send({ ContentMD5: md5 })).rejects.toThrow(expect.objectContaining({ name: "BadDigest" }));
  await expect(send({ ContentMD5: "short" })).rejects.toThrow(expect.objectContaining({ name: "InvalidDigest" }));
  await expect(send({ ChecksumCRC32: "AAAAAA==" })).rejects.toThrow(expect.objectContaining({ name: "BadDigest" }));
  await expect(send({ ChecksumSHA256: createHash("sha256").update("x").digest("base64") })).rejects.toThrow(
    expect.objectContaining({ name: "BadDigest" }),
  );
  await send({
    ChecksumSHA256: createHash("sha256").update(body).digest("base64"),
    ContentMD5: createHash("md5").update(body).digest("base64"),
  });
  const { headers } = sign("/s3/media/digest", { "x-amz-content-sha256": sha256Hex("hello") });
  expect(await codeOf(await fetch(`${local.url}/media/digest`, { method: "PUT", headers, body: "hullo" }))).toBe(
    "XAmzContentSHA256Mismatch",
  );
  expect((await stored("digest")).toString()).toBe("hello");
});

test("a request that is unsigned, of a wrong key, of an unknown key or too old is refused", async () => {
  expect(await codeOf(await fetch(`${local.url}/media/digest`))).toBe("AccessDenied");
  const forger = clientOf(local.url, "another-secret");
  await expect(forger.send(new GetObjectCommand({ Bucket, Key: "digest" }))).rejects.toThrow(
    expect.objectContaining({ name: "SignatureDoesNotMatch" }),
  );
  forger.destroy();
  const stranger = sign("/s3/media/x", { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }).headers;
  const unknown = { ...stranger, authorization: (stranger.authorization ?? "").replace(key.accessKeyId, "AKIDNOBODY") };
  expect(await codeOf(await fetch(`${local.url}/media/x`, { method: "PUT", headers: unknown, body: "x" }))).toBe("InvalidAccessKeyId");
  const old = sign("/s3/media/x", { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }, new Date(Date.now() - 16 * 60_000)).headers;
  expect(await codeOf(await fetch(`${local.url}/media/x`, { method: "PUT", headers: old, body: "x" }))).toBe("RequestTimeTooSkewed");
  const elsewhere = sign("/s3/media/x", { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }).headers;
  expect(await codeOf(await fetch(`${local.url}/media/y`, { method: "PUT", headers: elsewhere, body: "x" }))).toBe("SignatureDoesNotMatch");
});

test("a presigned URL reads and writes, for keys of any characters, under the path prefix", async () => {
  const Key = "pre signed/ü+%&?.txt";
  const plain = clientOf(local.url);
  plain.config.requestChecksumCalculation = async () => "WHEN_REQUIRED";
  const url = await getSignedUrl(plain, new PutObjectCommand({ Bucket, Key }), { expiresIn: 60 });
  expect(url).toContain("/s3/media/pre%20signed/");
  expect((await fetch(url, { method: "PUT", body: "presigned" })).status).toBe(200);
  const read = await fetch(
    await getSignedUrl(plain, new GetObjectCommand({ Bucket, Key, ResponseContentType: "text/x" }), { expiresIn: 60 }),
  );
  expect([read.status, read.headers.get("content-type"), await read.text()]).toEqual([200, "text/x", "presigned"]);
  plain.destroy();
});

test("a presigned URL is refused when it has expired, was altered, is used otherwise, or carries headers that it does not sign", async () => {
  const command = new GetObjectCommand({ Bucket, Key: "digest" });
  const url = await getSignedUrl(local.client, command, { expiresIn: 60 });
  expect((await fetch(url)).status).toBe(200);
  const expired = await getSignedUrl(local.client, command, { expiresIn: 60, signingDate: new Date(Date.now() - 61_000) });
  const answer = await fetch(expired);
  expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("Request has expired")]);
  expect(await codeOf(await fetch(url.replace("/digest", "/streamed")))).toBe("SignatureDoesNotMatch");
  expect(await codeOf(await fetch(url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")))).toBe("SignatureDoesNotMatch");
  expect(await codeOf(await fetch(url, { method: "DELETE" }))).toBe("SignatureDoesNotMatch");
  expect(await codeOf(await fetch(url, { headers: { "x-amz-meta-added": "1" } }))).toBe("AccessDenied");
  const endless = await fetch(url.replace("X-Amz-Expires=60", "X-Amz-Expires=604801"));
  expect(await codeOf(endless)).toBe("AuthorizationQueryParametersError");
});

test("a presigned URL follows real time, whatever the product's clock says", async () => {
  local.clock.turnTo(30 * 24 * 60 * 60 * 1000);
  const url = await getSignedUrl(local.client, new GetObjectCommand({ Bucket, Key: "digest" }), { expiresIn: 60 });
  expect((await fetch(url)).status).toBe(200);
  await local.client.send(new PutObjectCommand({ Bucket, Key: "later", Body: "x" }));
  const { LastModified } = await local.client.send(new GetObjectCommand({ Bucket, Key: "later" }));
  expect(LastModified?.getTime()).toBeGreaterThan(Date.now() + 29 * 24 * 60 * 60 * 1000);
  local.clock.turnTo(0);
});
