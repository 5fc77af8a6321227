import { createHmac } from "node:crypto";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signingKey } from "../wire/sigv4.ts";
import { key, region, startS3 } from "./server.fixture.ts";

const Bucket = "media";
let local: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  local = await startS3({ pathPrefix: "/s3" });
});
afterAll(() => local.stop());

const sign = (options: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(local.client, { Bucket, Key: "incoming/ü 1.png", Expires: 60, ...options });

async function upload(
  { url, fields }: { url: string; fields: Record<string, string> },
  body: string | Uint8Array<ArrayBuffer> = "hello",
  name = "picture.png",
) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", new Blob([body]), name);
  return fetch(url, { method: "POST", body: form });
}
const refusal = async (answer: Response | Promise<Response>) => {
  const xml = await (await answer).text();
  return `${/<Code>(\w+)<\/Code>/.exec(xml)?.[1]}: ${/<Message>(.*)<\/Message>/.exec(xml)?.[1]}`;
};
const textOf = async (Key: string) => {
  const got = await local.client.send(new GetObjectCommand({ Bucket, Key }));
  return { body: Buffer.from((await got.Body?.transformToByteArray()) ?? []), got };
};

test("a form with a policy uploads to the byte, with its type and metadata", async () => {
  const body = crypto.getRandomValues(new Uint8Array(60_000));
  body.set(Buffer.from("\r\n--\r\n------\r\n"), 100);
  const post = await sign({
    Fields: { "Content-Type": "image/png", "x-amz-meta-owner": "acc_1" },
    Conditions: [
      ["content-length-range", 1, 60_000],
      ["starts-with", "$Content-Type", "image/"],
    ],
  });
  const answer = await upload(post, body);
  expect([answer.status, await answer.text()]).toEqual([204, ""]);
  const { body: stored, got } = await textOf("incoming/ü 1.png");
  expect(stored.equals(body)).toBe(true);
  expect(got).toMatchObject({ ContentType: "image/png", Metadata: { owner: "acc_1" }, ETag: answer.headers.get("etag") });
});

test("the status of success is the form's choice of 200, 201 and 204", async () => {
  for (const [asked, status] of [
    ["200", 200],
    ["201", 201],
    ["204", 204],
    ["999", 204],
  ] as const) {
    const answer = await upload(await sign({ Key: "<status>", Fields: { success_action_status: asked } }));
    expect(answer.status).toBe(status);
    if (status === 201) expect(await answer.text()).toMatch(/<PostResponse.*<Bucket>media<\/Bucket><Key>&lt;status&gt;<\/Key><ETag>/);
  }
});

test("the file's name may become part of the key", async () => {
  const post = await sign({ Key: "incoming/${" + "filename}" });
  expect((await upload(post, "named", "../a/holiday 1.png")).status).toBe(204);
  expect((await textOf("incoming/holiday 1.png")).body.toString()).toBe("named");
});

test("a file that is larger or smaller than the policy allows is refused", async () => {
  const post = await sign({ Key: "sized", Conditions: [["content-length-range", 3, 5]] });
  expect(await refusal(upload(post, "123456"))).toMatch(/^EntityTooLarge/);
  expect(await refusal(upload(post, "12"))).toMatch(/^EntityTooSmall/);
  expect((await upload(post, "12345")).status).toBe(204);
});

test("a type, key or other field that the policy does not allow is refused", async () => {
  const post = await sign({ Fields: { "Content-Type": "image/png" }, Conditions: [["starts-with", "$Content-Type", "image/"]] });
  const without = (field: string) => Object.fromEntries(Object.entries(post.fields).filter(([name]) => name !== field));
  const changed = (field: string, value: string) => upload({ ...post, fields: { ...post.fields, [field]: value } });
  expect(await refusal(changed("Content-Type", "text/html"))).toMatch(/^AccessDenied: .*Policy Condition failed.*content-type/);
  expect(await refusal(changed("key", "images/other.png"))).toMatch(/^AccessDenied: .*Policy Condition failed.*key/);
  expect(await refusal(changed("x-amz-meta-extra", "1"))).toBe(
    "AccessDenied: Invalid according to Policy: Extra input fields: x-amz-meta-extra",
  );
  expect(await refusal(upload({ ...post, fields: without("Content-Type") }))).toMatch(/^AccessDenied: .*Policy Condition failed/);
  expect(await refusal(upload({ ...post, url: post.url.replace("media", "other") }))).toMatch(
    /^AccessDenied: .*Policy Condition failed.*bucket/,
  );
  expect((await changed("x-ignore-me", "1")).status).toBe(204);
});

