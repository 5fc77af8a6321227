import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import type { Clock } from "../clock.ts";
import { openDatabase, transaction } from "../database.ts";
import { makeOutbox } from "../outbox.ts";
import type { WireHandler, WireRequest, WireResponse } from "../wire/http.ts";
import type { Credentials } from "../wire/sigv4.ts";
import { authenticate } from "./authentication.ts";
import { type Bucket, type Call, type Deps, type Operation, readPath, refuseUnknown } from "./call.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { deleteObject, deleteObjects, removeObject } from "./delete-objects.ts";
import { errorResponse, notImplemented, S3Error } from "./errors.ts";
import { getObject, getParameters, headObject } from "./get-object.ts";
import { listObjects, listParameters } from "./list-objects.ts";
import { abortUpload, completeUpload, createUpload, uploadPart } from "./multipart.ts";
import { listParts, listPartsParameters, listUploads, listUploadsParameters } from "./multipart-lists.ts";
import { makeUploads } from "./multipart-uploads.ts";
import { makeNotifications, type S3Event, toEvent } from "./notifications.ts";
import { makeObjects } from "./objects.ts";
import { postForm } from "./post-form.ts";
import { copyObject, putObject } from "./put-object.ts";
import { steps } from "./schema.ts";

export type S3Options = {
  /** SQLite file; the objects' bytes lie beside it, in the folder `objects`. */
  file: string;
  region: string;
  account: string;
  clock: Clock;
  credentials: Credentials;
  /** Where the handler is mounted, e.g. `/s3`. Signatures are over the full path, as clients send it. */
  pathPrefix?: string;
  /** Delivers an event to a target (an ARN); at least once, until it succeeds. */
  notify?: (target: string, event: S3Event) => Promise<void> | void;
};

export type S3 = {
  handle: WireHandler;
  close(): void;
  /** Idempotent: rules may change, objects stay. */
  defineBucket(bucket: Bucket): void;
  /** Removes what the buckets' lifecycle rules say has expired by the clock, uploads in parts included; returns how many objects. */
  sweep(): Promise<number>;
  /** Buckets that hold objects, whether or not they are defined. */
  storedBuckets(): string[];
  /** Notifications that are not delivered yet. */
  outstanding(): number;
};

const dayMs = 24 * 60 * 60 * 1000;
const noParameters: ReadonlySet<string> = new Set();
const creationParameters: ReadonlySet<string> = new Set(["uploads"]);
const partParameters: ReadonlySet<string> = new Set(["partNumber", "uploadId"]);
const uploadParameters: ReadonlySet<string> = new Set(["uploadId"]);

