import type { Bucket, Deps, Operation } from "./call.ts";
import { hasChecksum, verifyChecksums } from "./checksums.ts";
import { notImplemented, S3Error } from "./errors.ts";
import type { EventName } from "./notifications.ts";
import type { StoredObject } from "./objects.ts";
import { type Child, element, readXml, XmlError } from "./xml.ts";

const maxKeys = 1000;

/** Removes an object with its notifications, if it is there and `isMeant`. */
export async function removeObject(
  deps: Deps,
  { bucket, key, event }: { bucket: Bucket; key: string; event: EventName },
  isMeant: (current: StoredObject) => boolean = () => true,
): Promise<boolean> {
  const removed = await deps.objects.remove(bucket.name, key, (current) => {
    if (!isMeant(current)) return false;
    deps.record(bucket, key, event);
    return true;
  });
  deps.notify();
  return removed;
}

export const deleteObject: Operation = async (deps, { wire, bucket, key }) => {
  if (wire.headers["if-match"] !== undefined) throw notImplemented("conditions on a delete");
  await removeObject(deps, { bucket, key, event: "ObjectRemoved:Delete" });
  return { status: 204 };
};

export const deleteObjects: Operation = async (deps, { wire, bucket, payload: { body, trailers } }) => {
  const digests = { ...wire.headers, ...trailers };
  if (!hasChecksum(digests))
    throw new S3Error("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  verifyChecksums(body, digests);
  const { keys, quiet } = readDelete(body.toString("utf8"));
  const deleted: Child[] = [];
  for (const key of keys) {
    await removeObject(deps, { bucket, key, event: "ObjectRemoved:Delete" });
    if (!quiet) deleted.push(["Deleted", [["Key", key]]]);
  }
  return { status: 200, headers: { "content-type": "application/xml" }, body: element("DeleteResult", deleted) };
};

function readDelete(source: string): { keys: string[]; quiet: boolean } {
  const malformed = (why: string) =>
    new S3Error("MalformedXML", `The XML you provided was not well-formed or did not validate against our published schema: ${why}`);
  try {
    const root = readXml(source);
    if (root.name !== "Delete") throw malformed(`its root is ${root.name}.`);
    const keys: string[] = [];
    let quiet = false;
    for (const child of root.children) {
      if (child.name === "Quiet") quiet = child.text === "true";
      else if (child.name !== "Object") throw malformed(`unknown element ${child.name}.`);
      else {
        const unknown = child.children.find(({ name }) => name !== "Key");
        if (unknown) throw notImplemented(`${unknown.name} in DeleteObjects`);
        const [key] = child.children;
        if (!key || key.text === "" || child.children.length > 1) throw malformed("an Object must have one Key.");
        keys.push(key.text);
      }
    }
    if (keys.length === 0 || keys.length > maxKeys) throw malformed(`it names ${keys.length} objects, not 1 to ${maxKeys}.`);
    return { keys, quiet };
  } catch (error) {
    throw error instanceof XmlError ? malformed(error.message) : error;
  }
}
