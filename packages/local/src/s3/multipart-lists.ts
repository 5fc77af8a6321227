import type { Operation } from "./call.ts";
import { S3Error } from "./errors.ts";
import { uploadOf } from "./multipart.ts";
import type { Part, Upload } from "./multipart-uploads.ts";
import { type Child, element } from "./xml.ts";

export const listPartsParameters: ReadonlySet<string> = new Set(["uploadId", "max-parts", "part-number-marker"]);
export const listUploadsParameters: ReadonlySet<string> = new Set([
  "uploads",
  "prefix",
  "max-uploads",
  "key-marker",
  "upload-id-marker",
  "encoding-type",
]);

const most = 1000;
const xml = { "content-type": "application/xml" };

export const listParts: Operation = async (deps, call) => {
  const { bucket, key, query } = call;
  const upload = uploadOf(deps, call);
  const max = readCount(query, "max-parts", most);
  const marker = readCount(query, "part-number-marker", 0);
  const left = deps.uploads.partsOf(upload.id).filter(({ number }) => number > marker);
  const page = left.slice(0, Math.min(max, most));
  const body = element("ListPartsResult", [
    ["Bucket", bucket.name],
    ["Key", key],
    ["UploadId", upload.id],
    ["PartNumberMarker", marker],
    ["NextPartNumberMarker", page.at(-1)?.number ?? 0],
    ["MaxParts", Math.min(max, most)],
    ["IsTruncated", left.length > page.length],
    ["StorageClass", "STANDARD"],
    ...page.map((part): Child => ["Part", describePart(part)]),
  ]);
  return { status: 200, headers: xml, body };
};

const describePart = ({ number, modifiedAt, etag, size, checksums }: Part): Child[] => [
  ["PartNumber", number],
  ["LastModified", new Date(modifiedAt).toISOString()],
  ["ETag", `"${etag}"`],
  ["Size", size],
  ...Object.entries(checksums).map(([name, value]): Child => [`Checksum${name.slice("x-amz-checksum-".length).toUpperCase()}`, value]),
];

export const listUploads: Operation = async ({ uploads }, { bucket, query }) => {
  const prefix = query.get("prefix") ?? "";
  const max = Math.min(readCount(query, "max-uploads", most), most);
  const after = { key: query.get("key-marker") ?? "", id: query.get("upload-id-marker") ?? "" };
  // A key marker alone means “after all uploads of this key”.
  const from = after.key !== "" && after.id === "" ? { key: after.key, id: "~" } : after;
  const encode = query.get("encoding-type") === "url" ? encodeURIComponent : (text: string) => text;

  const page: Upload[] = [];
  let truncated = false;
  for (const upload of uploads.list(bucket.name, from)) {
    if (!upload.key.startsWith(prefix)) continue;
    truncated = page.length >= max;
    if (truncated) break;
    page.push(upload);
  }
  const last = page.at(-1);
  const body = element("ListMultipartUploadsResult", [
    ["Bucket", bucket.name],
    ["Prefix", encode(prefix)],
    ["KeyMarker", encode(after.key)],
    ["UploadIdMarker", after.id],
    ["NextKeyMarker", truncated && last ? encode(last.key) : undefined],
    ["NextUploadIdMarker", truncated ? last?.id : undefined],
    ["EncodingType", query.get("encoding-type") ?? undefined],
    ["MaxUploads", max],
    ["IsTruncated", truncated],
    ...page.map((upload): Child => ["Upload", describeUpload(upload, encode)]),
  ]);
  return { status: 200, headers: xml, body };
};

const describeUpload = ({ key, id, initiatedAt }: Upload, encode: (text: string) => string): Child[] => [
  ["Key", encode(key)],
  ["UploadId", id],
  ["Initiated", new Date(initiatedAt).toISOString()],
  ["StorageClass", "STANDARD"],
];

function readCount(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null || text === "") return otherwise;
  if (!/^\d{1,10}$/.test(text)) throw new S3Error("InvalidArgument", `Provided ${name} not an integer or within integer range`);
  return Number(text);
}
