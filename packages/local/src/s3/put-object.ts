import { hash } from "node:crypto";
import type { Bucket, Deps, Operation } from "./call.ts";
import { verifyChecksums } from "./checksums.ts";
import { notImplemented, S3Error } from "./errors.ts";
import type { EventName } from "./notifications.ts";
import { readObjectHeaders } from "./object-headers.ts";
import { contentOf, type ObjectHeaders, type StoredObject } from "./objects.ts";
import { element } from "./xml.ts";

type Store = {
  bucket: Bucket;
  key: string;
  body: Buffer;
  event: EventName;
  headers: ObjectHeaders;
  metadata: ObjectHeaders;
  checksums: ObjectHeaders;
  /** Throws if the object that is there now must not be replaced. */
  check?: (current: StoredObject | undefined) => void;
};

/** Writes an object and its notifications in one transaction; returns its tag (without quotes) and time. */
export async function storeObject(
  deps: Deps,
  { bucket, key, body, event, check, ...kept }: Store,
): Promise<{ etag: string; modifiedAt: number }> {
  const etag = hash("md5", body);
  const modifiedAt = deps.now();
  await deps.objects.put({ bucket: bucket.name, key, etag, modifiedAt, ...kept }, contentOf(body), (current) => {
    check?.(current);
    deps.record(bucket, key, event, { size: body.length, etag });
  });
  deps.notify();
  return { etag, modifiedAt };
}

export const putObject: Operation = async (deps, { wire, bucket, key, payload: { body, trailers } }) => {
  const checksums = verifyChecksums(body, { ...wire.headers, ...trailers });
  const check = precondition(wire.headers);
  const { etag } = await storeObject(deps, {
    bucket,
    key,
    body,
    checksums,
    check,
    event: "ObjectCreated:Put",
    ...readObjectHeaders(wire.headers),
  });
  return { status: 200, headers: { etag: `"${etag}"`, ...checksums } };
};

/** `If-None-Match: *` writes only what is not there yet, `If-Match` only over what the caller has seen. */
export function precondition(headers: Record<string, string>): (current: StoredObject | undefined) => void {
  const none = headers["if-none-match"];
  const match = headers["if-match"];
  if (none !== undefined && none !== "*") throw notImplemented("If-None-Match with a tag on a write");
  return (current) => {
    if (match !== undefined && !current) throw new S3Error("NoSuchKey", "The specified key does not exist.");
    if ((none && current) || (match !== undefined && match.replaceAll('"', "") !== current?.etag))
      throw new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  };
}

export const copyObject: Operation = async (deps, { wire, bucket, key }) => {
  const { headers } = wire;
  if (headers["if-none-match"] !== undefined || headers["if-match"] !== undefined) throw notImplemented("conditions on a copy");
  const source = readSource(headers["x-amz-copy-source"] ?? "");
  const original = deps.objects.find(deps.bucketOf(source.bucket).name, source.key);
  if (!original) throw new S3Error("NoSuchKey", "The specified key does not exist.");
  const directive = headers["x-amz-metadata-directive"] ?? "COPY";
  if (directive !== "COPY" && directive !== "REPLACE") throw new S3Error("InvalidArgument", "Unknown metadata directive.");
  if (directive === "COPY" && source.bucket === bucket.name && source.key === key)
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  const kept = directive === "COPY" ? { headers: original.headers, metadata: original.metadata } : readObjectHeaders(headers);
  const body = await deps.objects.read(original, 0, original.size);
  const { etag, modifiedAt } = await storeObject(deps, {
    bucket,
    key,
    body,
    event: "ObjectCreated:Copy",
    checksums: original.checksums,
    ...kept,
  });
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: element("CopyObjectResult", [
      ["LastModified", new Date(modifiedAt).toISOString()],
      ["ETag", `"${etag}"`],
    ]),
  };
};

function readSource(header: string): { bucket: string; key: string } {
  const [path = "", query] = header.split("?");
  if (query !== undefined) throw notImplemented("versions of a copy's source");
  let decoded = "";
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // Refused below.
  }
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded) ?? [];
  if (!bucket || !key) throw new S3Error("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
  return { bucket, key };
}
