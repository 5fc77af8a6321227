import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { removeFolder, temporaryFolder } from "../harness/atelier.ts";
import { descendants, startCloudProcess } from "../harness/cloud.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

/** The addresses at which a process listens, as Linux tells them: `0100007F` is 127.0.0.1. */
function listeningAt(pid: number): string[] {
  const sockets = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`)));
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === "0A" && sockets.has(`socket:[${inode}]`))
      .map(([, local = ""]) => local.split(":")[0] ?? ""),
  );
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

test("nothing of the cloud listens anywhere but on 127.0.0.1", async () => {
  const cloud = await startCloudProcess(folder);
  const addresses = [cloud.process.pid ?? 0, ...descendants(cloud.process.pid ?? 0)].flatMap(listeningAt);
  await cloud.kill();
  // The one door, DynamoDB, SQS, mail, user pool and events.
  expect(addresses.length).toBeGreaterThanOrEqual(6);
  expect(new Set(addresses)).toEqual(new Set(["0100007F"]));
});
