import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { makeClock } from "../clock.ts";
import { serve } from "../wire/http.ts";
import { type Abandoned, createEvents } from "./index.ts";

export const region = "eu-west-1";
export const account = "000000000000";
export const key = { accessKeyId: "AKIDTEST", secretAccessKey: "a-secret" };

type Dead = { arn: string; event: unknown; error: unknown; about: Abandoned };

/** A server with the bus `shop`, whose deliveries and dead letters are kept; `fail` may refuse one by throwing, told the ARN it goes to. */
export async function startEvents({
  folder = mkdtempSync(join(tmpdir(), "events-")),
  offsetMs = 0,
  fail = (_arn: string): void => {},
} = {}) {
  const clock = makeClock(offsetMs);
  const delivered: { arn: string; event: unknown }[] = [];
  const dead: Dead[] = [];
  const events = createEvents({
    file: join(folder, "events.sqlite"),
    region,
    account,
    clock,
    credentials: (id) => (id === key.accessKeyId ? { ...key, principal: "test" } : undefined),
    deliver(arn, event) {
      fail(arn);
      delivered.push({ arn, event });
    },
    async deadLetter(arn, event, error, about) {
      fail(arn);
      dead.push({ arn, event, error, about });
    },
  });
  events.defineBus("shop");
  const server = await serve(events.handle);
  const client = clientOf(server.url);
  return {
    events,
    clock,
    client,
    url: server.url,
    folder,
    delivered,
    dead,
    async stop({ keep = false } = {}) {
      client.destroy();
      await server.close();
      events.close();
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const clientOf = (endpoint: string, secretAccessKey = key.secretAccessKey) =>
  new EventBridgeClient({ region, endpoint, credentials: { ...key, secretAccessKey }, maxAttempts: 1 });

// Run as a program: serves the folder that is named first until it is killed, with a target that is always down, and prints its address.
if (import.meta.main) {
  const local = await startEvents({
    folder: process.argv[2] ?? "",
    fail() {
      throw new Error("down");
    },
  });
  local.events.defineRule({ name: "all", bus: "shop", pattern: { source: ["shop"] }, enabled: true, targets: [{ id: "1", arn: "arn:q" }] });
  process.stdout.write(`${local.url}\n`);
}
