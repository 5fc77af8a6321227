import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TurnableClock } from "../clock.ts";
import { detoursVariable, type FromChild, lineMark, type ToChild } from "./messages.ts";

export type FunctionSpec = {
  name: string;
  /** Absolute path of the source file that exports `handler`. */
  entry: string;
  environment: Record<string, string>;
  timeoutSeconds: number;
  /** Invocations of it at once for each process: what its queue or stream hands on. */
  concurrency: number;
  /** Functions that name the same one share their processes, each with the environment that is its own; without it a function has its own process. */
  process?: string;
};

/** The handler threw, crashed or ran out of time; `message` tells which. */
export class FunctionError extends Error {}

export type RunnerOptions = {
  functions: FunctionSpec[];
  clock: TurnableClock;
  /** Processes of one function, or of one group that shares. */
  maxProcesses: number;
  /** One line that a function wrote. */
  log(functionName: string, line: string): void;
  /** What is made to go wrong for processes that start: see faults/. */
  faults?: { detours(): Record<string, number> | undefined; skewMs(functionNames: readonly string[]): number };
};

type Worker = {
  group: Group;
  child: ChildProcess;
  running: Map<string, { resolve(value: unknown): void; reject(error: Error): void; name: string; timer: NodeJS.Timeout }>;
  /** How far its clock is made to be off. */
  skewMs: number;
  /** Real epoch milliseconds of its last answer. */
  usedAt: number;
  /** It has loaded what its functions are made of. */
  ready: boolean;
  /** Takes nothing new: an invocation of it ran out of time. */
  retired: boolean;
};
type Group = { functions: FunctionSpec[]; names: string[]; concurrency: number; workers: Worker[]; waiting: (() => void)[] };

export type Runner = {
  /** `started` is told the process as soon as it has the invocation. */
  invoke(name: string, event: unknown, started?: (pid: number) => void): Promise<unknown>;
  /** How many invocations of a function can run at once. */
  capacity(name: string): number;
  processes(): { functions: string[]; pid: number; running: string[] }[];
  /** Replaces the processes of these functions, or of all, each as soon as it has done what it holds. */
  renew(which?: (name: string) => boolean): void;
  close(): Promise<void>;
};

/** With fewer invocations at once a second process would only divide their work, and the core that it runs on has other things to do. */
const busy = 32;

/** Invocations at once in a process that functions share. */
const sharedConcurrency = 64;

/** An idle process is ended after this. */
const idleMs = 10 * 60_000;

const childFile = fileURLToPath(new URL("child.ts", import.meta.url));

