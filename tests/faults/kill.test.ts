import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { removeFolder, temporaryFolder } from "../harness/atelier.ts";
import { clientsOf, descendants, startCloudProcess } from "../harness/cloud.ts";
import { clientIdIn, countOf, danglingIn, drain, faultsIn, nothingYet, objectsOf, rowsOf, subOf, writers } from "../harness/load.ts";
import { seeds } from "../harness/seeds.ts";
import { until } from "../harness/until.ts";

const dataFolder = temporaryFolder();
afterAll(() => removeFolder(dataFolder));

const acknowledged = nothingYet();
const missing = (from: Iterable<string>, there: { has(id: string): boolean }) => [...from].filter((id) => !there.has(id));

/** Writes from all sides and kills in the midst of it: after a number of acknowledgements that the seed chooses, and alone or with all that it has started. */
async function killUnderLoad(seed: number): Promise<number> {
  const cloud = await startCloudProcess(dataFolder);
  const clients = clientsOf(cloud.environment);
  const before = countOf(acknowledged);
  const enough = before + 40 + ((seed * 7_919) % 400);
  const pid = cloud.process.pid ?? 0;
  const victims = seed % 2 === 0 ? [pid, ...descendants(pid)] : [pid];
  let killed = false;
  const kill = () => {
    if (killed || countOf(acknowledged) < enough) return;
    killed = true;
    for (const victim of victims) process.kill(victim, "SIGKILL");
  };
  const load = writers(clients, clientIdIn(join(dataFolder, "cognito.sqlite")), acknowledged, kill);
  const outcomes = await Promise.allSettled(load.map((write) => write()));
  await cloud.ended;
  clients.destroy();
  expect(faultsIn(outcomes)).toEqual([]);
  return countOf(acknowledged) - before;
}

test.each(seeds)("a cloud killed in the midst of writes has kept all that it acknowledged and nothing half (seed %i)", async (seed) => {
  expect(await killUnderLoad(seed)).toBeGreaterThan(40);
  const cloud = await startCloudProcess(dataFolder);
  const clients = clientsOf(cloud.environment);
  try {
    // What was in a receiver's hands comes back when its visibility is over.
    const front = new URL(cloud.environment.AWS_ENDPOINT_URL_S3 ?? "").origin;
    await fetch(`${front}/_local/clock`, { method: "POST", body: JSON.stringify({ advanceMs: 60_000 }) });

    const rows = await rowsOf(clients);
    expect(missing(acknowledged.rows, rows)).toEqual([]);
    const halves = [...rows].filter(([pk, sks]) => sks.join() !== (pk.startsWith("pair") ? "left,right" : "only"));
    expect(halves).toEqual([]);

    const { keys, damaged } = await objectsOf(clients);
    expect(missing(acknowledged.objects, keys)).toEqual([]);
    expect(damaged).toEqual([]);
    expect(danglingIn(rows, keys)).toEqual([]);

    const left = await drain(clients, "Work");
    expect(missing(acknowledged.sent, new Set([...left, ...acknowledged.deleted]))).toEqual([]);
    expect(left.filter((id) => acknowledged.deleted.has(id))).toEqual([]);
    for (const id of left) acknowledged.deleted.add(id);

    await until("the events that were acknowledged", async () => {
      for (const body of await drain(clients, "Heard")) acknowledged.events.delete((JSON.parse(body) as { id: string }).id);
      return acknowledged.events.size === 0;
    });

    for (const [email, sub] of acknowledged.users) expect(await subOf(clients, email)).toBe(sub);
    // Parts of uploads that were never completed may be there yet; nothing else.
    const files = readdirSync(join(dataFolder, "s3", "objects")).length;
    expect(files).toBeGreaterThanOrEqual(keys.size);
    expect(files).toBeLessThanOrEqual(keys.size + seeds.length * 2);
  } finally {
    clients.destroy();
    await cloud.kill();
  }
});
