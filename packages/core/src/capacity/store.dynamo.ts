import { Conflict, type Key, type Table } from "../kernel/index.ts";
import type { ProviderLimits } from "../providers/index.ts";
import { boundsOf, deniedBy, distanceMsOf, failuresMax, freeSlots, type Place, pausedUntilOf, type Seen, type Taken } from "./capacity.ts";
import type { Capacity } from "./store.ts";

const keyOf = (provider: string): Key => ({ pk: `provider/${provider}`, sk: "capacity" });
const until = (slot: number): string => `until${slot}`;
const holder = (slot: number): string => `holder${slot}`;

/** Rounds in which others may be faster before the caller is told that all places are taken. */
const roundsMax = 12;

/**
 * Keeps all of a provider in one row, so that one conditional update takes a place, a share of the minute and the right to ask at all; another gives the
 * place back and tells how it went. What was last seen of a row is kept in the process as a guess: a wrong one changes nothing, and the refusal brings the
 * row. Providers without limits cost no call.
 */
export function capacityStore(
  table: Table,
  limitsOf: (provider: string) => ProviderLimits | undefined,
  random: () => number = Math.random,
): Capacity {
  const guesses = new Map<string, Seen>();

  async function look(provider: string): Promise<Seen> {
    return seenIn((await table.get<Record<string, unknown>>(keyOf(provider))) ?? {});
  }

  async function take(provider: string, { id, at, leaseMs }: { id: string; at: number; leaseMs: number }): Promise<Taken> {
    const limits = limitsOf(provider);
    if (!limits) return { kind: "place" };
    let isFresh = false;
    let seen = guesses.get(provider) ?? { slots: {} };
    for (let round = 0; round < roundsMax; round += 1) {
      const denied = deniedBy(seen, limits, at, leaseMs);
      if (denied && isFresh) return denied;
      if (denied) {
        seen = await look(provider);
        isFresh = true;
        continue;
      }
      const free = freeSlots(seen, limits, at, leaseMs);
      const slot = free[Math.floor(random() * free.length)] ?? 0;
      const isProbe = seen.pausedUntil !== undefined;
      try {
        seen = seenIn(await table.update<Record<string, unknown>>(taking(provider, limits, { id, at, leaseMs, slot, seen })));
        guesses.set(provider, seen);
        return { kind: "place", place: { slot, ...(isProbe && { isProbe }) } };
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        const row = error.row ?? {};
        // The answer was lost on the way and the client asked again: what stands in its way is itself.
        if (row[holder(slot)] === id) return { kind: "place", place: { slot, ...(row.probe === id && { isProbe: true }) } };
        seen = seenIn(row);
        guesses.set(provider, seen);
        isFresh = true;
      }
    }
    return { kind: "full" };
  }

  return {
    take,
    async giveBack(provider, place, { id, at, verdict, retryAfterMs }) {
      const pausedUntil = pausedUntilOf(at, retryAfterMs);
      const words = place.isProbe ? saidByProbe[verdict](at, pausedUntil) : said[verdict];
      const row = await told(provider, place, id, words);
      const failures = Number(row?.failures ?? 0);
      if (verdict !== "ill" || place.isProbe || failures < failuresMax || row?.pausedUntil !== undefined) return;
      await quietly(() =>
        table.write({
          update: keyOf(provider),
          expression: "SET pausedUntil = :until",
          condition: "attribute_not_exists(pausedUntil) AND failures >= :most",
          values: { ":until": pausedUntil, ":most": failuresMax },
        }),
      );
    },
    async pauses(providers) {
      const limited = providers.filter((provider) => limitsOf(provider));
      if (limited.length === 0) return {};
      const rows = await table.getMany<Record<string, unknown>>(limited.map(keyOf));
      const known = limited.map((provider, index) => [provider, seenIn(rows[index] ?? {}).pausedUntil] as const);
      return Object.fromEntries(known.filter((entry): entry is [string, number] => entry[1] !== undefined));
    },
  };

  /** The place is given back, if it is still one's own, and what there is to say of the provider is said, in any case. */
  async function told(provider: string, { slot, isProbe }: Place, id: string, { set, remove, values }: Said) {
    const names = { "#until": until(slot), "#holder": holder(slot) };
    const sets = set === undefined ? "" : ` SET ${set}`;
    const own = isProbe ? " AND probe = :id" : "";
    const first = await quietly(() =>
      table.update<Record<string, unknown>>({
        update: keyOf(provider),
        expression: `REMOVE ${["#until", "#holder", ...remove].join(", ")}${sets}`,
        condition: `#holder = :id${own}`,
        names,
        values: { ":id": id, ...values },
      }),
    );
    // Its lease had run out. A probe of which nobody has waited for the end has nothing to say any more.
    if (first) guesses.set(provider, seenIn(first));
    if (first || isProbe || set === undefined) return first;
    return quietly(() =>
      table.update<Record<string, unknown>>({
        update: keyOf(provider),
        expression: sets.trim(),
        condition: "attribute_exists(pk)",
        values,
      }),
    );
  }
}

