import { Conflict, type Key, type Table } from "../kernel/index.ts";
import { type Window, windowStart } from "./gate.ts";
import type { Counts, GateRow, GateStore, TakeRequest } from "./store.ts";

const keyOf = (caller: string): Key => ({ pk: `gate/${caller}`, sk: "gate" });

/** Sign-ins that one row lists as revoked. */
const mostRevoked = 200;

/** Rounds in which other processes may be faster before the caller is told to wait. */
const maxRounds = 8;

/** Keeps each window as two numbers of the row, `<name>Start` and `<name>Used`, so that one conditional update moves them all. */
export function gateStore(table: Table): GateStore {
  async function take({ caller, windows, units, at, guess }: TakeRequest): Promise<{ taken: boolean; row: GateRow }> {
    let seen: GateRow = { counts: guess ?? {} };
    for (let round = 0; round < maxRounds; round += 1) {
      try {
        const row = await table.update<Record<string, unknown>>(change(caller, windows, units, at, seen));
        return { taken: true, row: rowOf(row, windows) };
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        seen = error.row ? rowOf(error.row, windows) : { counts: {} };
        if (windows.some((window) => isFull(window, units, at, seen))) return { taken: false, row: seen };
      }
    }
    return { taken: false, row: seen };
  }

  return {
    take,
    async revoke(caller, signIn, at) {
      try {
        await table.write({
          update: keyOf(caller),
          expression: "ADD revoked :signIn",
          condition: "attribute_not_exists(revoked) OR size(revoked) < :most",
          values: { ":signIn": new Set([signIn]), ":most": mostRevoked },
        });
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        // The list is full: ending all access tokens empties it, and other sign-ins only have to refresh theirs.
        await revokeAll(caller, at);
      }
    },
    revokeAll,
  };

  async function revokeAll(caller: string, validFrom: number): Promise<void> {
    await table.write({
      update: keyOf(caller),
      expression: "SET validFrom = :from REMOVE revoked",
      condition: "attribute_not_exists(validFrom) OR validFrom <= :from",
      values: { ":from": validFrom },
    });
  }
}

export const quotaOf = (window: Window, row: GateRow | undefined): number => row?.quotas?.[window.name] ?? window.quota;

const isFull = (window: Window, units: number, at: number, row: GateRow): boolean => {
  const count = row.counts[window.name];
  return count !== undefined && isRunning(count.start, window, at) && count.used + units > quotaOf(window, row);
};

/** A process whose clock is a little behind counts into the window that others have begun; one far ahead was begun before a clock was turned back. */
const isRunning = (start: number, window: Window, at: number): boolean => {
  const current = windowStart(window, at);
  return start >= current && start <= current + window.seconds;
};

/**
 * For each window: the running one is added to while there is room, an older one starts anew. Which of the two is expected comes from what was last seen,
 * and the condition says so, so a wrong guess changes nothing.
 */
function change(caller: string, windows: readonly Window[], units: number, at: number, seen: GateRow) {
  const sets: string[] = [];
  const conditions: string[] = [];
  const values: Record<string, unknown> = { ":n": units };
  for (const [i, window] of windows.entries()) {
    const [start, used] = [`${window.name}Start`, `${window.name}Used`];
    const begun = seen.counts[window.name]?.start ?? -1;
    const current = windowStart(window, at);
    const running = isRunning(begun, window, at);
    values[`:start${i}`] = running ? begun : current;
    if (running) {
      values[`:room${i}`] = quotaOf(window, seen) - units;
      sets.push(`${used} = ${used} + :n`);
      conditions.push(`${start} = :start${i} AND ${used} <= :room${i}`);
    } else {
      sets.push(`${start} = :start${i}, ${used} = :n`);
      values[`:ahead${i}`] = current + window.seconds;
      conditions.push(`(attribute_not_exists(${start}) OR ${start} < :start${i} OR ${start} > :ahead${i})`);
    }
  }
  if (caller.startsWith("address/")) {
    // Nobody's row: it holds counts and nothing else.
    sets.push("expiresAt = :expires");
    values[":expires"] = Math.ceil(at / 1000) + 2 * Math.max(...windows.map((window) => window.seconds));
  }
  return { update: keyOf(caller), expression: `SET ${sets.join(", ")}`, condition: conditions.join(" AND "), values };
}

function rowOf(row: Record<string, unknown>, windows: readonly Window[]): GateRow {
  const counts: Counts = {};
  for (const { name } of windows) {
    const start = row[`${name}Start`];
    if (typeof start === "number") counts[name] = { start, used: Number(row[`${name}Used`] ?? 0) };
  }
  return {
    counts,
    tier: row.tier as string | undefined,
    suspended: row.suspended as boolean | undefined,
    revoked: row.revoked as Set<string> | undefined,
    validFrom: row.validFrom as number | undefined,
    quotas: row.quotas as Record<string, number> | undefined,
  };
}
