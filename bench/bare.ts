import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { examplePost } from "../packages/functions/src/http/posts/schemas.ts";
import { startTable } from "../tests/harness/table.ts";

/**
 * What the API is measured against: plain Node in front of the same table through the same client, without identity, limits, checks or links.
 * Prints its address once it answers.
 */
const { table, close } = await startTable();
/** Posts as the product keeps them: a list costs by what its rows hold. */
const row = (id: string) => ({
  attributes: ["state", "leaseUntil", "claims", "deletedAt"],
  ...examplePost,
  claims: [],
  correlationId: id,
  createdBy: "bare",
  pk: "bare",
  statePk: "bare/scheduled",
  sk: id,
  id,
  event: {
    id,
    type: "bench.post",
    version: 1,
    at: examplePost.createdAt,
    actor: "bare",
    subject: id,
    workspaceId: "bare",
    correlationId: id,
  },
});
for (let i = 0; i < 20; i += 1) await table.write({ put: row(`pst_${String(i).padStart(3, "0")}`) });

const server = createServer(async (request, response) => {
  const say = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "POST") {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const made = { ...row(randomUUID()), pk: "made", ...(JSON.parse(Buffer.concat(chunks).toString()) as object) };
    await table.write({ put: made, condition: "attribute_not_exists(pk)" });
    return say(201, made);
  }
  if (request.url === "/list") return say(200, await table.page({ pk: "bare", limit: 20 }));
  return say(200, await table.get({ pk: "bare", sk: "pst_000" }));
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
process.once("SIGTERM", async () => {
  server.closeAllConnections();
  await close();
  process.exit(0);
});
