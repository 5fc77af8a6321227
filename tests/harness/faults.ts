import type { Standing } from "../../packages/local/src/faults/index.ts";

export type { Standing };

/** A rule as it is ordered; docs/guides/local-cloud.md tells what each member means. */
export type Order = Partial<Omit<Standing, "id" | "seen" | "applied">> & { service: string };

export type Faults = {
  /** Holds for every call that begins once this has resolved. */
  add(order: Order): Promise<Standing>;
  /** All rules that stand, with what they have seen and struck. */
  rules(): Promise<Standing[]>;
  /** Strikes so far, by rule and in the order in which rules came: `{"dynamodb PutItem throttle": 12}`. */
  counts(): Promise<Record<string, number>>;
  /** Ends one rule, or all; what they hold goes on. */
  clear(id?: string): Promise<void>;
};

/** Orders trouble in a running Atelier. */
export function faults({ url }: { url: string }): Faults {
  const address = `${url}/_local/faults`;
  const asked = async <T>(response: Promise<Response>): Promise<T> => {
    const answer = await response;
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const rules = async () => (await asked<{ items: Standing[] }>(fetch(address))).items;
  return {
    add: (order) => asked<Standing>(fetch(address, { method: "POST", body: JSON.stringify(order) })),
    rules,
    async counts() {
      const counted: Record<string, number> = {};
      for (const { service, call, fault, applied } of await rules()) {
        const name = `${service} ${call} ${fault}`;
        counted[name] = (counted[name] ?? 0) + applied;
      }
      return counted;
    },
    async clear(id) {
      await asked(fetch(id === undefined ? address : `${address}?id=${id}`, { method: "DELETE" }));
    },
  };
}
