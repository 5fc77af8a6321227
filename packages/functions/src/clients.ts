import { makeTable, type Table } from "@atelier/core/kernel";
import { type MediaStore, s3Media } from "@atelier/core/library";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { optional, region, required } from "./env.ts";

/** Made when first asked for, once in a process. Marked so that a bundle leaves out the clients that its function never asks for. */
/* @__NO_SIDE_EFFECTS__ */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Without `throw…` the SDK would only write a warning. */
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true } as const;

/**
 * What all clients share. Deadlines, because a call that hangs must not hold a worker; the cache, because without it each call puts its middleware
 * together anew, which takes as long as the rest of it.
 */
export const shared = { region, requestHandler, cacheMiddleware: true } as const;

/** An answer whole, without the second stream through which the SDK's own collector leads it: a twentieth of a small request's time in the profile. */
const streamCollector = (stream: NodeJS.ReadableStream): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.once("end", () => resolve(Buffer.concat(chunks)));
    stream.once("error", reject);
  });

/** The table and the queues answer in milliseconds or not at all; all attempts together fit into the time that an API's function has. */
const prompt = { ...shared, requestHandler: { ...requestHandler, requestTimeout: 4_000 }, streamCollector } as const;

/** Each answer would be copied, without its secrets, for a log that nobody has asked for: half the time of a long list. */
/* @__NO_SIDE_EFFECTS__ */
export function quiet<T extends { middlewareStack: { removeByTag(tag: string): boolean } }>(client: T): T {
  client.middlewareStack.removeByTag("LOGGER");
  return client;
}

/** The table's client, as everything that runs has it; `where` leads it to another place. */
export const tableClient = (where: { region?: string; endpoint?: string; credentials?: Credentials } = {}): DynamoDBClient =>
  new DynamoDBClient({ ...prompt, maxAttempts: 5, ...where });
type Credentials = { accessKeyId: string; secretAccessKey: string };

export const table = once((): Table => makeTable(tableClient(), required("TABLE")));

export const media = once((): MediaStore => {
  const checked = {
    ...shared,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    forcePathStyle: true,
  } as const;
  const client = quiet(new S3Client(checked));
  const endpoint = optional("MEDIA_PUBLIC_ENDPOINT");
  const bucket = required("MEDIA_BUCKET");
  return endpoint
    ? s3Media(client, new S3Client({ ...checked, endpoint }), bucket, `${endpoint}/${bucket}`)
    : s3Media(client, client, bucket, `https://${bucket}.s3.${region}.amazonaws.com`);
});

export const sqs = once(() => quiet(new SQSClient(prompt)));