type Said = { set?: string; remove: readonly string[]; values: Record<string, unknown> };

/** What one attempt says of a provider that is not paused. Failures count only in a row. */
const said: Record<"well" | "ill" | "neither", Said> = {
  well: { set: "failures = :none", remove: [], values: { ":none": 0 } },
  ill: { set: "failures = if_not_exists(failures, :none) + :one", remove: [], values: { ":none": 0, ":one": 1 } },
  neither: { remove: [], values: {} },
};

/** What the one says that was let through. If it says nothing, another may try at once. */
const saidByProbe = {
  well: (): Said => ({ set: "failures = :none", remove: ["pausedUntil", "probe"], values: { ":none": 0 } }),
  ill: (_at: number, until: number): Said => ({ set: "pausedUntil = :until", remove: ["probe"], values: { ":until": until } }),
  neither: (at: number): Said => ({ set: "pausedUntil = :at", remove: ["probe"], values: { ":at": at } }),
};

/** Undefined where somebody else was faster: then there is nothing left to do. */
async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
}

type Taking = { id: string; at: number; leaseMs: number; slot: number; seen: Seen };

function taking(provider: string, limits: ProviderLimits, { id, at, leaseMs, slot, seen }: Taking) {
  const bounds = boundsOf(limits, at, leaseMs);
  const isAhead = seen.nextAt !== undefined && seen.nextAt > at && seen.nextAt <= bounds.next;
  const sets = ["#until = :leaseEnd", "#holder = :id", isAhead ? "nextAt = nextAt + :distance" : "nextAt = :next"];
  const conditions = [
    "(attribute_not_exists(#until) OR #until <= :at OR #until > :slotMost)",
    isAhead ? "nextAt > :at AND nextAt <= :nextBound" : "(attribute_not_exists(nextAt) OR nextAt <= :at OR nextAt > :nextMost)",
    // Of many who find the pause over, the one goes through who finds it as it was seen.
    seen.pausedUntil === undefined ? "attribute_not_exists(pausedUntil)" : "pausedUntil = :pause",
  ];
  if (seen.pausedUntil !== undefined) sets.push("pausedUntil = :leaseEnd", "probe = :id");
  const distance = distanceMsOf(limits);
  return {
    update: keyOf(provider),
    expression: `SET ${sets.join(", ")}`,
    condition: conditions.join(" AND "),
    names: { "#until": until(slot), "#holder": holder(slot) },
    values: {
      ":id": id,
      ":at": at,
      ":leaseEnd": at + leaseMs,
      ":slotMost": bounds.slot,
      ...(isAhead ? { ":distance": distance, ":nextBound": bounds.next } : { ":next": at + distance, ":nextMost": bounds.nextMost }),
      ...(seen.pausedUntil !== undefined && { ":pause": seen.pausedUntil }),
    },
  };
}

function seenIn(row: Record<string, unknown>): Seen {
  const slots: Record<number, number> = {};
  for (const [name, value] of Object.entries(row)) {
    const slot = /^until(\d+)$/.exec(name)?.[1];
    if (slot !== undefined && typeof value === "number") slots[Number(slot)] = value;
  }
  const number = (value: unknown) => (typeof value === "number" ? value : undefined);
  return { slots, nextAt: number(row.nextAt), pausedUntil: number(row.pausedUntil) };
}
