export type Key = { pk: string; sk: string };

/** One conditional change; several together are one transaction. */
export type Write =
  | { put: Record<string, unknown>; condition?: string; names?: Record<string, string>; values?: Record<string, unknown> }
  | { update: Key; expression: string; condition?: string; names?: Record<string, string>; values?: Record<string, unknown> };

/** Adds to numbers of a row, which need not be there yet, and sets others of its attributes. */
export function adding(key: Key, by: Readonly<Record<string, number>>, set: Readonly<Record<string, unknown>> = {}): Write {
  const [sums, sets] = [Object.entries(by), Object.entries(set)];
  const named = (sign: string, entries: readonly [string, unknown][]) => entries.map(([name], i) => [`#${sign}${i}`, name] as const);
  const valued = (sign: string, entries: readonly [string, unknown][]) => entries.map(([, value], i) => [`:${sign}${i}`, value] as const);
  const settings = sets.length > 0 ? `SET ${sets.map((_, i) => `#v${i} = :v${i}`).join(", ")} ` : "";
  return {
    update: key,
    expression: `${settings}ADD ${sums.map((_, i) => `#s${i} :s${i}`).join(", ")}`,
    names: Object.fromEntries([...named("s", sums), ...named("v", sets)]),
    values: Object.fromEntries([...valued("s", sums), ...valued("v", sets)]),
  };
}
