import type { WireRequest, WireResponse } from "../wire/http.ts";
import type { Payload } from "./authentication.ts";
import type { CorsRule } from "./cors.ts";
import { notImplemented, S3Error } from "./errors.ts";
import type { Uploads } from "./multipart-uploads.ts";
import type { EventName, NotificationRule } from "./notifications.ts";
import type { Objects } from "./objects.ts";

/** Objects under `prefix` (all, if it is empty) expire at the midnight UTC that follows `days` days; uploads in parts that follows `abortUploadsAfterDays`. */
export type LifecycleRule = { prefix: string; days?: number; abortUploadsAfterDays?: number };

export type Bucket = { name: string; cors?: CorsRule[]; notifications?: NotificationRule[]; lifecycle?: LifecycleRule[] };

/** A request with its signature checked. `key` is empty for the bucket itself. */
export type Call = { wire: WireRequest; bucket: Bucket; key: string; query: URLSearchParams; payload: Payload };

export type Deps = {
  objects: Objects;
  uploads: Uploads;
  /** Epoch ms of the product's clock. */
  now(): number;
  /** Throws NoSuchBucket. */
  bucketOf(name: string): Bucket;
  /** Notes an event in the running transaction. */
  record(bucket: Bucket, key: string, name: EventName, object?: { size: number; etag: string }): void;
  /** Sends what was noted. */
  notify(): void;
};

export type Operation = (deps: Deps, call: Call) => Promise<WireResponse>;

const maxKeyBytes = 1024;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI", "Couldn't parse the specified URI.");
  }
}

/** Splits a path as sent, `/bucket/key…`, and decodes it; a key may hold anything, `//` and `..` too: it is only ever a name. */
export function readPath(path: string): { bucket: string; key: string } {
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket: decode(bucket), key: checkKey(decode(key)) };
}

export function checkKey(key: string): string {
  if (Buffer.byteLength(key) > maxKeyBytes) throw new S3Error("KeyTooLongError", "Your key is too long");
  return key;
}

const knownHeaders = new Set([
  "x-amz-content-sha256",
  "x-amz-copy-source",
  "x-amz-date",
  "x-amz-decoded-content-length",
  "x-amz-metadata-directive",
  "x-amz-sdk-checksum-algorithm",
  "x-amz-security-token",
  "x-amz-trailer",
  "x-amz-user-agent",
]);

/** Refuses, by name, headers and query parameters that ask for something that is not here, rather than pass over them. */
export function refuseUnknown({ wire, query }: Call, parameters: ReadonlySet<string>): void {
  const header = Object.keys(wire.headers).find(
    (name) => name.startsWith("x-amz-") && !knownHeaders.has(name) && !/^x-amz-(meta|checksum)-/.test(name),
  );
  if (header !== undefined) throw notImplemented(`the header ${header}`);
  const parameter = [...query.keys()].find((name) => !/^x-amz-|^x-id$/i.test(name) && !parameters.has(name));
  if (parameter !== undefined) throw notImplemented(`the parameter ${parameter} for ${wire.method}`);
}
