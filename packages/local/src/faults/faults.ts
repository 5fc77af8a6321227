import type { Runner } from "../functions/runner.ts";
import type { Listening } from "../wire/http.ts";
import { makeBook, type Standing } from "./book.ts";
import { unreliable } from "./deliveries.ts";
import { startProxy } from "./proxy.ts";
import { BadRule, parseRule } from "./rule.ts";
import { isNamed } from "./spelling.ts";

export type Faults = {
  /** Reads and adds a rule; throws `BadRule`. It holds for every call that begins after this. */
  order(input: unknown): Promise<Standing>;
  list(): Standing[];
  /** All without an id; how many there were. */
  remove(id?: string): number;
  /** The same runner as seen by whatever invokes functions. */
  over(runner: Runner): Runner;
  /** Ports that a function's process is led away from, and where to; undefined as long as nothing stands between. */
  detours(): Record<string, number> | undefined;
  /** How far the clock of these functions is from the others. */
  skewMs(functionNames: readonly string[]): number;
  close(): Promise<void>;
};

/**
 * Trouble made to order, between functions and the services that they call, and between functions and what invokes them.
 * As long as nobody has ordered any, functions talk straight to the servers. The first rule puts a proxy before each, and workers that know
 * only the straight way are replaced once they have done what they hold. `services` are addresses by name, `functions` names.
 */
export function createFaults(services: Readonly<Record<string, string>>, functions: readonly string[]): Faults {
  const book = makeBook();
  const proxies = new Map<string, { service: string; listening: Promise<Listening> }>();
  let runner: Runner | undefined;
  let ports: Record<string, number> | undefined;

  const kill = (pid: number): void => {
    // Only ever a worker of this cloud, whatever number came with a request.
    if (runner?.processes().some((worker) => worker.pid === pid)) process.kill(pid, "SIGKILL");
  };

  async function putBefore(known: Readonly<Record<string, string>>): Promise<boolean> {
    const fresh = Object.entries(known).filter(([, url]) => !proxies.has(portOf(url)));
    for (const [service, url] of fresh) proxies.set(portOf(url), { service, listening: startProxy({ service, url, book, kill }) });
    const standing = await Promise.all([...proxies].map(async ([port, { listening }]) => [port, (await listening).port] as const));
    ports = Object.fromEntries(standing);
    return fresh.length > 0;
  }

  /** A clock is read when its process starts. */
  const renewSkewed = (rules: readonly { call: string }[]): void => {
    for (const { call } of rules) runner?.renew((name) => call === "*" || isNamed(call, name));
  };

  return {
    async order(input) {
      const known = new Set([...Object.keys(services), ...[...proxies.values()].map(({ service }) => service)]);
      const rule = parseRule(input, [...known], functions);
      if (rule.url !== undefined) assertOneService(proxies.get(portOf(rule.url))?.service, rule.service);
      const changed = await putBefore({ ...services, ...(rule.url !== undefined && { [rule.service]: rule.url }) });
      const standing = book.add(rule);
      if (changed) runner?.renew();
      else if (rule.service === "clock") renewSkewed([rule]);
      return standing;
    },
    list: book.list,
    remove(id) {
      const skewed = book.list().filter((rule) => rule.service === "clock" && (id === undefined || rule.id === id));
      const removed = book.remove(id);
      renewSkewed(skewed);
      return removed;
    },
    over(given) {
      runner = given;
      return unreliable(given, { book, kill });
    },
    detours: () => ports,
    skewMs: (functionNames) =>
      functionNames.reduce((ms, call) => ms || (book.strike({ service: "clock", call, text: () => "", can: () => true })?.rule.ms ?? 0), 0),
    async close() {
      book.remove();
      for (const { listening } of proxies.values()) await (await listening).close();
    },
  };
}

const portOf = (url: string): string => new URL(url).port;

function assertOneService(known: string | undefined, asked: string): void {
  if (known !== undefined && known !== asked) throw new BadRule(`\`url\` is that of ${known} already.`);
}