/** Runs handlers in child processes that are started when first needed. */
export function createRunner({ functions, clock, maxProcesses, log, faults }: RunnerOptions): Runner {
  const specs = new Map(functions.map((spec) => [spec.name, spec]));
  const groups = new Map<string, Group>();
  for (const spec of functions) {
    const key = spec.process === undefined ? `own ${spec.name}` : `shared ${spec.process}`;
    const concurrency = spec.process === undefined ? spec.concurrency : sharedConcurrency;
    const group = groups.get(key) ?? { functions: [], names: [], concurrency, workers: [], waiting: [] };
    group.functions.push(spec);
    group.names.push(spec.name);
    groups.set(key, group);
  }
  const groupOf = new Map([...groups.values()].flatMap((group) => group.names.map((name) => [name, group] as const)));
  let closing = false;

  const stopListening = clock.onTurn((offsetMs) => {
    for (const group of groups.values())
      for (const worker of group.workers) post(worker, { kind: "clock", offsetMs: offsetMs + worker.skewMs });
  });

  // As Lambda does with idle environments: a laptop's memory is worth a cold start now and then.
  const reaping = setInterval(() => {
    for (const group of groups.values())
      for (const worker of group.workers)
        if (worker.running.size === 0 && Date.now() - worker.usedAt > idleMs) worker.child.kill("SIGKILL");
  }, idleMs / 5);
  reaping.unref();

  function post(worker: Worker, message: ToChild): void {
    // A process that has just died cannot be written to; its exit settles what it held.
    if (worker.child.connected) worker.child.send(message, () => undefined);
  }

  function start(group: Group): Worker {
    const detours = faults?.detours();
    const environments = group.functions.map(({ environment }) => environment);
    const env = { ...Object.assign({}, ...environments), ...(detours && { [detoursVariable]: JSON.stringify(detours) }) };
    const child = fork(childFile, [], { env, stdio: ["ignore", "pipe", "pipe", "ipc"], serialization: "json" });
    const skewMs = faults?.skewMs(group.names) ?? 0;
    const worker: Worker = { group, child, running: new Map(), skewMs, usedAt: Date.now(), ready: false, retired: false };
    group.workers.push(worker);
    post(worker, { kind: "clock", offsetMs: clock.offsetMs() + skewMs });
    post(worker, { kind: "load", functions: group.functions.map(({ name, entry, environment }) => ({ name, entry, environment })) });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream)
        createInterface({ input: stream }).on("line", (line) => {
          // Texts, and between them the marks of who wrote the next: more than one where a line was written in pieces.
          const parts = line.split(lineMark);
          // What is written while it loads is nobody's in particular.
          log(parts[1] ?? group.names[0] ?? "", parts.filter((_, index) => index % 2 === 0).join(""));
        });
    }
    child.on("message", (message: FromChild) => {
      if (message.kind === "ready") {
        worker.ready = true;
        return;
      }
      const call = worker.running.get(message.id);
      if (!call) return;
      finish(worker, message.id);
      if (message.kind === "done") call.resolve(message.result);
      else call.reject(Object.assign(new FunctionError(`${message.error.name}: ${message.error.message}`), { stack: message.error.stack }));
    });
    child.once("exit", (code, signal) => {
      group.workers = group.workers.filter((other) => other !== worker);
      for (const [id, call] of worker.running) {
        clearTimeout(call.timer);
        worker.running.delete(id);
        call.reject(new FunctionError(`${call.name} ended before it answered (${signal ?? `exit code ${code}`}).`));
      }
      wake(group);
    });
    return worker;
  }

  function finish(worker: Worker, id: string): void {
    clearTimeout(worker.running.get(id)?.timer);
    worker.running.delete(id);
    worker.usedAt = Date.now();
    if (worker.retired && worker.running.size === 0) worker.child.kill("SIGKILL");
    wake(worker.group);
  }

  function wake(group: Group): void {
    group.waiting.shift()?.();
  }

  /** The least busy process that has room, or a new one, or none for now. One that still loads is waited for only where there is no other. */
  function place(group: Group): Worker | undefined {
    const open = group.workers.filter((worker) => !worker.retired && worker.running.size < group.concurrency);
    const [first, ...others] = open.some((worker) => worker.ready) ? open.filter((worker) => worker.ready) : open;
    const least = first && others.reduce((a, b) => (b.running.size < a.running.size ? b : a), first);
    const isBusy = least === undefined || least.running.size >= busy;
    const started = isBusy && group.workers.length < maxProcesses ? start(group) : undefined;
    return least ?? started;
  }

  async function invoke(name: string, event: unknown, started?: (pid: number) => void): Promise<unknown> {
    const [spec, group] = [specs.get(name), groupOf.get(name)];
    if (!spec || !group) throw new Error(`There is no function ${name}.`);
    let worker = place(group);
    while (!worker) {
      await new Promise<void>((resolve) => group.waiting.push(resolve));
      if (closing) throw new FunctionError("The embedded cloud is stopping.");
      worker = place(group);
    }
    const answer = run(worker, spec, event);
    started?.(worker.child.pid ?? 0);
    return answer;
  }

  function run(worker: Worker, spec: FunctionSpec, event: unknown): Promise<unknown> {
    const id = randomUUID();
    const timeoutMs = spec.timeoutSeconds * 1000;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        worker.retired = true;
        finish(worker, id);
        reject(new FunctionError(`${spec.name} timed out after ${spec.timeoutSeconds} s.`));
      }, timeoutMs);
      worker.running.set(id, { resolve, reject, name: spec.name, timer });
      post(worker, { kind: "invoke", id, functionName: spec.name, entry: spec.entry, event, deadline: Date.now() + timeoutMs });
    });
  }

  return {
    invoke,
    capacity: (name) => (specs.get(name)?.concurrency ?? 1) * maxProcesses,
    processes: () =>
      [...groups.values()].flatMap((group) =>
        group.workers.map((worker) => ({
          functions: group.names,
          pid: worker.child.pid ?? 0,
          running: [...worker.running.values()].map((call) => call.name),
        })),
      ),
    renew(which = () => true) {
      const concerned = [...groups.values()].filter((group) => group.names.some(which));
      for (const worker of concerned.flatMap((group) => group.workers)) {
        worker.retired = true;
        if (worker.running.size === 0) worker.child.kill("SIGKILL");
      }
    },
    async close() {
      closing = true;
      clearInterval(reaping);
      stopListening();
      const workers = [...groups.values()].flatMap((group) => group.workers);
      await Promise.all(
        workers.map(
          ({ child }) =>
            new Promise<void>((resolve) => {
              if (child.exitCode !== null || child.signalCode !== null) return resolve();
              child.once("exit", () => resolve());
              child.kill("SIGKILL");
            }),
        ),
      );
      for (const group of groups.values()) for (const wakeUp of group.waiting.splice(0)) wakeUp();
    },
  };
}
