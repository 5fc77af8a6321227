import { S3Error } from "./errors.ts";

/** A form upload: `fields` by name in lower case, without the file; the file's bytes as they came. */
export type Form = { fields: Record<string, string>; fileName: string; file: Buffer };

/** All that comes before the file, together. */
const maxFieldBytes = 20_000;

const malformed = () => new S3Error("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.");

/** Reads `multipart/form-data` (RFC 7578) as S3 does: the file is the field `file`, and what comes after it is ignored. */
export function readForm(contentType: string, body: Buffer): Form {
  const [, quoted, bare] = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (!boundary) throw new S3Error("MalformedPOSTRequest", "The request must be multipart/form-data with a boundary.");
  const opening = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  if (!body.subarray(0, opening.length).equals(opening)) throw malformed();

  const fields: Record<string, string> = {};
  let fieldBytes = 0;
  for (let at = opening.length; body.toString("latin1", at, at + 2) === "\r\n"; ) {
    const headEnd = body.indexOf("\r\n\r\n", at);
    const end = headEnd < 0 ? -1 : body.indexOf(delimiter, headEnd + 2);
    if (end < 0) throw malformed();
    const { name, fileName } = readDisposition(body.toString("utf8", at + 2, headEnd));
    const content = body.subarray(Math.min(headEnd + 4, end), end);
    if (name === "file") return { fields, fileName, file: content };
    fieldBytes += name.length + content.length;
    if (fieldBytes > maxFieldBytes)
      throw new S3Error("MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large.");
    if (Object.hasOwn(fields, name)) throw new S3Error("InvalidArgument", `POST requires exactly one value for the field ${name}.`);
    fields[name] = content.toString("utf8");
    at = end + delimiter.length;
  }
  throw new S3Error("InvalidArgument", "POST requires exactly one file upload per request.");
}

function readDisposition(head: string): { name: string; fileName: string } {
  const line = head.split("\r\n").find((text) => /^content-disposition:\s*form-data\s*;/i.test(text));
  const name = /;\s*name="((?:[^"\\]|\\.)*)"/i.exec(line ?? "")?.[1];
  if (!line || !name) throw malformed();
  const fileName = /;\s*filename="((?:[^"\\]|\\.)*)"/i.exec(line)?.[1] ?? "";
  return { name: name.toLowerCase(), fileName: fileName.replace(/^.*[\\/]/, "") };
}
