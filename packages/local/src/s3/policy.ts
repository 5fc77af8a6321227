import { createHmac } from "node:crypto";
import { type Credentials, parseAmzDate, sameText, signingKey } from "../wire/sigv4.ts";
import { S3Error } from "./errors.ts";

type Fields = Record<string, string>;
type Condition = { kind: "eq" | "starts-with"; field: string; value: string } | { kind: "content-length-range"; from: number; to: number };

/** Fields that a policy need not name: they carry it, or are the upload itself. */
const free = new Set(["policy", "x-amz-signature", "file"]);

const denied = (why: string) => new S3Error("AccessDenied", `Invalid according to Policy: ${why}`);
const invalid = (why: string) => new S3Error("InvalidPolicyDocument", `Invalid Policy: ${why}`);

/**
 * Checks a form's policy: its signature, its expiry (real time, as for all signatures), and each of its conditions against `fields`
 * (names in lower case, `bucket` and the resolved `key` included) and the size of the file. A field that no condition names is refused.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export function checkPolicy(
  fields: Fields,
  fileBytes: number,
  { credentials, region, now = Date.now }: { credentials: Credentials; region: string; now?: () => number },
): void {
  const policy = fields.policy;
  if (policy === undefined) throw new S3Error("AccessDenied", "Access Denied");
  checkSignature(fields, policy, credentials, region);
  const { expiresAt, conditions } = readPolicy(policy);
  if (now() > expiresAt) throw denied("Policy expired.");

  for (const condition of conditions) {
    if (condition.kind !== "content-length-range") {
      const value = fields[condition.field] ?? "";
      const holds = condition.kind === "eq" ? value === condition.value : value.startsWith(condition.value);
      if (!holds) throw denied(`Policy Condition failed: ["${condition.kind}", "$${condition.field}", "${condition.value}"]`);
    } else if (fileBytes > condition.to) {
      throw new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
    } else if (fileBytes < condition.from) {
      throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
    }
  }
  const named = new Set(conditions.map((condition) => (condition.kind === "content-length-range" ? "" : condition.field)));
  const extra = Object.keys(fields).find(
    (name) => !free.has(name) && !name.startsWith("x-ignore-") && name !== "bucket" && !named.has(name),
  );
  if (extra !== undefined) throw denied(`Extra input fields: ${extra}`);
}

function checkSignature(fields: Fields, policy: string, credentials: Credentials, region: string): void {
  if (fields["x-amz-algorithm"] !== "AWS4-HMAC-SHA256") throw new S3Error("InvalidArgument", "x-amz-algorithm must be AWS4-HMAC-SHA256.");
  const [accessKeyId = "", date = "", ...scope] = (fields["x-amz-credential"] ?? "").split("/");
  const at = parseAmzDate(fields["x-amz-date"] ?? "");
  if (scope.join("/") !== `${region}/s3/aws4_request` || at === undefined || !fields["x-amz-date"]?.startsWith(date))
    throw new S3Error("InvalidArgument", `x-amz-credential must be scoped to the date and to ${region}/s3/aws4_request.`);
  const credential = credentials(accessKeyId);
  if (!credential) throw new S3Error("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  const expected = createHmac("sha256", signingKey(credential.secretAccessKey, date, region, "s3"))
    .update(policy)
    .digest("hex");
  if (!sameText(expected, fields["x-amz-signature"] ?? ""))
    throw new S3Error("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.");
}

function readPolicy(encoded: string): { expiresAt: number; conditions: Condition[] } {
  let policy: { expiration?: unknown; conditions?: unknown } | null;
  try {
    policy = JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
  } catch {
    throw invalid("Invalid JSON.");
  }
  const expiresAt = typeof policy?.expiration === "string" ? Date.parse(policy.expiration) : Number.NaN;
  if (Number.isNaN(expiresAt)) throw invalid("Invalid 'expiration' value.");
  if (!Array.isArray(policy?.conditions)) throw invalid("Policy missing conditions.");
  return { expiresAt, conditions: policy.conditions.flatMap(readCondition) };
}

function readCondition(condition: unknown): Condition[] {
  if (Array.isArray(condition) && condition.length === 3) {
    const [kind, first, second] = condition as unknown[];
    const operator = typeof kind === "string" ? kind.toLowerCase() : "";
    if (operator === "content-length-range" && isWhole(first) && isWhole(second))
      return [{ kind: operator, from: Number(first), to: Number(second) }];
    if (
      (operator === "eq" || operator === "starts-with") &&
      typeof first === "string" &&
      first.startsWith("$") &&
      typeof second === "string"
    )
      return [{ kind: operator, field: first.slice(1).toLowerCase(), value: second }];
  } else if (typeof condition === "object" && condition !== null && !Array.isArray(condition)) {
    return Object.entries(condition).map(([field, value]) => {
      if (typeof value !== "string") throw invalid(`Invalid simple condition: ${JSON.stringify(condition)}.`);
      return { kind: "eq", field: field.toLowerCase(), value };
    });
  }
  throw invalid(`Invalid condition: ${JSON.stringify(condition)}.`);
}

const isWhole = (value: unknown): boolean => /^\d{1,15}$/.test(String(value));
