import { createHmac, type KeyObject } from "node:crypto";
import { sameText, sha256Hex } from "../wire/sigv4.ts";
import { S3Error } from "./errors.ts";

/** What each chunk's signature is computed from: the request's own signature is the seed. */
export type ChunkSigning = { key: KeyObject; amzDate: string; scope: string; seed: string };

const incomplete = () => new S3Error("IncompleteBody", "The request body terminated unexpectedly.");
const forged = () => new S3Error("SignatureDoesNotMatch", "The chunk signature we calculated does not match the signature you provided.");

/**
 * Decodes an `aws-chunked` body to the byte. With `signing`, each chunk's signature (and the trailer's, if there is one) is verified.
 * Trailer names are in lower case.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function decodeChunked(encoded: Buffer, signing: ChunkSigning | undefined): { body: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let previous = signing?.seed ?? "";
  let at = 0;

  const line = (): string => {
    const end = encoded.indexOf("\r\n", at);
    if (end < 0) throw incomplete();
    const text = encoded.toString("latin1", at, end);
    at = end + 2;
    return text;
  };

  function checkSignature(given: string | undefined, algorithm: string, hashes: string[]): void {
    if (!signing) return;
    const toSign = [algorithm, signing.amzDate, signing.scope, previous, ...hashes].join("\n");
    const expected = createHmac("sha256", signing.key).update(toSign).digest("hex");
    if (!given || !sameText(expected, given)) throw forged();
    previous = expected;
  }

  for (;;) {
    const [, size = "", signature] = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line()) ?? [];
    if (size === "") throw incomplete();
    const length = Number.parseInt(size, 16);
    const data = encoded.subarray(at, at + length);
    if (data.length < length) throw incomplete();
    checkSignature(signature, "AWS4-HMAC-SHA256-PAYLOAD", [sha256Hex(""), sha256Hex(data)]);
    at += length;
    if (length === 0) break;
    chunks.push(data);
    if (line() !== "") throw incomplete();
  }

  const trailers = readTrailers(line);
  const { "x-amz-trailer-signature": signature, ...named } = trailers;
  const lines = Object.entries(named).map(([name, value]) => `${name}:${value}\n`);
  if (lines.length > 0) checkSignature(signature, "AWS4-HMAC-SHA256-TRAILER", [sha256Hex(lines.join(""))]);
  if (at !== encoded.length) throw incomplete();
  return { body: Buffer.concat(chunks), trailers: named };
}

function readTrailers(line: () => string): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (let text = line(); text !== ""; text = line()) {
    const [, name, value] = /^([\w-]+):\s*(.*?)\s*$/.exec(text) ?? [];
    if (!name || value === undefined)
      throw new S3Error("MalformedTrailerError", "The request contained trailing data that was not well-formed.");
    trailers[name.toLowerCase()] = value;
  }
  return trailers;
}
