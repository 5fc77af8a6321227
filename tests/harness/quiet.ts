import { until } from "./until.ts";

type Process = { functions: string[]; running: string[] };
type Queue = { visible: number; deadLetterOf?: string[] };

/** How often in a row nothing must be seen to move: news takes a few milliseconds from table to bus to queue. */
const looks = 4;

/** Waits until no function runs and no message waits for one. Delayed messages, and failed ones that are hidden, may still come with time. */
export async function quiet(url: string): Promise<void> {
  const items = async <T>(of: string) => ((await (await fetch(`${url}/_local/${of}`)).json()) as { items: T[] }).items;
  let still = 0;
  await until("quiet", async () => {
    const busy = (await items<Process>("functions")).some(({ running }) => running.length > 0);
    const waiting = (await items<Queue>("queues")).some(({ visible, deadLetterOf }) => visible > 0 && !deadLetterOf);
    still = busy || waiting ? 0 : still + 1;
    return still === looks;
  });
}
