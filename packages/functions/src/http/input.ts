import { isUtf8 } from "node:buffer";
import { type FieldError, notFound, Problem, problems } from "@atelier/core/kernel";
import type * as z from "zod";
import type { HttpEvent } from "./event.ts";
import type { Operation } from "./operation.ts";
import { longestPointer, mostErrors } from "./schemas.ts";

/** JSON bodies hold words; files go to the bucket directly. */
const maxBodyBytes = 256 * 1024;

/** Everything that the operation's schemas say about the input, checked. Throws problems that say what is allowed. */
export function readInput(op: Operation, event: HttpEvent, params: Record<string, string>) {
  const place = op.params?.safeParse(params);
  // An id that cannot be one names nothing.
  if (place && !place.success) throw notFound("object");
  const errors: FieldError[] = [];
  const query = read(op.query, event.queryStringParameters ?? {}, "/query", errors);
  const body = op.body ? read(op.body, json(event), "", errors) : refuseBody(event);
  if (errors.length > 0) {
    const first = errors[0];
    throw new Problem(
      problems.invalid,
      errors.length === 1 ? `${first?.pointer}: ${first?.detail}` : `${errors.length} values are not allowed.`,
      { errors },
    );
  }
  return { params: place?.data, query, body };
}

function read(schema: z.ZodType | undefined, value: unknown, prefix: string, errors: FieldError[]): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // A body of many small faults must not become an answer larger than any may be.
  for (const issue of result.error.issues.slice(0, mostErrors - errors.length)) {
    const at = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
    errors.push({ pointer: pointerTo(prefix, at), detail: shortened(issue.message) });
  }
  return undefined;
}

const longestDetail = 500;
const shortened = (text: string): string => (text.length > longestDetail ? `${text.slice(0, longestDetail).toWellFormed()}…` : text);

/** Where a place has a name of endless length, the pointer ends at what holds it. */
function pointerTo(prefix: string, path: readonly PropertyKey[]): string {
  let pointer = `#${prefix}`;
  for (const part of path) {
    const longer = `${pointer}/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (longer.length > longestPointer) break;
    pointer = longer;
  }
  return pointer;
}

/** The body as text, byte for byte. Throws where it is not UTF-8. */
export const rawBodyOf = (event: HttpEvent): string =>
  event.isBase64Encoded ? decoded(Buffer.from(event.body ?? "", "base64")) : (event.body ?? "");

function json(event: HttpEvent): unknown {
  const text = rawBodyOf(event);
  if (Buffer.byteLength(text) > maxBodyBytes)
    throw new Problem(problems.tooLarge, `At most ${maxBodyBytes / 1024} kB of JSON. Upload files through POST /v1/images/uploads.`);
  if (!/^application\/([\w.+-]*\+)?json\s*(;|$)/i.test(event.headers["content-type"] ?? ""))
    throw new Problem(problems.unsupportedMediaType, "Send the body as `Content-Type: application/json`.");
  try {
    // Half a character can only come escaped: looking for it costs nothing where nothing is.
    return JSON.parse(text, /\\ud[89a-f]/i.test(text) ? wellFormed : undefined) as unknown;
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(problems.malformed, "The body is not valid JSON.", { cause });
  }
}

function decoded(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Problem(problems.malformed, "The body is not valid UTF-8.");
  return bytes.toString("utf8");
}

/** Half a character, as JSON can spell it, is text that nothing behind this can store. */
function wellFormed(name: string, value: unknown): unknown {
  if (!name.isWellFormed() || (typeof value === "string" && !value.isWellFormed()))
    throw new Problem(problems.malformed, "A text or a name holds half of a surrogate pair. Send whole characters.");
  return value;
}

/** An empty body, or an empty object from clients that always send one. */
function refuseBody(event: HttpEvent): undefined {
  const text = event.body?.trim() ?? "";
  if (text !== "" && text !== "{}") throw new Problem(problems.malformed, "This operation takes no body.");
}
