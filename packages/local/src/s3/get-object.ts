import type { Call, Deps, Operation } from "./call.ts";
import { S3Error } from "./errors.ts";
import { objectHeaders } from "./object-headers.ts";
import type { StoredObject } from "./objects.ts";

/** Query parameters that replace headers of the answer. */
const overrides = {
  "response-cache-control": "cache-control",
  "response-content-disposition": "content-disposition",
  "response-content-encoding": "content-encoding",
  "response-content-language": "content-language",
  "response-content-type": "content-type",
  "response-expires": "expires",
};
export const getParameters: ReadonlySet<string> = new Set(Object.keys(overrides));

export const getObject: Operation = async (deps, call) => {
  const object = findObject(deps, call);
  if (isNotModified(object, call)) return { status: 304, headers: objectHeaders(object) };
  const range = rangeOf(object, call);
  const { start, end } = range ?? { start: 0, end: object.size };
  return {
    status: range ? 206 : 200,
    headers: {
      ...answerHeaders(object, call, range === undefined),
      ...(range && { "content-range": `bytes ${start}-${end - 1}/${object.size}` }),
    },
    body: await deps.objects.read(object, start, end),
  };
};

export const headObject: Operation = async (deps, call) => {
  const object = findObject(deps, call);
  if (isNotModified(object, call)) return { status: 304, headers: objectHeaders(object) };
  const range = rangeOf(object, call);
  const length = range ? range.end - range.start : object.size;
  return { status: range ? 206 : 200, headers: { ...answerHeaders(object, call, !range), "content-length": String(length) } };
};

function findObject({ objects }: Deps, { bucket, key }: Call): StoredObject {
  const object = objects.find(bucket.name, key);
  if (!object) throw new S3Error("NoSuchKey", "The specified key does not exist.");
  return object;
}

function answerHeaders(object: StoredObject, { wire, query }: Call, whole: boolean): Record<string, string> {
  const headers = objectHeaders(object);
  for (const [parameter, header] of Object.entries(overrides)) {
    const value = query.get(parameter);
    if (value !== null) headers[header] = value;
  }
  const wanted = wire.headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED";
  return whole && wanted ? { ...headers, ...object.checksums, ...checksumType(object) } : headers;
}

function checksumType({ checksums }: StoredObject): Record<string, string> {
  const [sum] = Object.values(checksums);
  return sum === undefined ? {} : { "x-amz-checksum-type": sum.includes("-") ? "COMPOSITE" : "FULL_OBJECT" };
}

/** Whether one of the tags of `If-Match` or `If-None-Match` is the object's. */
const names = (header: string, { etag }: StoredObject): boolean =>
  header.split(",").some((tag) => {
    const bare = tag.trim().replace(/^W\//, "").replaceAll('"', "");
    return bare === "*" || bare === etag;
  });

/** RFC 9110 §13.2.2: tags before dates. True asks for 304; throws PreconditionFailed. */
function isNotModified(object: StoredObject, { wire: { headers } }: Call): boolean {
  const modifiedAt = Math.floor(object.modifiedAt / 1000) * 1000;
  const failed = new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  if (headers["if-match"] !== undefined) {
    if (!names(headers["if-match"], object)) throw failed;
  } else if (modifiedAt > Date.parse(headers["if-unmodified-since"] ?? "")) throw failed;
  if (headers["if-none-match"] !== undefined) return names(headers["if-none-match"], object);
  return modifiedAt <= Date.parse(headers["if-modified-since"] ?? "");
}

/** The range that is asked for, unless `If-Range` names another version than this: then the whole is meant (RFC 9110 §13.1.5). */
function rangeOf(object: StoredObject, { wire: { headers } }: Call): ReturnType<typeof readRange> {
  const version = headers["if-range"];
  const { etag, "last-modified": date } = objectHeaders(object);
  return version === undefined || version === etag || version === date ? readRange(headers.range, object.size) : undefined;
}

/** `end` is not included. Undefined for the whole object: S3 passes over what is no single range of bytes. Throws InvalidRange. */
function readRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (start >= end) throw new S3Error("InvalidRange", "The requested range is not satisfiable", { "content-range": `bytes */${size}` });
  return { start, end };
}