test("a policy that is expired, altered, unsigned or missing is refused", async () => {
  const post = await sign();
  const changed = (fields: Record<string, string>) => upload({ ...post, fields: { ...post.fields, ...fields } });
  expect(await refusal(upload(await sign({ Expires: -1 })))).toBe("AccessDenied: Invalid according to Policy: Policy expired.");
  const generous = Buffer.from(JSON.stringify({ expiration: "2999-01-01T00:00:00Z", conditions: [["starts-with", "$key", ""]] })).toString(
    "base64",
  );
  expect(await refusal(changed({ Policy: generous }))).toMatch(/^SignatureDoesNotMatch/);
  expect(await refusal(changed({ "X-Amz-Signature": "0".repeat(64) }))).toMatch(/^SignatureDoesNotMatch/);
  expect(
    await refusal(changed({ "X-Amz-Credential": (post.fields["X-Amz-Credential"] ?? "").replace(key.accessKeyId, "AKIDNOBODY") })),
  ).toMatch(/^InvalidAccessKeyId/);
  expect(await refusal(changed({ "X-Amz-Algorithm": "none" }))).toMatch(/^InvalidArgument/);
  expect(await refusal(upload({ url: post.url, fields: { key: "a" } }))).toMatch(/^AccessDenied/);
});

test("a signed policy that makes no sense is refused rather than passed over", async () => {
  const { url, fields } = await sign();
  const date = (fields["X-Amz-Date"] ?? "").slice(0, 8);
  const send = (policy: unknown) => {
    const Policy = Buffer.from(typeof policy === "string" ? policy : JSON.stringify(policy)).toString("base64");
    const signature = createHmac("sha256", signingKey(key.secretAccessKey, date, region, "s3"))
      .update(Policy)
      .digest("hex");
    return refusal(upload({ url, fields: { ...fields, Policy, "X-Amz-Signature": signature } }));
  };
  const expiration = "2999-01-01T00:00:00Z";
  for (const policy of [
    "{",
    null,
    { expiration: "soon", conditions: [] },
    { expiration },
    { expiration, conditions: [["like", "$key", "a"]] },
    { expiration, conditions: [["content-length-range", "x", 5]] },
    { expiration, conditions: ["key"] },
    { expiration, conditions: [{ key: 1 }] },
  ])
    expect(await send(policy)).toMatch(/^InvalidPolicyDocument/);
});

test("a form that is malformed, or has no key, no file or a field twice, is refused", async () => {
  const post = (body: string, type = "multipart/form-data; boundary=B") =>
    refusal(fetch(`${local.url}/media`, { method: "POST", headers: { "content-type": type }, body }));
  const field = (name: string, value = "x") => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  expect(await post("nonsense")).toMatch(/^MalformedPOSTRequest/);
  expect(await post("x", "multipart/form-data")).toMatch(/^MalformedPOSTRequest/);
  expect(await post(`${field("key").slice(0, -5)}`)).toMatch(/^MalformedPOSTRequest/);
  expect(await post(`${field("key")}--B--\r\n`)).toMatch(/^InvalidArgument: POST requires exactly one file/);
  expect(await post(`${field("file")}--B--\r\n`)).toMatch(/^InvalidArgument: Bucket POST must contain a field named/);
  expect(await post(`${field("key")}${field("KEY")}${field("file")}--B--\r\n`)).toMatch(/^InvalidArgument/);
  expect(await post(`${field("key", "x".repeat(21_000))}${field("file")}--B--\r\n`)).toMatch(/^MaxPostPreDataLengthExceeded/);
});
