import { createHash, randomBytes, randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { AdminGetUserCommand, SignUpCommand } from "@aws-sdk/client-cognito-identity-provider";
import { type AttributeValue, DeleteItemCommand, PutItemCommand, paginateScan, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Clients } from "./cloud.ts";

const Bucket = "media";
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

/** What each service has acknowledged, over all rounds. */
export type Acknowledged = {
  rows: Set<string>;
  objects: Set<string>;
  sent: Set<string>;
  deleted: Set<string>;
  events: Set<string>;
  /** Address to `sub`. */
  users: Map<string, string>;
};

export const nothingYet = (): Acknowledged => ({
  rows: new Set(),
  objects: new Set(),
  sent: new Set(),
  deleted: new Set(),
  events: new Set(),
  users: new Map(),
});

export const countOf = (all: Acknowledged): number => Object.values(all).reduce((sum, { size }) => sum + size, 0);

const row = (pk: string, sk: string): Record<string, AttributeValue> => ({ pk: { S: pk }, sk: { S: sk }, body: { S: pk.repeat(20) } });

/** Writers that go on until the cloud no longer answers; `noted` is called after each acknowledgement. What is written tells what it must be: a row its pair, an object its digest. */
export function writers(clients: Clients, clientId: string, all: Acknowledged, noted: () => void): (() => Promise<never>)[] {
  const { dynamodb, s3, sqs, cognito, events, queueUrl } = clients;
  const forever = (write: () => Promise<void>) => async (): Promise<never> => {
    for (;;) {
      await write();
      noted();
    }
  };
  const newObject = () => {
    const body = randomBytes(1 + Math.floor(Math.random() * 100_000));
    return { body, Key: `${md5(body)}/${randomUUID()}` };
  };

  const putRow = forever(async () => {
    const id = `one#${randomUUID()}`;
    await dynamodb.send(new PutItemCommand({ TableName: "Table", Item: row(id, "only") }));
    all.rows.add(id);
  });
  const putPair = forever(async () => {
    const id = `pair#${randomUUID()}`;
    const put = (sk: string) => ({ Put: { TableName: "Table", Item: row(id, sk) } });
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [put("left"), put("right")] }));
    all.rows.add(id);
  });
  const putObject = forever(async () => {
    const { body, Key } = newObject();
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: body }));
    all.objects.add(Key);
  });
  const putInParts = forever(async () => {
    const { body, Key } = newObject();
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: body }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
    all.objects.add(Key);
  });
  const send = forever(async () => {
    const id = randomUUID();
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl("Work"), MessageBody: id }));
    all.sent.add(id);
  });
  const consume = forever(async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl("Work"), WaitTimeSeconds: 1 }));
    for (const { Body = "", ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl("Work"), ReceiptHandle }));
      all.deleted.add(Body);
    }
  });
  const tell = forever(async () => {
    const entry = { EventBusName: "bus", Source: "test", DetailType: "test.thing.happened", Detail: "{}" };
    const { Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
    all.events.add(Entries?.[0]?.EventId ?? "");
  });
  const signUp = forever(async () => {
    const email = `${randomUUID()}@example.org`;
    const { UserSub = "" } = await cognito.send(new SignUpCommand({ ClientId: clientId, Username: email, Password: "Sunrise-1843" }));
    all.users.set(email, UserSub);
  });
  // A row that names an object, there only while the object is: as the product does it.
  const couple = forever(async () => {
    const { body, Key } = newObject();
    const named = { TableName: "Table", Key: { pk: { S: `ref#${Key}` }, sk: { S: "only" } } };
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: body }));
    await dynamodb.send(new PutItemCommand({ TableName: "Table", Item: row(`ref#${Key}`, "only") }));
    await dynamodb.send(new DeleteItemCommand(named));
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  });
  return [
    couple,
    couple,
    couple,
    couple,
    putRow,
    putPair,
    putPair,
    putObject,
    putObject,
    putInParts,
    send,
    send,
    consume,
    tell,
    tell,
    signUp,
  ];
}

/** How the writers ended that did not end with a cut connection: a fault of the cloud's, or of theirs. */
export const faultsIn = (outcomes: PromiseSettledResult<never>[]): string[] =>
  outcomes
    .map((outcome) => (outcome.status === "rejected" ? `${outcome.reason.code} ${outcome.reason.stack}` : "it ended"))
    .filter((ending) => !/ECONNRESET|ECONNREFUSED|EPIPE|socket hang up/.test(ending));

/** What the table holds: for each pk, its sort keys. */
export async function rowsOf({ dynamodb }: Clients): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: "Table", ConsistentRead: true }))
    for (const { pk, sk } of Items) found.set(pk?.S ?? "", [...(found.get(pk?.S ?? "") ?? []), sk?.S ?? ""].sort());
  return found;
}

/** Rows that name an object which is not there. */
export const danglingIn = (rows: Map<string, string[]>, keys: Set<string>): string[] =>
  [...rows.keys()].filter((pk) => pk.startsWith("ref#") && !keys.has(pk.slice("ref#".length)));

/** The keys of all objects, and of those whose bytes are not what they were. */
export async function objectsOf({ s3 }: Clients): Promise<{ keys: Set<string>; damaged: string[] }> {
  const keys = new Set<string>();
  const damaged: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key = "" } of Contents) {
      keys.add(Key);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      if (!Key.startsWith(md5((await Body?.transformToByteArray()) ?? new Uint8Array()))) damaged.push(Key);
    }
  }
  return { keys, damaged };
}

/** Takes everything that is visible out of a queue; the bodies. */
export async function drain({ sqs, queueUrl }: Clients, name: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl(name), MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return bodies;
    for (const { Body = "", ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl(name), ReceiptHandle }));
      bodies.push(Body);
    }
  }
}

export async function subOf({ cognito, poolId }: Clients, Username: string): Promise<string | undefined> {
  return (await cognito.send(new AdminGetUserCommand({ UserPoolId: poolId, Username }))).Username;
}

/** No function asks for the client's id here, so it is read from the file. */
export function clientIdIn(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return String(database.prepare("SELECT id FROM clients").get()?.id);
  } finally {
    database.close();
  }
}
