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

/** How an answer is sent, if at all. */
type Ending = Manner | { kind: "destroy" } | { kind: "silence" };

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

  /** Where the provider itself has nothing against the request, it is played with the fault that was ordered of it. */
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query, search } = new URL(incoming.url ?? "/", "http://127.0.0.1");
    const { method = "GET", headers } = incoming;
    const read = await bodyOf(incoming, definition.bodyBytesMax);
    const body = read ?? Buffer.alloc(0);
    if (path === "/_simulator" || path.startsWith("/_simulator/"))
      return send(outgoing, control(provider, { method, path, body }), { kind: "whole" });
    const record: SeenRequest = {
      at: new Date(now()).toISOString(),
      method,
      path: path + search,
      summary: summaryOf(headers, body),
      headers,
    };
    seen.push(record);
    if (seen.length > keptMax) seen.shift();
    const wait = between(latency, latencyMs);
    if (wait > 0) await sleep(wait);
    const found = routeOf(definition.routes, method, path);
    const refused = refusalOf({ method, path, headers }, found?.route, read !== undefined);
    const [result, manner] =
      refused || !found
        ? ([refused ?? definition.errors.notFound(), { kind: "whole" }] as const)
        : await play(found.route, { method, path, query, headers, params: found.params, body }, record);
    if (manner.kind === "silence") return;
    if (manner.kind === "destroy") return void incoming.socket.destroy();
    record.status = result.status;
    return send(outgoing, result, manner);
  }

  /** What the provider says before it looks at what is asked. */
  function refusalOf(
    request: Pick<Exchange, "method" | "path" | "headers">,
    route: Route | undefined,
    isRead: boolean,
  ): Answer | undefined {
    const limited = definition.limit?.(request);
    if (limited) return limited;
    if (!route?.open && !definition.admits(request.headers)) return definition.errors.badKey();
    return isRead ? undefined : definition.errors.tooLarge();
  }

  type Request = Pick<Exchange, "method" | "path" | "query" | "headers" | "params" | "body">;

  async function play(route: Route, request: Request, record: SeenRequest): Promise<[Answer, Ending]> {
    const drawn = orders.draw(route.places ?? ["read"], (words) => `${record.path}\n${request.body.toString("utf8")}`.includes(words));
    if (drawn && strikesBefore(drawn.fault)) {
      drawn.done();
      record.fault = drawn.fault;
      const silent = drawn.fault === "resetBefore" ? "destroy" : drawn.fault === "hangBefore" ? "silence" : "whole";
      return [said(definition.errors, drawn), { kind: silent }];
    }
    const exchange = exchangeOf({ ...request, drawn, badBody: definition.errors.badBody, accept: books.accept });
    const result = await runOf(route, exchange);
    if (!drawn) return [result, { kind: "whole" }];
    if (!cameToBe(drawn, exchange.outcome(), route, result)) {
      drawn.giveBack();
      return [result, { kind: "whole" }];
    }
    drawn.done();
    record.fault = drawn.fault;
    return [result, endingOf(drawn.fault)];
  }

  function endingOf(fault: Fault): Ending {
    if (fault === "resetAfter") return { kind: "destroy" };
    if (fault === "hang") return { kind: "silence" };
    if (fault === "slowDrip") return { kind: "drip", drip, sleep };
    if (fault === "cutShort") return { kind: "cut" };
    return { kind: fault === "endlessBody" ? "endless" : "whole" };
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

/** A fault that needs taken work, or a result to spoil, waits for the next request where there was none. */
function cameToBe({ fault }: Drawn, { taken, used }: { taken: number; used: boolean }, route: Route, { status }: Answer): boolean {
  if (strikesAfter(fault)) return taken > 0 || !route.places?.includes("work");
  return isOfTransfer(fault) ? status < 400 : used;
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
