import { makeTable, type Table } from "@atelier/core/kernel";
import { tableClient } from "../../packages/functions/src/clients.ts";
import { startDynamoDb } from "../../packages/local/src/dynamodb/dynoxide.ts";
import type { Book } from "../../packages/local/src/faults/book.ts";
import { startProxy } from "../../packages/local/src/faults/proxy.ts";
import { namesOf } from "../../packages/local/src/template/names.ts";
import { readTemplate, type Template } from "../../packages/local/src/template/read.ts";
import { template } from "../../stacks/template.ts";
import { removeFolder, temporaryFolder } from "./atelier.ts";

const region = "eu-west-1";

/** The template's table on a real server, through the product's client, with the names of its calls written down. */
export type TestTable = { table: Table; calls: string[]; close(): Promise<void> };

/** `faults` strike what the client sends; without them it talks straight to the server. */
export async function startTable(faults?: Book): Promise<TestTable> {
  const folder = temporaryFolder();
  const dynamodb = await startDynamoDb(folder, region);
  const made = template() as Template;
  const [entry] = readTemplate(made, namesOf(made, region, { ref: (id) => id, apiUrl: "http://127.0.0.1" }))("AWS::DynamoDB::Table");
  if (!entry) throw new Error("The template has no table.");
  await dynamodb.defineTable(entry.id, entry.properties);
  const proxy = faults && (await startProxy({ service: "dynamodb", url: dynamodb.url, book: faults, kill: () => undefined }));
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = tableClient({ region, endpoint: (proxy ?? dynamodb).url, credentials });
  const calls: string[] = [];
  client.middlewareStack.add(
    (next, context) => (args) => {
      calls.push(String(context.commandName));
      return next(args);
    },
    { step: "initialize", name: "counts" },
  );
  return {
    table: makeTable(client, entry.id),
    calls,
    async close() {
      client.destroy();
      await proxy?.close();
      await dynamodb.close();
      removeFolder(folder);
    },
  };
}
