import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle } from "../../stacks/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "atelier-bundle-"));
const outfile = join(folder, "client.mjs");
afterAll(() => rmSync(folder, { recursive: true }));

/** A function's bundle that writes down with which credentials its client would sign. */
beforeAll(async () => {
  await build({
    ...bundle,
    mainFields: [...bundle.mainFields],
    banner: { js: bundle.banner },
    stdin: {
      contents: `
        import { SQSClient } from "@aws-sdk/client-sqs";
        const { accessKeyId, secretAccessKey, sessionToken } = await new SQSClient({ region: "eu-west-1" }).config.credentials();
        process.stdout.write(JSON.stringify({ accessKeyId, secretAccessKey, sessionToken }));`,
      resolveDir: fileURLToPath(new URL("../../packages/functions/src", import.meta.url)),
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
  });
});

const signedWith = (env: Record<string, string>): string => execFileSync(execPath, [outfile], { env, encoding: "utf8", stdio: "pipe" });

test("a bundled client signs with the credentials that Lambda puts into the environment", () => {
  const env = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "session" };
  expect(JSON.parse(signedWith(env))).toEqual({ accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "session" });
});

test("a bundled client without credentials says which variables are missing, and asks nobody else", () => {
  expect(() => signedWith({})).toThrow("AWS_ACCESS_KEY_ID");
});
