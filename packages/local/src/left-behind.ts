import type { DynamoDb } from "./dynamodb/dynoxide.ts";
import type { S3 } from "./s3/index.ts";
import type { Sqs } from "./sqs/index.ts";

type Servers = { dynamodb: DynamoDb; sqs: Sqs; s3: S3 };
type Named = { tables: string[]; queues: string[]; buckets: string[] };

/** A sentence for everything that holds data and is no longer in the template: it is kept, as a deployment keeps what is retained, and nobody reaches it. */
export async function leftBehind({ dynamodb, sqs, s3 }: Servers, named: Named): Promise<string[]> {
  const { TableNames } = await dynamodb.call<{ TableNames: string[] }>("DynamoDB_20120810.ListTables", {});
  const kept = (what: string, name: string) => `${what} ${name} is no longer in the stacks. It is kept as it is, and nothing uses it.`;
  return [
    ...TableNames.filter((name) => !named.tables.includes(name)).map((name) => kept("The table", name)),
    ...sqs
      .depths()
      .filter(({ name }) => !named.queues.includes(name))
      .map(({ name, visible, inFlight, delayed }) => kept("The queue", `${name} (messages: ${visible + inFlight + delayed})`)),
    ...s3
      .storedBuckets()
      .filter((name) => !named.buckets.includes(name))
      .map((name) => kept("The bucket", name)),
  ];
}
