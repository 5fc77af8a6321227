import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Answer, garbage, type Manner, Refused, send } from "./answer.ts";
import type { Definition, Errors, House, Provider, ProviderOptions, Route, SeenRequest } from "./contract.ts";
import { control } from "./control.ts";
import { bodyOf, type Exchange, exchangeOf, summaryOf } from "./exchange.ts";
import { type Drawn, type Fault, isOfTransfer, type Order, orderBook, strikesAfter, strikesBefore } from "./faults.ts";
import { jobRunner } from "./jobs.ts";
import { ledger } from "./ledger.ts";
import { seeded } from "./random.ts";

const keptMax = 10_000;

/** A server on loopback that plays what `define` says, and the faults that are ordered of it. `controls` are the provider's own. */
export async function startProvider<Controls extends object>(
  define: (house: House) => Definition & { controls: Controls },
  options: ProviderOptions & { key: string },
): Promise<Provider & Controls> {
  const { key, port = 0, latencyMs = [0, 0], stepMs = [0, 0], seed = 1, now = Date.now, drip = { bytes: 64, everyMs: 50 } } = options;
  const books = ledger(now);
  const closing = new AbortController();
  const [latency, steps, random] = [seeded(seed), seeded(seed + 1), seeded(seed + 2)];
  const between = (source: () => number, [min, max]: readonly [number, number]) => min + source() * (max - min);
  const jobs = jobRunner(() => between(steps, stepMs));
  const sleep = (ms: number): Promise<void> => pause(ms, undefined, { signal: closing.signal }).catch(() => undefined);
  let url = "";
  let orders = orderBook([]);
  const house: House = {
    key,
    url: () => url,
    now,
    random,
    accept: books.accept,
    jobs,
    get orders() {
      return orders;
    },
    sleep,
    closing: closing.signal,
  };
  const definition = define(house);
  orders = orderBook(definition.faults);
  const seen: SeenRequest[] = [];

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { pathname, searchParams, search } = new URL(incoming.url ?? "/", "http://127.0.0.1");
    const method = incoming.method ?? "GET";
    const body = await bodyOf(incoming, definition.bodyBytesMax);
    const headers = incoming.headers;
    if (pathname === "/_simulator" || pathname.startsWith("/_simulator/"))
      return send(outgoing, control(provider, { method, path: pathname, body: body ?? Buffer.alloc(0) }), { kind: "whole" });
    const record: SeenRequest = {
      at: new Date(now()).toISOString(),
      method,
      path: pathname + search,
      summary: summaryOf(headers, body ?? Buffer.alloc(0)),
      headers,
    };
    seen.push(record);
    if (seen.length > keptMax) seen.shift();
    const reply = (said: Answer, manner: Manner = { kind: "whole" }) => {
      record.status = said.status;
      return send(outgoing, said, manner);
    };
    const wait = between(latency, latencyMs);
    if (wait > 0) await sleep(wait);
    const limited = definition.limit?.({ method, path: pathname });
    if (limited) return reply(limited);
    const found = routeOf(definition.routes, method, pathname);
    if (!found?.route.open && !definition.admits(headers)) return reply(definition.errors.badKey());
    if (!found) return reply(definition.errors.notFound());
    if (body === undefined) return reply(definition.errors.tooLarge());

    const drawn = orders.draw(found.route.places ?? ["read"], (words) => `${record.path}\n${body.toString("utf8")}`.includes(words));
    if (drawn) record.fault = drawn.fault;
    if (drawn && strikesBefore(drawn.fault)) {
      drawn.done();
      if (drawn.fault === "resetBefore") return void incoming.socket.destroy();
      if (drawn.fault === "hangBefore") return;
      return reply(said(definition.errors, drawn));
    }
    const request = { method, path: pathname, query: searchParams, headers, params: found.params, body };
    const exchange = exchangeOf({ ...request, drawn, badBody: definition.errors.badBody, accept: books.accept });
    const result = await runOf(found.route, exchange);
    const manner = settle(drawn, exchange.outcome(), found.route.places?.includes("work") ?? false, result);
    if (manner === "destroy") return void incoming.socket.destroy();
    if (manner === "hang") return;
    return reply(result, manner);
  }

  /** Whether the fault came to be: one that needs taken work, or a result, waits for the next request where there was none. */
  function settle(
    drawn: Drawn | undefined,
    { taken, used }: { taken: number; used: boolean },
    needsWork: boolean,
    { status }: Answer,
  ): Manner | "destroy" | "hang" {
    if (!drawn) return { kind: "whole" };
    const after = strikesAfter(drawn.fault);
    const inBody = isOfTransfer(drawn.fault);
    const happens = after ? taken > 0 || !needsWork : inBody ? status < 400 : used;
    if (!happens) {
      drawn.giveBack();
      return { kind: "whole" };
    }
    drawn.done();
    if (drawn.fault === "resetAfter") return "destroy";
    if (drawn.fault === "hang") return "hang";
    if (drawn.fault === "slowDrip") return { kind: "drip", drip, sleep };
    if (drawn.fault === "cutShort") return { kind: "cut" };
    return drawn.fault === "endlessBody" ? { kind: "endless" } : { kind: "whole" };
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: Error) => {
      // A caller that went away leaves nothing to answer; a defect of the simulator is told to who meets it.
      if (outgoing.destroyed || outgoing.headersSent) return void incoming.socket.destroy();
      outgoing.writeHead(500, { "content-type": "text/plain" });
      outgoing.end(`the simulator itself failed: ${error.message}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const provider: Provider = {
    name: definition.name,
    url,
    key,
    faults: definition.faults,
    requests: () => seen.map((request) => ({ ...request })),
    predictions: books.predictions,
    counts: () => orders.counts(),
    order: (fault: Fault, order?: Order) => orders.order(fault, order),
    behave: () => orders.behave(),
    hold: jobs.hold,
    step: jobs.step,
    release: jobs.release,
    close(): Promise<void> {
      closing.abort();
      jobs.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
  return Object.assign(provider, definition.controls);
}

function routeOf(routes: readonly Route[], method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (!match || match[0] !== path) continue;
    return { route, params: Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, text]) => [name, decoded(text ?? "")])) };
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The provider's own words for a fault that strikes before the work. */
function said(errors: Errors, { fault, retryAfterS }: Drawn): Answer {
  switch (fault) {
    case "throttle":
      return errors.throttle(retryAfterS);
    case "throttleWithoutRetryAfter":
      return errors.throttle(undefined);
    case "unavailable":
      return errors.unavailable();
    case "badKey":
      return errors.badKey();
    case "outOfCredit":
      return errors.outOfCredit?.() ?? errors.serverError();
    case "garbage":
      return garbage;
    default:
      return errors.serverError();
  }
}

async function runOf(route: Route, exchange: Exchange): Promise<Answer> {
  try {
    return await route.run(exchange);
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}
