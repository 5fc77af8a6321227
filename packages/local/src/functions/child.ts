import { AsyncLocalStorage } from "node:async_hooks";
import { flushCompileCache } from "node:module";
import { pathToFileURL } from "node:url";
import { makeClock } from "../clock.ts";
import { takeDetours } from "./detour.ts";
import { detoursVariable, type FromChild, lineMark, type ToChild } from "./messages.ts";

/**
 * The other side of the runner: one process in which handlers run, as they would in Lambda. It can be killed, crash or hang alone.
 * The clock goes where the product's kernel looks for a host's clock, before any product code is loaded.
 */
const clock = makeClock();
Object.assign(globalThis, { [Symbol.for("atelier.clock")]: clock });

/** The function that runs, for whoever wants to know who calls, or who writes. */
const running = new AsyncLocalStorage<string>();
const detours = process.env[detoursVariable];
if (detours !== undefined) takeDetours(JSON.parse(detours), running);

/** A function sees its own variables, also where it shares the process: what stacks/ has not given it is missing, unless a neighbour has made its clients already. */
const environments = new Map<string, Record<string, string>>();
process.env = new Proxy(process.env, {
  get(all, name: string) {
    const own = environments.get(running.getStore() ?? "") ?? all;
    return own[name];
  },
});

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (text: string | Uint8Array, ...more: unknown[]) => boolean;
  const marked = (text: string | Uint8Array, ...more: unknown[]): boolean => {
    const name = running.getStore();
    if (name === undefined) return write(text, ...more);
    const mark = `${lineMark}${name}${lineMark}`;
    const lines = typeof text === "string" ? text : Buffer.from(text).toString();
    // Each line, so that those of a stack trace are known too.
    return write(`${mark}${lines.replace(/\n(?!$)/g, `\n${mark}`)}`, ...more);
  };
  stream.write = marked as typeof stream.write;
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;
const loaded = new Map<string, Promise<Handler>>();

function load(entry: string): Promise<Handler> {
  const known = loaded.get(entry);
  if (known) return known;
  const loading = import(pathToFileURL(entry).href).then((module: { handler: Handler }) => module.handler);
  loaded.set(entry, loading);
  return loading;
}

const send = (message: FromChild) => process.send?.(message);

process.on("message", async (message: ToChild) => {
  if (message.kind === "clock") return clock.turnTo(message.offsetMs);
  if (message.kind === "load") {
    for (const { name, environment } of message.functions) environments.set(name, environment);
    // One that cannot be loaded says so to whoever invokes it.
    await Promise.allSettled(message.functions.map(({ entry }) => load(entry)));
    send({ kind: "ready" });
    // Now, since nobody ends these processes in peace.
    return flushCompileCache();
  }
  const { id, entry, event, functionName, deadline } = message;
  try {
    const handler = await load(entry);
    const context = { awsRequestId: id, functionName, getRemainingTimeInMillis: () => deadline - Date.now() };
    const result = await running.run(functionName, () => handler(event, context));
    send({ kind: "done", id, result });
  } catch (error) {
    const { name, message: text, stack } = error instanceof Error ? error : new Error(String(error));
    send({ kind: "failed", id, error: { name, message: text, stack: stack ?? "" } });
  }
});

// The parent is gone: nobody would ever read an answer.
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole group of processes; the parent ends its children in order.
process.on("SIGINT", () => undefined);
