import { cpus, totalmem } from "node:os";
import { performance } from "node:perf_hooks";
import { createClient } from "@atelier/client";
import { removeFolder, startAtelier, temporaryFolder } from "../tests/harness/atelier.ts";
import { signUp } from "../tests/harness/person.ts";
import { approved, gallery, settled } from "../tests/harness/work.ts";

/** Prints what is measured, in one run on one machine. Times of a shared machine are worth what the machine is worth: compare within a run. */
const rows: [string, string][] = [];
const percentile = (sorted: number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
const spread = (values: number[]): string => {
  const sorted = values.toSorted((a, b) => a - b);
  return `p50 ${percentile(sorted, 0.5).toFixed(1)}  p99 ${percentile(sorted, 0.99).toFixed(1)}  max ${(sorted.at(-1) ?? Number.NaN).toFixed(1)} ms`;
};

const folder = temporaryFolder();
const begun = performance.now();
const atelier = await startAtelier({ dataFolder: folder });
rows.push(["start to ready, cached template", `${((performance.now() - begun) / 1000).toFixed(2)} s`]);
try {
  const ada = await signUp(atelier.url);
  const [image, channel] = [await approved(ada.client), await gallery(ada.client)];

  // One connection, one person: paced under the burst limit.
  const client = createClient({ baseUrl: atelier.url, accessToken: () => ada.token });
  const times: Record<"get" | "list", number[]> = { get: [], list: [] };
  for (let i = 0; i < 200; i += 1) {
    const operation = i % 2 === 0 ? "get" : "list";
    const at = performance.now();
    if (operation === "get") await client.getImage({ params: { id: image.id } });
    else await client.listImages({ query: { limit: 20 } });
    times[operation].push(performance.now() - at);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  rows.push(["GET one image, one connection", spread(times.get)], ["GET list, one connection", spread(times.list)]);

  // As many in a minute as two hundred: what goals are set for.
  const [posts, everyMs] = [50, 300];
  const due = Date.now() + 12_000;
  const ids: string[] = [];
  for (let i = 0; i < posts; i += 1) {
    const { id } = await client.createPost({
      body: {
        channelIds: [channel.id],
        imageIds: [image.id],
        caption: `Post ${i}`,
        scheduledAt: new Date(due + i * everyMs).toISOString(),
      },
    });
    ids.push(id);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const lateness: number[] = [];
  for (const id of ids) {
    const post = await settled(client, id, 60_000);
    lateness.push(Date.parse(post.deliveries[0]?.publishedAt ?? "") - Date.parse(post.scheduledAt ?? ""));
  }
  rows.push(
    [`lateness of ${posts} posts within ${(posts * everyMs) / 1000} s`, spread(lateness)],
    ["published early", String(lateness.filter((ms) => ms < 0).length)],
  );
} finally {
  await atelier.stop();
  removeFolder(folder);
}
console.log(`${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`);
for (const [what, figure] of rows) console.log(`${what.padEnd(42)} ${figure}`);
