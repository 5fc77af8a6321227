import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startS3 } from "./server.fixture.ts";

const Bucket = "media";
const keys = ["a/1", "a/2", "a/b/3", "b/4", "c", "ä/5", "z & <x>", "😀", "\uFFFD"];
let local: Awaited<ReturnType<typeof startS3>>;

beforeAll(async () => {
  local = await startS3();
  for (const Key of keys) await local.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
});
afterAll(() => local.stop());

async function list(input: Partial<ConstructorParameters<typeof ListObjectsV2Command>[0]> = {}) {
  const answer = await local.client.send(new ListObjectsV2Command({ Bucket, ...input }));
  return {
    ...answer,
    keys: answer.Contents?.map((object) => object.Key) ?? [],
    prefixes: answer.CommonPrefixes?.map((p) => p.Prefix) ?? [],
  };
}

test("keys are listed in the order of their UTF-8 bytes, with size, tag and time", async () => {
  const all = await list();
  expect(all.keys).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  expect(all).toMatchObject({ KeyCount: keys.length, IsTruncated: false, MaxKeys: 1_000 });
  expect(all.Contents?.[0]).toMatchObject({ Size: 3, ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/), LastModified: expect.any(Date) });
});

test("a prefix narrows, and a delimiter rolls up", async () => {
  expect((await list({ Prefix: "a/" })).keys).toEqual(["a/1", "a/2", "a/b/3"]);
  expect(await list({ Prefix: "a/", Delimiter: "/" })).toMatchObject({ keys: ["a/1", "a/2"], prefixes: ["a/b/"], KeyCount: 3 });
  expect(await list({ Delimiter: "/" })).toMatchObject({ keys: ["c", "z & <x>", "\uFFFD", "😀"], prefixes: ["a/", "b/", "ä/"] });
  expect((await list({ Prefix: "nothing" })).keys).toEqual([]);
});

test("pages of any size together hold every key and every common prefix once", async () => {
  for (const Delimiter of [undefined, "/"]) {
    const whole = await list({ Delimiter });
    for (const MaxKeys of [1, 2, 3]) {
      const found: (string | undefined)[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await list({ Delimiter, MaxKeys, ContinuationToken });
        expect(page.keys.length + page.prefixes.length).toBeLessThanOrEqual(MaxKeys);
        expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
        found.push(...page.keys, ...page.prefixes);
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      expect(found.sort()).toEqual([...whole.keys, ...whole.prefixes].sort());
    }
  }
});

test("a listing starts after a key, encodes its keys on demand, and refuses a token that is not its own", async () => {
  expect((await list({ StartAfter: "b/4" })).keys[0]).toBe("c");
  expect((await list({ Prefix: "z", EncodingType: "url" })).keys).toEqual(["z%20%26%20%3Cx%3E"]);
  await expect(list({ ContinuationToken: "nonsense" })).rejects.toThrow(expect.objectContaining({ name: "InvalidArgument" }));
  expect(await list({ MaxKeys: 0 })).toMatchObject({ keys: [], IsTruncated: false });
});
