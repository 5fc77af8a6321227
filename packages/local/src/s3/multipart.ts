import { hash } from "node:crypto";
import type { Call, Deps, Operation } from "./call.ts";
import { compositeChecksum, knownAlgorithm, verifyChecksums } from "./checksums.ts";
import { notImplemented, S3Error } from "./errors.ts";
import { type Part, PartsGone, type Upload } from "./multipart-uploads.ts";
import { readObjectHeaders } from "./object-headers.ts";
import { precondition } from "./put-object.ts";
import { element, readXml, XmlError, type XmlNode } from "./xml.ts";

/** Of every part but the last, 5 MiB. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const minPartBytes = 5 * 1024 * 1024;
const maxPartNumber = 10_000;

const invalidPart = () =>
  new S3Error(
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );
const malformed = (why: string) =>
  new S3Error("MalformedXML", `The XML you provided was not well-formed or did not validate against our published schema: ${why}`);

const xml = { "content-type": "application/xml" };

export const createUpload: Operation = async ({ uploads, now }, { wire: { headers }, bucket, key }) => {
  const algorithm = headers["x-amz-checksum-algorithm"];
  const type = headers["x-amz-checksum-type"];
  if (type !== undefined && type !== "COMPOSITE") throw notImplemented(`the checksum type ${type} for uploads in parts`);
  const id = uploads.create({
    bucket: bucket.name,
    key,
    algorithm: algorithm === undefined ? undefined : knownAlgorithm(algorithm),
    initiatedAt: now(),
    ...readObjectHeaders(headers),
  });
  const body = element("InitiateMultipartUploadResult", [
    ["Bucket", bucket.name],
    ["Key", key],
    ["UploadId", id],
  ]);
  return {
    status: 200,
    headers: { ...xml, ...(algorithm && { "x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": "COMPOSITE" }) },
    body,
  };
};

export const uploadPart: Operation = async (deps, call) => {
  const { wire, query, payload } = call;
  if ("x-amz-copy-source" in wire.headers) throw notImplemented("parts that are copies");
  const number = Number(query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > maxPartNumber)
    throw new S3Error("InvalidArgument", `Part number must be an integer between 1 and ${maxPartNumber}, inclusive`);
  const upload = uploadOf(deps, call);
  const checksums = verifyChecksums(payload.body, { ...wire.headers, ...payload.trailers });
  if (upload.algorithm !== undefined && !(`x-amz-checksum-${upload.algorithm}` in checksums))
    throw new S3Error(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm}, actual checksum Type: null`,
    );
  const etag = hash("md5", payload.body);
  const kept = await deps.uploads.put(upload, { number, etag, checksums, modifiedAt: deps.now() }, payload.body);
  if (!kept) throw noSuchUpload();
  return { status: 200, headers: { etag: `"${etag}"`, ...checksums } };
};

export const completeUpload: Operation = async (deps, call) => {
  const { wire, bucket, key, payload } = call;
  const upload = uploadOf(deps, call);
  const parts = choose(deps.uploads.partsOf(upload.id), readParts(payload.body.toString("utf8")));
  const check = precondition(wire.headers);
  const content = deps.uploads.join(parts);
  const etag = `${hash("md5", Buffer.concat(parts.map((part) => Buffer.from(part.etag, "hex"))))}-${parts.length}`;
  const checksums =
    (upload.algorithm &&
      compositeChecksum(
        upload.algorithm,
        parts.map((part) => part.checksums),
      )) ||
    {};
  const { headers, metadata } = upload;
  let spent: Part[] = [];
  try {
    await deps.objects.put({ bucket: bucket.name, key, etag, headers, metadata, checksums, modifiedAt: deps.now() }, content, (current) => {
      check(current);
      spent = deps.uploads.end(upload, parts);
      deps.record(bucket, key, "ObjectCreated:CompleteMultipartUpload", { size: content.size, etag });
    });
  } catch (error) {
    if (!(error instanceof PartsGone)) throw error;
    // Another call ended the upload or replaced a part.
    throw deps.uploads.find(upload.id, bucket.name, key) ? invalidPart() : noSuchUpload();
  }
  deps.notify();
  await deps.uploads.discard(spent);
  const body = element("CompleteMultipartUploadResult", [
    ["Location", `http://${wire.headers.host}${wire.path}`],
    ["Bucket", bucket.name],
    ["Key", key],
    ["ETag", `"${etag}"`],
    ...Object.entries(checksums).map(([name, value]) => [`Checksum${name.slice("x-amz-checksum-".length).toUpperCase()}`, value] as const),
  ]);
  return { status: 200, headers: xml, body };
};

export const abortUpload: Operation = async (deps, call) => {
  await deps.uploads.abort(uploadOf(deps, call));
  return { status: 204 };
};

const noSuchUpload = () =>
  new S3Error(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
  );

/** @throws NoSuchUpload, also for an upload of another key */
export function uploadOf({ uploads }: Deps, { bucket, key, query }: Call): Upload {
  const upload = uploads.find(query.get("uploadId") ?? "", bucket.name, key);
  if (!upload) throw noSuchUpload();
  return upload;
}

type Wanted = { number: number; etag: string; checksums: Record<string, string> };

/** The parts that the caller lists, as they were sent. Throws InvalidPartOrder, InvalidPart, EntityTooSmall. */
function choose(sent: Part[], wanted: Wanted[]): Part[] {
  if (wanted.some(({ number }, index) => index > 0 && number <= (wanted[index - 1]?.number ?? 0)))
    throw new S3Error("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.");
  const byNumber = new Map(sent.map((part) => [part.number, part]));
  const chosen = wanted.map(({ number, etag, checksums }) => {
    const part = byNumber.get(number);
    if (part?.etag !== etag) throw invalidPart();
    if (Object.entries(checksums).some(([name, value]) => part.checksums[name] !== value)) throw invalidPart();
    return part;
  });
  if (chosen.slice(0, -1).some(({ size }) => size < minPartBytes))
    throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
  return chosen;
}

function readParts(source: string): Wanted[] {
  try {
    const root = readXml(source);
    if (root.name !== "CompleteMultipartUpload") throw malformed(`its root is ${root.name}.`);
    const parts = root.children.map(readPart);
    if (parts.length === 0 || parts.length > maxPartNumber) throw malformed(`it names ${parts.length} parts, not 1 to ${maxPartNumber}.`);
    return parts;
  } catch (error) {
    throw error instanceof XmlError ? malformed(error.message) : error;
  }
}

function readPart({ name, children }: XmlNode): Wanted {
  if (name !== "Part") throw malformed(`unknown element ${name}.`);
  const fields = new Map(children.map((child) => [child.name, child.text]));
  const number = Number(fields.get("PartNumber"));
  const etag = fields.get("ETag")?.replaceAll('"', "");
  if (!etag || !Number.isInteger(number) || number < 1 || number > maxPartNumber) throw malformed("a Part needs a PartNumber and an ETag.");
  const sums = [...fields].filter(([field]) => field.startsWith("Checksum"));
  return {
    number,
    etag,
    checksums: Object.fromEntries(sums.map(([field, value]) => [`x-amz-checksum-${field.slice("Checksum".length).toLowerCase()}`, value])),
  };
}
