import { sketchPng } from "@atelier/core/sketch";
import type { Person } from "../tests/harness/person.ts";
import { until } from "../tests/harness/until.ts";
import { finished, gallery, settled } from "../tests/harness/work.ts";
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

/** Who asks whether all have ended takes time from those who are to end: it is asked twice a second, and the jobs themselves tell when. */
const everyMs = 500;

/** Milliseconds until all were accepted, and until all had ended. */
async function run(client: Person["client"], jobs: number): Promise<{ acceptedMs: number; endedMs: number }> {
  const before = (await client.listGenerations({ query: { limit: 1 } })).items[0]?.id ?? "";
  const begun = Date.now();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let i = lane; i < jobs; i += lanes)
        await client.requestGeneration({ body: { prompt: `job ${i}`, width: 64, height: 64, seed: i } });
    }),
  );
  const acceptedMs = Date.now() - begun;
  await until(
    "the end of all jobs",
    async () => {
      for (const state of ["queued", "rendering"] as const)
        if ((await client.listGenerations({ query: { state, limit: 1 } })).items.some(({ id }) => id > before)) return false;
      return true;
    },
    180_000,
    everyMs,
  );
  const first = await client.listGenerations({ query: { limit: jobs / 2 } });
  const second = await client.listGenerations({ query: { limit: jobs / 2, cursor: first.nextCursor ?? "" } });
  const ends = [...first.items, ...second.items].map(({ id, finishedAt }) => (id > before ? Date.parse(finishedAt ?? "") : Number.NaN));
  if (ends.length !== jobs || ends.includes(Number.NaN)) throw new Error("Not all jobs that were asked for have ended.");
  return { acceptedMs, endedMs: Math.max(...ends) - begun };
}

/**
 * What a job takes beside its provider's time, where none waits for another: from the moment at which the request was accepted to the one at which it had
 * succeeded, both as the API tells them. What the API calls the rendering begins when its attempt is put together, so it has some of our own writes in it:
 * the second line leaves out only what the renderer takes for the same picture in this process, moments before.
 */
export async function ownTimeFigures({ client }: Person): Promise<Figure[]> {
  const [jobs, before] = [100, 30];
  const seen: { wholeMs: number; renderMs: number; bareMs: number }[] = [];
  for (let i = 0; i < before + jobs; i += 1) {
    const picture = { prompt: `one job ${i}`, width: 64, height: 64, seed: i };
    const begun = performance.now();
    await sketchPng(picture);
    const bareMs = performance.now() - begun;
    const { state, imageIds, createdAt, finishedAt = "" } = await finished(client, (await client.requestGeneration({ body: picture })).id);
    const { generation } = await client.getImage({ params: { id: imageIds[0] ?? "" } });
    if (state !== "succeeded" || generation?.renderMs === undefined) throw new Error(`Job ${i} ended as ${state}.`);
    if (i >= before) seen.push({ wholeMs: Date.parse(finishedAt) - Date.parse(createdAt), renderMs: generation.renderMs, bareMs });
  }
  return [
    {
      what: `own time of a job, asked to finished, without its provider's, ${jobs} one at a time`,
      seen: spread(seen.map(({ wholeMs, renderMs }) => wholeMs - renderMs)),
      beside: `with it ${spread(seen.map(({ wholeMs }) => wholeMs))}`,
    },
    {
      what: "the same, its attempt's writes counted: without the renderer alone",
      seen: spread(seen.map(({ wholeMs, bareMs }) => wholeMs - bareMs)),
      beside: `bare renderer ${spread(seen.map(({ bareMs }) => bareMs))}`,
    },
  ];
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
