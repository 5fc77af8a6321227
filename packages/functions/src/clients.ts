import { makeTable, type Table } from "@atelier/core/kernel";
import { type MediaStore, s3Media } from "@atelier/core/library";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
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

/** Deadlines of calls to AWS: a call that hangs must not hold a worker. */
export const requestHandler = { connectionTimeout: 2_000, requestTimeout: 10_000 } as const;

export const table = once((): Table => {
  const client = new DynamoDBClient({ region, requestHandler, maxAttempts: 5 });
  const document = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return makeTable(document, required("TABLE"));
});

export const media = once((): MediaStore => {
  const shared = {
    region,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    forcePathStyle: true,
  } as const;
  const client = new S3Client({ ...shared, requestHandler });
  const endpoint = optional("MEDIA_PUBLIC_ENDPOINT");
  return s3Media(client, endpoint ? new S3Client({ ...shared, endpoint }) : client, required("MEDIA_BUCKET"));
});

export const sqs = once(() => new SQSClient({ region, requestHandler }));
