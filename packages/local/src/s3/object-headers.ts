import { S3Error } from "./errors.ts";
import type { ObjectHeaders, StoredObject } from "./objects.ts";

/** Headers that S3 keeps with an object and gives back. */
const keptHeaders = ["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"];
const maxMetadataBytes = 2048;

/** What is to be kept of a request's headers or a form's fields (names in lower case). */
export function readObjectHeaders(given: Record<string, string>): { headers: ObjectHeaders; metadata: ObjectHeaders } {
  const headers: ObjectHeaders = { "content-type": "binary/octet-stream" };
  for (const name of keptHeaders) {
    // `aws-chunked` says how the request was sent, not how the object is encoded.
    const value = name === "content-encoding" ? given[name]?.replace(/\baws-chunked\b,?\s*/, "").replace(/,\s*$/, "") : given[name];
    if (value) headers[name] = value;
  }
  const metadata = Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith("x-amz-meta-")));
  const bytes = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + name.length - "x-amz-meta-".length + Buffer.byteLength(value),
    0,
  );
  if (bytes > maxMetadataBytes) throw new S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
  return { headers, metadata };
}

export const httpDate = (at: number): string => new Date(at).toUTCString();

/** The headers of an answer about an object, without its length. */
export const objectHeaders = (object: StoredObject): Record<string, string> => ({
  ...object.headers,
  ...object.metadata,
  etag: `"${object.etag}"`,
  "last-modified": httpDate(object.modifiedAt),
  "accept-ranges": "bytes",
});
