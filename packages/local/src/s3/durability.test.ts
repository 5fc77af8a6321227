import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { clientOf, startS3 } from "./server.fixture.ts";

const Bucket = "media";

test("objects are there again after a restart, and what no object names is cleared away", async () => {
  const before = await startS3();
  await before.client.send(new PutObjectCommand({ Bucket, Key: "kept", Body: "x", ContentType: "image/png", Metadata: { a: "1" } }));
  await before.stop({ keep: true });
  writeFileSync(join(before.folder, "objects", "left-over"), "of a write that never ended");

  const after = await startS3({ folder: before.folder });
  const got = await after.client.send(new GetObjectCommand({ Bucket, Key: "kept" }));
  expect(got).toMatchObject({ ContentType: "image/png", Metadata: { a: "1" } });
  expect(await got.Body?.transformToString()).toBe("x");
  expect(readdirSync(join(after.folder, "objects"))).toHaveLength(1);
  await after.stop();
});

test("a server killed under load has kept every object that it acknowledged, whole", async () => {
  const folder = mkdtempSync(join(tmpdir(), "s3-"));
  const child = spawn(process.execPath, [join(import.meta.dirname, "server.fixture.ts"), folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  const client = clientOf(url);
  const acknowledged = new Map<string, string>();
  const writers = await Promise.allSettled(
    Array.from({ length: 6 }, async (_, writer) => {
      for (let round = 0; ; round += 1) {
        const body = randomBytes(20_000);
        const Key = `${writer}/${round}`;
        await client.send(new PutObjectCommand({ Bucket, Key, Body: body }));
        acknowledged.set(Key, createHash("md5").update(body).digest("hex"));
        if (acknowledged.size === 150) child.kill("SIGKILL");
      }
    }),
  );
  expect(writers.every((writer) => writer.status === "rejected")).toBe(true);
  client.destroy();

  const after = await startS3({ folder });
  for (const [Key, md5] of acknowledged) {
    const got = await after.client.send(new GetObjectCommand({ Bucket, Key }));
    const body = (await got.Body?.transformToByteArray()) ?? new Uint8Array();
    expect(createHash("md5").update(body).digest("hex")).toBe(md5);
  }
  await after.stop();
  expect(acknowledged.size).toBeGreaterThanOrEqual(150);
});
