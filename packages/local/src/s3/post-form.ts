import type { WireRequest, WireResponse } from "../wire/http.ts";
import type { Credentials } from "../wire/sigv4.ts";
import { type Bucket, checkKey, type Deps } from "./call.ts";
import { verifyChecksums } from "./checksums.ts";
import { notImplemented, S3Error } from "./errors.ts";
import { readForm } from "./form.ts";
import { readObjectHeaders } from "./object-headers.ts";
import { checkPolicy } from "./policy.ts";
import { storeObject } from "./put-object.ts";
import { element } from "./xml.ts";

/** A browser's upload by form; the policy that it carries is its authority. */
export async function postForm(
  deps: Deps,
  { wire, bucket, credentials, region }: { wire: WireRequest; bucket: Bucket; credentials: Credentials; region: string },
): Promise<WireResponse> {
  const { fields: given, fileName, file: body } = readForm(wire.headers["content-type"] ?? "", wire.body);
  if (given.key === undefined || given.key === "")
    throw new S3Error(
      "InvalidArgument",
      "Bucket POST must contain a field named 'key'. If it is specified, please check the order of the fields.",
    );
  const key = checkKey(given.key.replaceAll("${" + "filename}", fileName));
  const fields = { ...given, key, bucket: bucket.name };
  checkPolicy(fields, body.length, { credentials, region });
  const refused = ["acl", "tagging", "success_action_redirect", "redirect", "x-amz-storage-class"].find((name) => name in given);
  if (refused !== undefined) throw notImplemented(`the form field ${refused}`);

  const { etag } = await storeObject(deps, {
    bucket,
    key,
    body,
    event: "ObjectCreated:Post",
    checksums: verifyChecksums(body, given),
    ...readObjectHeaders(given),
  });
  const location = `http://${wire.headers.host}${wire.path.replace(/\/$/, "")}/${encodeURIComponent(key)}`;
  const headers = { etag: `"${etag}"`, location };
  if (given.success_action_status === "200") return { status: 200, headers };
  // Any other value is passed over, as on AWS.
  if (given.success_action_status !== "201") return { status: 204, headers };
  return {
    status: 201,
    headers: { ...headers, "content-type": "application/xml" },
    body: element("PostResponse", [
      ["Location", location],
      ["Bucket", bucket.name],
      ["Key", key],
      ["ETag", `"${etag}"`],
    ]),
  };
}
