import type { Operation } from "./call.ts";
import { S3Error } from "./errors.ts";
import type { StoredObject } from "./objects.ts";
import { type Child, element } from "./xml.ts";

export const listParameters: ReadonlySet<string> = new Set([
  "list-type",
  "prefix",
  "delimiter",
  "max-keys",
  "continuation-token",
  "start-after",
  "encoding-type",
  "fetch-owner",
]);

const mostKeys = 1000;

/** Where a page ended: at a key, or with all the keys under a common prefix. */
type Mark = { key: string } | { under: string };

export const listObjects: Operation = async ({ objects }, { bucket, query }) => {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after") ?? "";
  const max = readMax(query.get("max-keys"));
  const encode = query.get("encoding-type") === "url" ? encodeURIComponent : (text: string) => text;
  const mark: Mark = token === null ? { key: startAfter } : readToken(token);

  const contents: StoredObject[] = [];
  const prefixes: string[] = [];
  let last: Mark = mark;
  let truncated = false;
  for (const object of objects.list(bucket.name, prefix, "key" in mark ? mark.key : mark.under)) {
    if (!object.key.startsWith(prefix)) break;
    if ("under" in last && object.key.startsWith(last.under)) continue;
    if (contents.length + prefixes.length >= max) {
      truncated = max > 0;
      break;
    }
    const cut = delimiter === "" ? -1 : object.key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      contents.push(object);
      last = { key: object.key };
    } else {
      const under = object.key.slice(0, cut + delimiter.length);
      prefixes.push(under);
      last = { under };
    }
  }

  const body = element("ListBucketResult", [
    ["Name", bucket.name],
    ["Prefix", encode(prefix)],
    ["Delimiter", delimiter === "" ? undefined : encode(delimiter)],
    ["StartAfter", startAfter === "" ? undefined : encode(startAfter)],
    ["ContinuationToken", token ?? undefined],
    ["NextContinuationToken", truncated ? makeToken(last) : undefined],
    ["EncodingType", query.get("encoding-type") ?? undefined],
    ["KeyCount", contents.length + prefixes.length],
    ["MaxKeys", max],
    ["IsTruncated", truncated],
    ...contents.map((object): Child => ["Contents", describe(object, encode)]),
    ...prefixes.map((under): Child => ["CommonPrefixes", [["Prefix", encode(under)]]]),
  ]);
  return { status: 200, headers: { "content-type": "application/xml" }, body };
};

const describe = ({ key, modifiedAt, etag, size }: StoredObject, encode: (text: string) => string): Child[] => [
  ["Key", encode(key)],
  ["LastModified", new Date(modifiedAt).toISOString()],
  ["ETag", `"${etag}"`],
  ["Size", size],
  ["StorageClass", "STANDARD"],
];

function readMax(text: string | null): number {
  if (text === null) return mostKeys;
  if (!/^\d{1,10}$/.test(text)) throw new S3Error("InvalidArgument", "Provided max-keys not an integer or within integer range");
  return Math.min(Number(text), mostKeys);
}

const makeToken = (mark: Mark): string => Buffer.from(JSON.stringify(mark)).toString("base64url");

function readToken(token: string): Mark {
  try {
    const mark: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (typeof mark === "object" && mark !== null) {
      if ("key" in mark && typeof mark.key === "string") return { key: mark.key };
      if ("under" in mark && typeof mark.under === "string") return { under: mark.under };
    }
  } catch {
    // Falls through to the one error for both.
  }
  throw new S3Error("InvalidArgument", "The continuation token provided is incorrect");
}
