import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { seeded } from "./random.ts";

/**
 * What a network does wrong, to a share of the requests that post something:
 * `dropBefore` closes the line and takes nothing, `dropAfter` takes the post and closes the line, `refuse` answers 503 and takes nothing,
 * `fail` takes the post and answers 500, `late` takes the post and answers after `lateMs`.
 */
export type Misdeed = "dropBefore" | "dropAfter" | "refuse" | "fail" | "late";

export type NetworkOptions = {
  /** Whether it knows `Idempotency-Key`: the same key gives the same post. Otherwise each request is another post. */
  keys: boolean;
  lateMs?: number;
  /** Its clock, epoch milliseconds. */
  now?: () => number;
};

export type NetworkPost = { id: string; channel: string; text: string; createdAt: string };

export type Network = {
  url: string;
  /** All that the public sees, in the order in which it came. */
  posts(): NetworkPost[];
  /** Requests of any kind so far. */
  requests(): number;
  /** How often each misdeed was done. */
  counts(): Record<Misdeed | "list", number>;
  /** From now on: the chance of each misdeed, and of its list answering 503, each 0–1. The same seed goes the same way. Counts begin anew. */
  misbehave(seed: number, misdeeds: Partial<Record<Misdeed, number>>, listFails?: number): void;
  /** From now on all goes well, as at first. */
  behave(): void;
  close(): Promise<void>;
};

const none = (): Record<Misdeed | "list", number> => ({ dropBefore: 0, dropAfter: 0, refuse: 0, fail: 0, late: 0, list: 0 });

const maxBytes = 64 * 1024;

/**
 * The simplest social network: `POST /posts {channel, text}` → 201, `GET /posts?channel=&since=` lists newest last, `DELETE /posts/{id}`.
 * It shares no code with what it tests, and forgets everything when it is closed.
 */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const { keys, lateMs = 8_000, now = Date.now } = options;
  let misdeeds: Partial<Record<Misdeed, number>> = {};
  let listFails = 0;
  let random = seeded(0);
  const posts: NetworkPost[] = [];
  const byKey = new Map<string, NetworkPost>();
  let counts = none();
  const timers = new Set<NodeJS.Timeout>();

  function draw(): Misdeed | undefined {
    let at = random();
    for (const [misdeed, chance] of Object.entries(misdeeds) as [Misdeed, number][]) {
      if (at < chance) {
        counts[misdeed] += 1;
        return misdeed;
      }
      at -= chance;
    }
    return undefined;
  }

  function take(channel: string, text: string, key: string | undefined): NetworkPost {
    const known = keys && key !== undefined ? byKey.get(key) : undefined;
    if (known) return known;
    const post = { id: randomUUID(), channel, text, createdAt: new Date(now()).toISOString() };
    posts.push(post);
    if (key !== undefined) byKey.set(key, post);
    return post;
  }

  async function create(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { channel, text } = JSON.parse(await bodyOf(incoming)) as { channel?: unknown; text?: unknown };
    if (typeof channel !== "string" || typeof text !== "string") return say(outgoing, 422, { error: "channel and text are strings" });
    const misdeed = draw();
    if (misdeed === "dropBefore") return void incoming.socket.destroy();
    if (misdeed === "refuse") return say(outgoing, 503, { error: "over capacity" });
    const key = incoming.headers["idempotency-key"];
    const post = take(channel, text, typeof key === "string" ? key : undefined);
    if (misdeed === "dropAfter") return void incoming.socket.destroy();
    if (misdeed === "fail") return say(outgoing, 500, { error: "something went wrong" });
    const answer = () => say(outgoing, 201, { ...post, url: `${url}/posts/${post.id}` });
    if (misdeed !== "late") return answer();
    const timer = setTimeout(() => {
      timers.delete(timer);
      answer();
    }, lateMs);
    timers.add(timer);
  }

  function list(query: URLSearchParams, outgoing: ServerResponse): void {
    if (random() < listFails) {
      counts.list += 1;
      say(outgoing, 503, { error: "over capacity" });
      return;
    }
    const since = query.get("since") ?? "";
    const items = posts.filter((post) => post.channel === query.get("channel") && post.createdAt >= since);
    say(outgoing, 200, { items: items.map((post) => ({ ...post, url: `${url}/posts/${post.id}` })) });
  }

  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    requests += 1;
    const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://127.0.0.1");
    const [, collection, id] = pathname.split("/");
    if (collection !== "posts") return say(outgoing, 404, { error: "no such thing" });
    if (incoming.method === "GET" && id === undefined) return list(searchParams, outgoing);
    if (incoming.method === "DELETE" && id !== undefined) {
      const at = posts.findIndex((post) => post.id === id);
      if (at >= 0) posts.splice(at, 1);
      return say(outgoing, at >= 0 ? 200 : 404, {});
    }
    if (incoming.method === "POST" && id === undefined)
      return void create(incoming, outgoing).catch((error: Error) => say(outgoing, 400, { error: error.message }));
    return say(outgoing, 405, { error: "no such method" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    posts: () => [...posts],
    requests: () => requests,
    counts: () => ({ ...counts }),
    misbehave(seed, wanted, lists = 0) {
      random = seeded(seed);
      misdeeds = wanted;
      listFails = lists;
      counts = none();
    },
    behave() {
      misdeeds = {};
      listFails = 0;
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function say(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.writeHead(status, { "content-type": "application/json" });
  outgoing.end(JSON.stringify(body));
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`at most ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
