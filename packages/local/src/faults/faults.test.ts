import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeClock } from "../clock.ts";
import { createRunner, type Runner } from "../functions/runner.ts";
import { type Listening, serve } from "../wire/http.ts";
import { createFaults, type Faults } from "./index.ts";

const entry = fileURLToPath(new URL("fixtures/handler.ts", import.meta.url));
const clock = makeClock();
let folder: string;
let service: Listening;
let faults: Faults;
let runner: Runner;
let heard: Record<string, string>[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "atelier-test-"));
  heard = [];
  service = await serve(async ({ headers }) => {
    heard.push(headers);
    return { status: 200, body: `heard at ${headers.host}` };
  });
  const functions = ["Reader", "Writer0A349913"].map((name) => ({
    name,
    entry,
    environment: { PATH: "", NAME: name },
    timeoutSeconds: 20,
    concurrency: 1,
  }));
  faults = createFaults(
    { sqs: service.url },
    functions.map(({ name }) => name),
  );
  runner = faults.over(createRunner({ functions, clock, maxProcesses: 2, log: () => undefined, faults }));
});
afterEach(async () => {
  await runner.close();
  await faults.close();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const call = (name: string, by: "http" | "fetch" = "http") =>
  runner.invoke(name, { call: `${service.url}/x`, by }) as Promise<{ pid: number; said: string }>;

describe("a function's calls", () => {
  test("go straight to the service as long as nothing was ordered", async () => {
    await call("Reader");
    expect(Object.keys(heard[0] ?? {})).not.toContain("x-atelier-worker");
    expect(faults.detours()).toBeUndefined();
  });

  test.each(["http", "fetch"] as const)("over %s meet the rules, and the service sees nothing of the way between", async (by) => {
    await faults.order({ service: "sqs", call: "GET /x", function: "Writer", fault: "error", status: 503 });
    const { said } = await call("Reader", by);
    expect(said).toBe(`heard at ${new URL(service.url).host}`);
    expect(Object.keys(heard[0] ?? {})).not.toContain("x-atelier-worker");
    expect((await call("Writer0A349913", by)).said).toContain("ServiceUnavailable");
    expect(heard).toHaveLength(1);
    expect(faults.list()).toMatchObject([{ seen: 1, applied: 1 }]);
  });

  test("meet them in a process that ran before the first rule came", async () => {
    const { pid } = await call("Reader");
    await faults.order({ service: "sqs", fault: "error" });
    const later = await call("Reader");
    expect(later.said).toContain("InternalFailure");
    expect(later.pid).not.toBe(pid);
  });

  test("can be the last of their process, before or after the service has heard", async () => {
    await faults.order({ service: "sqs", fault: "killBefore", times: 1 });
    await expect(call("Reader")).rejects.toThrow(/ended before it answered \(SIGKILL\)/);
    expect(heard).toHaveLength(0);
    await faults.order({ service: "sqs", fault: "killAfter", times: 1 });
    await expect(call("Reader")).rejects.toThrow(/ended before it answered \(SIGKILL\)/);
    expect(heard).toHaveLength(1);
    await call("Reader");
    expect(heard).toHaveLength(2);
  });

  test("can meet rules for a service that was not known before", async () => {
    const network = await serve(async () => ({ status: 200, body: "posted" }));
    const url = `${network.url}/statuses`;
    await faults.order({ service: "network", url: network.url, fault: "dropAfter", skip: 1 });
    expect(await runner.invoke("Reader", { call: url })).toMatchObject({ said: "posted" });
    await expect(runner.invoke("Reader", { call: url })).rejects.toThrow(/ECONNRESET|socket hang up/);
    await expect(faults.order({ service: "other", url: network.url, fault: "error" })).rejects.toThrow(/that of network already/);
    await network.close();
  });
});

describe("an invocation", () => {
  const note = () => join(folder, "runs");
  const runs = () => readFileSync(note(), "utf8").length;

  test("comes as often as ordered, at once", async () => {
    await faults.order({ service: "lambda", call: "Writer", fault: "duplicate", copies: 5, times: 1 });
    await runner.invoke("Writer0A349913", { note: note() });
    expect(runs()).toBe(5);
  });

  test("can be lost before it ran, after it ran, and while it runs", async () => {
    await faults.order({ service: "lambda", fault: "dropBefore", times: 1 });
    await faults.order({ service: "lambda", fault: "dropAfter", skip: 1, times: 1 });
    await faults.order({ service: "lambda", fault: "killAfter", skip: 2, times: 1, ms: 1 });
    await expect(runner.invoke("Reader", { note: note() })).rejects.toThrow("was lost");
    expect(() => runs()).toThrow("ENOENT");
    await expect(runner.invoke("Reader", { note: note() })).rejects.toThrow("was lost");
    expect(runs()).toBe(1);
    await expect(runner.invoke("Reader", { note: note(), hangMs: 15_000 })).rejects.toThrow("SIGKILL");
    await runner.invoke("Reader", { note: note() });
    expect(faults.list().map((rule) => rule.applied)).toEqual([1, 1, 1]);
  });

  test("lets the next one by, and has its batch in another order, unless it is a stream's", async () => {
    await faults.order({ service: "lambda", call: "Reader", fault: "reorder", times: 2, ms: 5, seed: 2 });
    const batch = (eventSource: string) => ["1", "2", "3", "4"].map((body) => ({ eventSource, body }));
    const asked = batch("aws:sqs");
    const got = (await runner.invoke("Reader", { Records: asked })) as typeof asked;
    expect(got).not.toEqual(asked);
    expect([...got].sort((a, b) => a.body.localeCompare(b.body))).toEqual(asked);
    expect(await runner.invoke("Reader", { Records: batch("aws:dynamodb") })).toEqual(batch("aws:dynamodb"));
  });
});

test("a function's clock can be off from the others, and turns with them", async () => {
  await faults.order({ service: "clock", call: "Writer", ms: 300_000 });
  const offMs = async (name: string) => Number(await runner.invoke(name, {})) - clock.now();
  expect(await offMs("Writer0A349913")).toBeGreaterThan(290_000);
  expect(Math.abs(await offMs("Reader"))).toBeLessThan(10_000);
  clock.turnTo(3_600_000);
  expect(await offMs("Writer0A349913")).toBeGreaterThan(290_000);
  faults.remove();
  expect(Math.abs(await offMs("Writer0A349913"))).toBeLessThan(10_000);
  clock.turnTo(0);
});
