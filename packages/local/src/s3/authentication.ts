import type { WireRequest } from "../wire/http.ts";
import { type Credential, type Credentials, type SignatureProblem, signingKey, verifySignature } from "../wire/sigv4.ts";
import { type ChunkSigning, decodeChunked } from "./chunked.ts";
import { S3Error, type S3ErrorCode } from "./errors.ts";

const codes: Record<Exclude<SignatureProblem, "Malformed">, S3ErrorCode> = {
  MissingAuthentication: "AccessDenied",
  InvalidAccessKeyId: "InvalidAccessKeyId",
  SignatureDoesNotMatch: "SignatureDoesNotMatch",
  RequestTimeTooSkewed: "RequestTimeTooSkewed",
  RequestExpired: "AccessDenied",
  ContentMismatch: "XAmzContentSHA256Mismatch",
};

/** Declared as the payload's hash where the body is not hashed whole. */
const streaming = /^STREAMING-(AWS4-HMAC-SHA256-PAYLOAD|UNSIGNED-PAYLOAD)(-TRAILER)?$/;

/** The object's own bytes, and the trailers that came after them. */
export type Payload = { body: Buffer; trailers: Record<string, string> };

/**
 * Checks the signature of a request, in headers or query, over the path as it was sent, and unpacks its body. Throws under S3's names
 * (AccessDenied, SignatureDoesNotMatch, RequestTimeTooSkewed, XAmzContentSHA256Mismatch …).
 */
export function authenticate(request: WireRequest, { credentials, region }: { credentials: Credentials; region: string }): Payload {
  const { authorization } = request.headers;
  const declared = request.headers["x-amz-content-sha256"];
  if (authorization && declared === undefined)
    throw new S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  const verified = verifySignature(request, { credentials, service: "s3", region });
  if (!verified.ok) {
    if (verified.problem === "Malformed")
      throw new S3Error(authorization ? "AuthorizationHeaderMalformed" : "AuthorizationQueryParametersError", verified.detail);
    throw new S3Error(codes[verified.problem], verified.detail);
  }
  checkAllSigned(request);

  if (declared === undefined || !declared.startsWith("STREAMING-")) return { body: request.body, trailers: {} };
  const [, kind, trailer] = streaming.exec(declared) ?? [];
  if (!kind) throw new S3Error("NotImplemented", `The payload form ${declared} is not known here.`);
  const payload = decodeChunked(
    request.body,
    kind === "UNSIGNED-PAYLOAD" ? undefined : chunkSigning(authorization ?? "", request, verified.credential),
  );
  if (String(payload.body.length) !== request.headers["x-amz-decoded-content-length"])
    throw new S3Error("IncompleteBody", "You did not provide the number of bytes specified by the x-amz-decoded-content-length header.");
  const promised = (request.headers["x-amz-trailer"] ?? "").toLowerCase();
  if (Object.keys(payload.trailers).join(",") !== (trailer ? promised : ""))
    throw new S3Error("MalformedTrailerError", "The trailers are not those that x-amz-trailer announced.");
  return payload;
}

/** S3 refuses `x-amz-*` headers that the signature does not cover: whoever carries a presigned URL must not add to it. */
function checkAllSigned({ headers, query }: WireRequest): void {
  const list = headers.authorization
    ? /SignedHeaders=([^,]*)/.exec(headers.authorization)?.[1]
    : new URLSearchParams(query).get("X-Amz-SignedHeaders");
  const signed = new Set(list?.split(";"));
  const extra = Object.keys(headers).filter((name) => name.startsWith("x-amz-") && !signed.has(name));
  if (extra.length > 0)
    throw new S3Error("AccessDenied", `There were headers present in the request which were not signed: ${extra.join(", ")}`);
}

function chunkSigning(authorization: string, { headers }: WireRequest, { secretAccessKey }: Credential): ChunkSigning {
  const [, date = "", region = "", seed = ""] = /\/(\d{8})\/([^/]+)\/s3\/.*Signature=([0-9a-f]{64})$/.exec(authorization) ?? [];
  return {
    key: signingKey(secretAccessKey, date, region, "s3"),
    amzDate: headers["x-amz-date"] ?? "",
    scope: `${date}/${region}/s3/aws4_request`,
    seed,
  };
}
