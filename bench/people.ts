import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createClient } from "@atelier/client";
import { callerOf } from "@atelier/core/identity";
import { DynamoDBClient, ListTablesCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type Person, signUp } from "../tests/harness/person.ts";

export type Served = { url: string; seconds: number; unlimited(): Promise<Person>; stop(): Promise<void> };

/** Starts the embedded cloud in a process of its own. */
export async function serve(dataFolder: string): Promise<Served> {
  const begun = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(new URL("serve.ts", import.meta.url)), dataFolder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const seconds = (performance.now() - begun) / 1000;
  const { url, environment } = JSON.parse(line) as { url: string; environment: Record<string, string> };
  const client = new DynamoDBClient({
    region: environment.AWS_REGION ?? "",
    endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB ?? "",
    credentials: { accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "" },
  });
  const { TableNames: [TableName] = [] } = await client.send(new ListTablesCommand({}));

  return {
    url,
    seconds,
    /** Somebody whose limits an operator has lifted: one machine's load comes from a few people, not from hundreds. */
    async unlimited() {
      const person = await signUp(url);
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: marshall({ pk: `gate/${callerOf(person.userId)}`, sk: "gate" }),
          UpdateExpression: "SET quotas = :quotas",
          ExpressionAttributeValues: marshall({ ":quotas": { burst: 1_000_000, minute: 60_000_000 } }),
        }),
      );
      // Without the tests' check of every answer against the OpenAPI document.
      return { ...person, client: createClient({ baseUrl: url, accessToken: () => person.token }) };
    },
    async stop() {
      client.destroy();
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
