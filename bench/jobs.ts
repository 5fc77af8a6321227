import type { Person } from "../tests/harness/person.ts";
import { until } from "../tests/harness/until.ts";
import { gallery, settled } from "../tests/harness/work.ts";
import { type Figure, spread } from "./figures.ts";

/** Generations accepted a second, and brought to their end, with pictures as small as they come: a provider's time is not ours. */
export async function jobFigures({ client }: Person): Promise<Figure[]> {
  const jobs = 200;
  await run(client, jobs);
  const { acceptedMs, endedMs } = await run(client, jobs);
  return [
    {
      what: `jobs accepted, ${jobs} in ${lanes} lanes, after as many before`,
      seen: `${((jobs / acceptedMs) * 1000).toFixed(0)} /s`,
      goal: "≥ 300 /s",
    },
    { what: "jobs finished, from the first request on", seen: `${((jobs / endedMs) * 1000).toFixed(1)} /s`, goal: "≥ 150 /s" },
  ];
}

const lanes = 16;

/** Milliseconds until all were accepted, and until all had ended. */
async function run(client: Person["client"], jobs: number): Promise<{ acceptedMs: number; endedMs: number }> {
  const before = (await client.listGenerations({ query: { limit: 1 } })).items[0]?.id ?? "";
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let i = lane; i < jobs; i += lanes)
        await client.requestGeneration({ body: { prompt: `job ${i}`, width: 64, height: 64, seed: i } });
    }),
  );
  const acceptedMs = performance.now() - begun;
  await until(
    "the end of all jobs",
    async () => {
      for (const state of ["queued", "rendering"] as const)
        if ((await client.listGenerations({ query: { state, limit: 1 } })).items.some(({ id }) => id > before)) return false;
      return true;
    },
    180_000,
  );
  return { acceptedMs, endedMs: performance.now() - begun };
}

/** How late posts go out that are due within one minute, 300 ms apart. */
export async function latenessFigures({ client }: Person, imageId: string, posts = 200): Promise<Figure[]> {
  const channel = await gallery(client);
  const everyMs = 60_000 / posts;
  const due = Date.now() + 15_000;
  const ids: string[] = [];
  for (let i = 0; i < posts; i += 1) {
    const scheduledAt = new Date(due + i * everyMs).toISOString();
    ids.push((await client.createPost({ body: { channelIds: [channel.id], imageIds: [imageId], caption: `Post ${i}`, scheduledAt } })).id);
  }
  await new Promise((resolve) => setTimeout(resolve, due + 60_000 - Date.now()));
  const lateness: number[] = [];
  for (const id of ids) {
    const { scheduledAt, deliveries } = await settled(client, id, 60_000);
    lateness.push(Date.parse(deliveries[0]?.publishedAt ?? "") - Date.parse(scheduledAt ?? ""));
  }
  return [
    { what: `lateness of ${posts} posts within a minute`, seen: spread(lateness), goal: "p50 ≤ 30, p99 ≤ 100 ms" },
    { what: "published early", seen: String(lateness.filter((ms) => ms < 0).length), goal: "0" },
  ];
}
