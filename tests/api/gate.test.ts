import { randomUUID } from "node:crypto";
import { gateStore, makeGate } from "@atelier/core/gate";
import { makeTable, Problem } from "@atelier/core/kernel";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DynamoDb, startDynamoDb } from "../../packages/local/src/dynamodb/dynoxide.ts";
import { namesOf } from "../../packages/local/src/template/names.ts";
import { readTemplate, type Template } from "../../packages/local/src/template/read.ts";
import { template } from "../../stacks/template.ts";
import { removeFolder, temporaryFolder } from "../harness/atelier.ts";

const folder = temporaryFolder();
let dynamodb: DynamoDb;
let table: ReturnType<typeof makeTable>;
beforeAll(async () => {
  dynamodb = await startDynamoDb(folder, "eu-west-1");
  const made = template() as Template;
  const [wanted] = readTemplate(made, namesOf(made, "eu-west-1", { ref: (id) => id, apiUrl: "http://127.0.0.1" }))("AWS::DynamoDB::Table");
  if (!wanted) throw new Error("The template has no table.");
  await dynamodb.defineTable(wanted.id, wanted.properties);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ region: "eu-west-1", endpoint: dynamodb.url, credentials });
  table = makeTable(client, wanted.id);
});
afterAll(async () => {
  await dynamodb.close();
  removeFolder(folder);
});

const standingAt = (at: number) => ({ now: () => at, sleepUntil: async () => undefined });

/** How many of so many requests at once, spread over as many processes, are let through. */
async function passed(requests: number, processes: number, quota: number): Promise<number> {
  const gates = Array.from({ length: processes }, () => makeGate(gateStore(table), standingAt(Date.now())));
  const caller = `user/${randomUUID()}`;
  const answers = await Promise.all(
    Array.from({ length: requests }, (_, i) =>
      gates[i % processes]?.pass(caller, [{ name: "burst", quota, seconds: 3_600 }]).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Problem && error.type.status === 429) return false;
          throw error;
        },
      ),
    ),
  );
  return answers.filter(Boolean).length;
}

test("64 requests at once never pass a limit, whatever processes they meet", async () => {
  expect(await passed(64, 1, 20)).toBe(20);
  for (const processes of [4, 16]) {
    const through = await passed(64, processes, 20);
    expect(through).toBeLessThanOrEqual(20);
    expect(through).toBeGreaterThan(0);
  }
});
