import { Agent, createServer, request as open, type ServerResponse } from "node:http";
import { callerHeader } from "../functions/messages.ts";
import { type Listening, listen, readRequest, type WireRequest, type WireResponse, writeResponse } from "../wire/http.ts";
import { canBePartial, canConflict, conflicted, failed, partly, throttled } from "./answers.ts";
import type { Book, Strike } from "./book.ts";
import { callOf } from "./calls.ts";
import { holdUntil, makeSiding } from "./hold.ts";
import type { Fault } from "./rule.ts";

export type ProxyOptions = {
  service: string;
  /** Where the service is. */
  url: string;
  book: Book;
  /** `kill -9` of a worker; nothing happens if there is none of that id any more. */
  kill(pid: number): void;
};

const maxBodyBytes = 64 * 1024 * 1024;
/** Between one hop and the next; none of them is signed. */
const hopHeaders = ["connection", "keep-alive", "transfer-encoding", "expect", "upgrade", callerHeader];

/** The connection is to break instead of an answer. */
const broken = Symbol("broken");

/** Stands before one service and does to the calls what the rules say. What it passes on is byte for byte what came, the host that was signed included. */
export async function startProxy({ service, url, book, kill }: ProxyOptions): Promise<Listening> {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  const upstream = new URL(url);
  const siding = makeSiding();

  const server = createServer(async (incoming, outgoing) => {
    try {
      const gone = new AbortController();
      outgoing.once("close", () => gone.abort());
      const answer = await handle(await readRequest(incoming, maxBodyBytes), outgoing, gone.signal);
      if (answer === broken) outgoing.destroy();
      else if (!gone.signal.aborted) writeResponse(outgoing, answer);
    } catch {
      // The service itself broke off: so does this.
      outgoing.destroy();
    }
  });

  async function handle(request: WireRequest, outgoing: ServerResponse, gone: AbortSignal): Promise<WireResponse | typeof broken> {
    const call = callOf(service, request);
    const [pid, caller] = (request.headers[callerHeader] ?? "").split("/");
    const can = (fault: Fault) => (fault === "conflict" ? canConflict(service, call) : fault === "partial" ? canBePartial(call) : true);
    const text = () => `${request.path}?${request.query}\n${request.body.toString("utf8")}`;
    const strike = book.strike({ service, call, caller: caller || undefined, text, can });
    const forward = (): Promise<WireResponse> => passOn(request);
    if (!strike) {
      const answer = await forward();
      siding.through(call);
      return answer;
    }
    return suffer(strike, { request, call, pid: Number(pid), outgoing, forward, gone });
  }

  type Struck = {
    request: WireRequest;
    call: string;
    pid: number;
    outgoing: ServerResponse;
    forward(): Promise<WireResponse>;
    gone: AbortSignal;
  };

  async function suffer(strike: Strike, { request, call, pid, outgoing, forward, gone }: Struck): Promise<WireResponse | typeof broken> {
    const { rule, random, released } = strike;
    switch (rule.fault) {
      case "throttle":
        return throttled(service, call, request, random);
      case "conflict":
        return conflicted(service, call, request, random);
      case "error":
        return failed(service, rule.status);
      case "partial":
        return partly(call, request, await forward(), random);
      case "delay":
      case "hang":
        await holdUntil(rule.fault === "delay" ? rule.ms : undefined, released, gone);
        return gone.aborted ? broken : forward();
      case "reorder":
        await siding.wait(call, rule.ms, released, gone);
        return gone.aborted ? broken : forward();
      case "duplicate": {
        const first = await forward();
        await Promise.all(Array.from({ length: rule.copies - 1 }, forward));
        return first;
      }
      case "dropBefore":
        return broken;
      case "dropAfter":
        await forward();
        return broken;
      case "tornRequest":
        await tear(request);
        return broken;
      case "tornAnswer":
        return halfOf(outgoing, await forward());
      case "killBefore":
        kill(pid);
        return broken;
      case "killAfter":
        await forward();
        kill(pid);
        return broken;
      case "skew":
        return forward();
    }
  }

  const sentOn = (request: WireRequest) => ({
    ...Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hopHeaders.includes(name))),
    ...(request.body.length > 0 && { "content-length": String(request.body.length) }),
  });
  const target = (request: WireRequest) => ({
    agent,
    host: upstream.hostname,
    port: upstream.port,
    method: request.method,
    path: request.query === "" ? request.path : `${request.path}?${request.query}`,
    headers: sentOn(request),
  });

  function passOn(request: WireRequest): Promise<WireResponse> {
    return new Promise((resolve, reject) => {
      const outgoing = open(target(request), async (answer) => {
        try {
          const { body, headers } = await readRequest(answer, maxBodyBytes);
          const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.includes(name)));
          // The length of an answer to HEAD is that of what is not sent.
          resolve({ status: answer.statusCode ?? 502, headers: kept, ...(body.length > 0 && { body }) });
        } catch (error) {
          reject(error);
        }
      });
      outgoing.once("error", reject);
      outgoing.end(request.body);
    });
  }

  /** Announces all of the request, and sends half of it. */
  function tear(request: WireRequest): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = open({ ...target(request), agent: false });
      outgoing.once("error", () => resolve());
      outgoing.once("close", () => resolve());
      outgoing.write(request.body.subarray(0, Math.floor(request.body.length / 2)), () => outgoing.destroy());
    });
  }

  const listening = await listen(server, 0);
  return {
    ...listening,
    async close() {
      agent.destroy();
      await listening.close();
    },
  };
}

/** Announces all of the answer, and sends half of it. */
function halfOf(outgoing: ServerResponse, { status, headers, body = "" }: WireResponse): Promise<typeof broken> {
  const whole = Buffer.from(body);
  outgoing.writeHead(status, { ...headers, "content-length": String(whole.length) });
  return new Promise((resolve) => outgoing.write(whole.subarray(0, Math.floor(whole.length / 2)), () => resolve(broken)));
}
