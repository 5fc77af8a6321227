import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { expect, test, vi } from "vitest";
import { clientOf, startEvents } from "./server.fixture.ts";

test("a server killed under load delivers, when it is back, every event that it acknowledged", async () => {
  const folder = mkdtempSync(join(tmpdir(), "events-"));
  const child = spawn(process.execPath, [join(import.meta.dirname, "server.fixture.ts"), folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  const client = clientOf(url);
  const acknowledged: string[] = [];
  const Entries = [{ EventBusName: "shop", Source: "shop", DetailType: "x", Detail: "{}" }];
  const senders = await Promise.allSettled(
    Array.from({ length: 6 }, async () => {
      for (;;) {
        const answer = await client.send(new PutEventsCommand({ Entries }));
        acknowledged.push(answer.Entries?.[0]?.EventId ?? "");
        if (acknowledged.length === 200) child.kill("SIGKILL");
      }
    }),
  );
  expect(senders.every((sender) => sender.status === "rejected")).toBe(true);
  client.destroy();

  // No rule is defined: a delivery's row holds all that it needs.
  const local = await startEvents({ folder, offsetMs: 60_000 });
  await vi.waitFor(() => expect(local.events.outstanding()).toBe(0), { timeout: 10_000, interval: 10 });
  const delivered = new Set(local.delivered.map(({ event }) => (event as { id: string }).id));
  await local.stop();
  expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  expect(acknowledged.filter((id) => !delivered.has(id))).toEqual([]);
});
