import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { makeClock } from "../clock.ts";
import { createRunner, type FunctionSpec, type Runner } from "./runner.ts";

const entry = fileURLToPath(new URL("fixtures/handler.ts", import.meta.url));
const spec = (name: string, more: Partial<FunctionSpec> = {}): FunctionSpec => ({
  name,
  entry,
  environment: { PATH: "" },
  timeoutSeconds: 20,
  concurrency: 1,
  ...more,
});

const runners: Runner[] = [];
const lines: string[] = [];
const clock = makeClock();
const run = (functions: FunctionSpec[], maxProcesses = 2): Runner => {
  const runner = createRunner({ functions, clock, maxProcesses, log: (name, line) => lines.push(`${name}: ${line}`) });
  runners.push(runner);
  return runner;
};
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.close();
});

describe("a function", () => {
  test("runs from its source, answers, and is heard, each line by its name", async () => {
    const runner = run([spec("First", { concurrency: 2 }), spec("Echo", { concurrency: 2 })]);
    expect(await runner.invoke("Echo", { do: "echo", value: { deep: ["ü", 1, null] } })).toEqual({ deep: ["ü", 1, null] });
    await runner.invoke("Echo", { do: "print", value: "hello" });
    await expect.poll(() => lines).toContain("Echo: hello");
    await runner.invoke("Echo", { do: "print", value: "Error: first\n    at second" });
    await expect.poll(() => lines).toContain("Echo:     at second");
    expect(lines).toContain("Echo: Error: first");
  });

  test("that throws fails its invocation and stays", async () => {
    const runner = run([spec("Thrower")], 1);
    const pid = await runner.invoke("Thrower", { do: "pid" });
    await expect(runner.invoke("Thrower", { do: "throw" })).rejects.toThrow("TypeError: as asked");
    expect(await runner.invoke("Thrower", { do: "pid" })).toBe(pid);
  });

  test("that crashes fails what it had in hand, and the next invocation gets a new process", async () => {
    const runner = run([spec("Crasher")], 1);
    const pid = await runner.invoke("Crasher", { do: "pid" });
    await expect(runner.invoke("Crasher", { do: "exit" })).rejects.toThrow(/ended before it answered \(exit code 3\)/);
    expect(await runner.invoke("Crasher", { do: "pid" })).not.toBe(pid);
  });

  test("that hangs is ended at its time-out, and the next invocation is not held up", async () => {
    const runner = run([spec("Hanger", { timeoutSeconds: 1 })], 1);
    await runner.invoke("Hanger", { do: "echo" });
    await expect(runner.invoke("Hanger", { do: "hang" })).rejects.toThrow("Hanger timed out after 1 s.");
    expect(await runner.invoke("Hanger", { do: "echo", value: 1 })).toBe(1);
  });

  test("runs one invocation at a time in a process, and no more processes than allowed", async () => {
    const runner = run([spec("Many")], 2);
    const pids = await Promise.all(Array.from({ length: 12 }, () => runner.invoke("Many", { do: "pid" })));
    expect(new Set(pids).size).toBe(2);
    expect(runner.capacity("Many")).toBe(2);
  });

  test("shares a process with those of the same name where it says so, and sees only its own environment there", async () => {
    const shared = (own: string) => ({ process: "shared", environment: { PATH: "", [own]: own } });
    const runner = run([spec("A", shared("OF_A")), spec("B", shared("OF_B")), spec("C", { concurrency: 8 })], 1);
    const [a, b, c] = await Promise.all(["A", "B", "C"].map((name) => runner.invoke(name, { do: "pid" })));
    expect(a).toBe(b);
    expect(c).not.toBe(a);
    expect(await runner.invoke("A", { do: "variable", value: "OF_A" })).toBe("OF_A");
    expect(await runner.invoke("B", { do: "variable", value: "OF_A" })).toBeUndefined();
    await Promise.all(["A", "B"].map((name) => runner.invoke(name, { do: "print", value: `I am ${name}` })));
    await expect.poll(() => lines).toEqual(expect.arrayContaining(["A: I am A", "B: I am B"]));
  });

  test("sees the clock turn", async () => {
    const runner = run([spec("Clock")], 1);
    clock.turnTo(86_400_000);
    const later = Number(await runner.invoke("Clock", { do: "clock" }));
    expect(later - Date.now()).toBeGreaterThan(86_000_000);
    clock.turnTo(0);
    const now = Number(await runner.invoke("Clock", { do: "clock" }));
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
  });
});