export function createS3({ file, region, clock, credentials, pathPrefix = "", notify }: S3Options): S3 {
  const database = openDatabase(file, steps);
  const folder = join(dirname(file), "objects");
  const objects = makeObjects(database, folder);
  const outbox = makeOutbox({ database, clock, deliver: (delivery) => notify?.(delivery.target, toEvent(delivery)) });
  const notifications = makeNotifications({ database, outbox, region });
  const buckets = new Map<string, Bucket>();

  const deps: Deps = {
    objects,
    uploads: makeUploads(database, folder),
    now: clock.now,
    notify: outbox.wake,
    bucketOf(name) {
      const bucket = buckets.get(name);
      if (!bucket) throw new S3Error("NoSuchBucket", "The specified bucket does not exist");
      return bucket;
    },
    record: (bucket, key, name, object) =>
      notifications.record(bucket.notifications ?? [], { bucket: bucket.name, key, name, at: clock.now(), ...object }),
  };

  async function answer(wire: WireRequest, path: string): Promise<WireResponse> {
    const { bucket: name, key } = readPath(path);
    if (name === "") throw notImplemented(`${wire.method} of the service itself`);
    if (wire.method === "OPTIONS") return preflight(wire, deps.bucketOf(name).cors);
    if (wire.method === "POST" && key === "" && /^multipart\/form-data/i.test(wire.headers["content-type"] ?? ""))
      return postForm(deps, { wire, bucket: deps.bucketOf(name), credentials, region });
    const payload = authenticate(wire, { credentials, region });
    const call: Call = { wire, bucket: deps.bucketOf(name), key, query: new URLSearchParams(wire.query), payload };
    const { run, parameters } = route(call);
    refuseUnknown(call, parameters);
    return run(deps, call);
  }

  const handle: WireHandler = async (wire) => {
    const path = wire.path.slice(pathPrefix.length);
    let response: WireResponse;
    try {
      if (!wire.path.startsWith(`${pathPrefix}/`)) throw notImplemented(`a path outside ${pathPrefix}`);
      response = await answer(wire, path);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      response = errorResponse(error, path);
    }
    const { status, headers, body } = response;
    return {
      status,
      headers: { "x-amz-request-id": randomUUID(), ...headers, ...(wire.method !== "OPTIONS" && corsHeaders(wire, corsOf(path))) },
      ...(body !== undefined && wire.method !== "HEAD" && { body }),
    };
  };

  const corsOf = (path: string) => buckets.get(path.split("/")[1] ?? "")?.cors;

  return {
    handle,
    close() {
      outbox.close();
      database.close();
    },
    defineBucket(bucket) {
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket.name)) throw new Error(`“${bucket.name}” is not a name of a bucket.`);
      buckets.set(bucket.name, bucket);
      transaction(database, () => notifications.introduce(bucket.name, bucket.notifications ?? [], clock.now()));
      outbox.wake();
    },
    async sweep() {
      let removed = 0;
      for (const bucket of buckets.values()) {
        for (const { prefix, days, abortUploadsAfterDays } of bucket.lifecycle ?? []) {
          // An object lives until the midnight that follows its last day.
          const midnight = Math.floor(clock.now() / dayMs) * dayMs;
          if (abortUploadsAfterDays !== undefined)
            await deps.uploads.abortOld(bucket.name, prefix, midnight - abortUploadsAfterDays * dayMs);
          if (days === undefined) continue;
          const until = midnight - days * dayMs;
          for (const { key } of objects.modifiedUntil(bucket.name, until)) {
            if (!key.startsWith(prefix)) continue;
            // Meanwhile it may have been written anew.
            const gone = await removeObject(deps, { bucket, key, event: "LifecycleExpiration:Delete" }, (now) => now.modifiedAt <= until);
            if (gone) removed += 1;
          }
        }
      }
      return removed;
    },
    storedBuckets: objects.buckets,
    outstanding: outbox.depth,
  };
}

/** The operation that a request means, and the query parameters that it knows. */
function route({ wire: { method, headers }, key, query }: Call): { run: Operation; parameters: ReadonlySet<string> } {
  if (key === "") {
    if (method === "GET" && query.get("list-type") === "2") return { run: listObjects, parameters: listParameters };
    if (method === "GET" && query.has("uploads")) return { run: listUploads, parameters: listUploadsParameters };
    if (method === "POST" && query.has("delete")) return { run: deleteObjects, parameters: new Set(["delete"]) };
    throw notImplemented(`${method} of a bucket${[...query.keys()].map((name) => ` with ${name}`).join("")}`);
  }
  if (method === "POST" && query.has("uploads")) return { run: createUpload, parameters: creationParameters };
  if (query.has("uploadId")) {
    if (method === "PUT") return { run: uploadPart, parameters: partParameters };
    if (method === "POST") return { run: completeUpload, parameters: uploadParameters };
    if (method === "DELETE") return { run: abortUpload, parameters: uploadParameters };
    if (method === "GET") return { run: listParts, parameters: listPartsParameters };
  }
  if (method === "GET") return { run: getObject, parameters: getParameters };
  if (method === "HEAD") return { run: headObject, parameters: getParameters };
  if (method === "PUT") return { run: "x-amz-copy-source" in headers ? copyObject : putObject, parameters: noParameters };
  if (method === "DELETE") return { run: deleteObject, parameters: noParameters };
  throw notImplemented(`${method} of an object${[...query.keys()].map((name) => ` with ${name}`).join("")}`);
}
