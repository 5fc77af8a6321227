import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { makeClock } from "../clock.ts";
import { serve } from "../wire/http.ts";
import { createS3, type S3Event } from "./index.ts";

export const region = "eu-west-1";
export const key = { accessKeyId: "AKIDTEST", secretAccessKey: "a-secret" };

type Options = { folder?: string; pathPrefix?: string; notify?: (target: string, event: S3Event) => Promise<void> | void };

/** A server with the buckets `media` and `other`, its clock and a real client, in a folder of its own unless one is given. */
export async function startS3({ folder = mkdtempSync(join(tmpdir(), "s3-")), pathPrefix = "", notify }: Options = {}) {
  const clock = makeClock();
  const s3 = createS3({
    file: join(folder, "s3.sqlite"),
    region,
    account: "000000000000",
    clock,
    credentials: (id) => (id === key.accessKeyId ? { ...key, principal: "test" } : undefined),
    pathPrefix,
    ...(notify && { notify }),
  });
  s3.defineBucket({ name: "media" });
  s3.defineBucket({ name: "other" });
  const server = await serve(s3.handle);
  const url = `${server.url}${pathPrefix}`;
  const client = clientOf(url);
  return {
    s3,
    clock,
    client,
    url,
    folder,
    async stop({ keep = false } = {}) {
      client.destroy();
      await server.close();
      s3.close();
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const clientOf = (endpoint: string, secretAccessKey = key.secretAccessKey) =>
  new S3Client({ region, endpoint, forcePathStyle: true, credentials: { ...key, secretAccessKey }, maxAttempts: 1 });

// Run as a program: serves the folder that is named first until it is killed, and prints its address.
if (import.meta.main) {
  const { url } = await startS3({ folder: process.argv[2] ?? "" });
  process.stdout.write(`${url}\n`);
}
