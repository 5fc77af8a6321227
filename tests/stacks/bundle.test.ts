import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { key, startS3 } from "../../packages/local/src/s3/server.fixture.ts";
import { bundle } from "../../stacks/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "atelier-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs what a function's bundle would be, and answers with what it printed. */
async function run(name: string, contents: string, env: Record<string, string>): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    ...bundle,
    mainFields: [...bundle.mainFields],
    banner: { js: bundle.banner },
    stdin: { contents, resolveDir: fileURLToPath(new URL("../../packages/functions/src", import.meta.url)) },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
  });
  return (await promisify(execFile)(execPath, [outfile], { env })).stdout;
}

/** Writes down with which credentials a client would sign. */
const signed = `
  import { SQSClient } from "@aws-sdk/client-sqs";
  const { accessKeyId, secretAccessKey, sessionToken } = await new SQSClient({ region: "eu-west-1" }).config.credentials();
  process.stdout.write(JSON.stringify({ accessKeyId, secretAccessKey, sessionToken }));`;

test("a bundled client signs with the credentials that Lambda puts into the environment", async () => {
  const env = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "session" };
  expect(JSON.parse(await run("signed", signed, env))).toEqual({ accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "session" });
});

test("a bundled client without credentials says which variables are missing, and asks nobody else", async () => {
  await expect(run("unsigned", signed, {})).rejects.toThrow("AWS_ACCESS_KEY_ID");
});

test("a bundled client writes and reads files, and tells errors by their names, without the parts that bundles leave out", async () => {
  const server = await startS3();
  const files = `
    import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
    const client = new S3Client({ region: "eu-west-1", forcePathStyle: true });
    await client.send(new PutObjectCommand({ Bucket: "media", Key: "a", Body: "drawn" }));
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "media", Key: "a" }));
    const missing = await client.send(new GetObjectCommand({ Bucket: "media", Key: "b" })).catch((error) => error);
    process.stdout.write(JSON.stringify([await Body.transformToString(), missing instanceof NoSuchKey]));`;
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = key;
  try {
    const env = { AWS_ENDPOINT_URL_S3: server.url, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    expect(JSON.parse(await run("files", files, env))).toEqual(["drawn", true]);
  } finally {
    await server.stop();
  }
});

test("a bundle that asks others over HTTP asks them, and loads no fetch for that", async () => {
  const server = createServer((_request, response) => response.end("heard"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const asks = `
    import { makeOutside } from "@atelier/core/outside";
    const { URL: url } = process.env;
    const { body } = await makeOutside().call({ url }, { deadlineMs: 20_000, maxBytes: 100, allow: [url] });
    process.stdout.write(JSON.stringify([String(body), process.moduleLoadList.some((name) => name.includes("undici"))]));`;
  try {
    expect(JSON.parse(await run("asks", asks, { URL: url }))).toEqual(["heard", false]);
  } finally {
    server.close();
  }
});
