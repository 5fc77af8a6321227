import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import type { Person } from "../tests/harness/person.ts";
import type { Figure } from "./figures.ts";

export type Load = { requestsPerSecond: number; p50: number; p99: number };
type Call = { url: string; method?: "GET" | "POST"; body?: string; token?: string; connections: number; seconds?: number };

/** Throws if anything but success was answered: refusals are cheap, and must not count. */
export async function load({ url, method = "GET", body, token, connections, seconds = 5 }: Call): Promise<Load> {
  const result = await autocannon({
    url,
    method,
    connections,
    duration: seconds,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { "content-type": "application/json" }) },
    ...(body !== undefined && { body }),
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} errors`);
  return { requestsPerSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

/** Until it gets no faster: a process compiles what it runs often, and each operation runs through other code. */
async function warm(call: Call): Promise<void> {
  let before = 0;
  for (let round = 0; round < 8; round += 1) {
    const { requestsPerSecond } = await load({ ...call, seconds: 3 });
    if (requestsPerSecond < before * 1.05) return;
    before = requestsPerSecond;
  }
}

const told = ({ requestsPerSecond, p50, p99 }: Load) => `${requestsPerSecond.toFixed(0)} req/s  p50 ${p50}  p99 ${p99} ms`;

/** Get, list and create at one connection and at sixteen, each beside a bare server in the same minute. */
export async function apiFigures(url: string, { token, client }: Person, imageId: string, channelId: string): Promise<Figure[]> {
  const bare = spawn(process.execPath, [fileURLToPath(new URL("bare.ts", import.meta.url))], { stdio: ["ignore", "pipe", "inherit"] });
  const [bareUrl] = (await once(createInterface({ input: bare.stdout }), "line")) as [string];
  for (let i = 0; i < 20; i += 1) await client.createPost({ body: { channelIds: [channelId], imageIds: [imageId], caption: `Post ${i}` } });
  const body = JSON.stringify({ channelIds: [channelId], imageIds: [imageId], caption: "hello" });
  const operations = [
    { name: "get an image", path: `/v1/images/${imageId}`, beside: { url: `${bareUrl}/get` }, goals: ["p50 ≤ 3 ms", "≥ 1,000 req/s"] },
    { name: "list 20 posts", path: "/v1/posts?limit=20", beside: { url: `${bareUrl}/list` }, goals: ["p50 ≤ 5 ms", "≥ 700 req/s"] },
    {
      name: "create a post",
      path: "/v1/posts",
      method: "POST" as const,
      body,
      beside: { url: bareUrl, method: "POST" as const, body },
      goals: ["", "≥ 1,050 req/s"],
    },
  ];
  const figures: Figure[] = [];
  try {
    for (const { name, path, beside, goals, ...call } of operations) {
      for (const [index, connections] of [1, 16].entries()) {
        const ours = { ...call, token, url: `${url}${path}`, connections };
        const theirs = { ...beside, connections };
        await warm(ours);
        await warm(theirs);
        const [seen, bareSeen] = [await load(ours), await load(theirs)];
        figures.push({
          what: `${name}, ${connections} connection${connections > 1 ? "s" : ""}`,
          seen: told(seen),
          beside: `bare ${told(bareSeen)}: × ${(seen.requestsPerSecond / bareSeen.requestsPerSecond).toFixed(2)}`,
          ...(goals[index] && { goal: goals[index] }),
        });
      }
    }
  } finally {
    bare.kill("SIGTERM");
  }
  return figures;
}
