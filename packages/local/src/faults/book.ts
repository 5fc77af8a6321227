import type { Fault, Rule } from "./rule.ts";
import { isNamed } from "./spelling.ts";

/** A rule at work. */
export type Standing = Rule & {
  id: string;
  /** Calls that it is for. */
  seen: number;
  /** Calls that it struck. */
  applied: number;
};

/** A call or an invocation, as rules look at it. */
export type Occasion = {
  service: string;
  call: string;
  /** The function that calls, if it is known. */
  caller?: string;
  /** What `match` looks into; made only if a rule asks. */
  text(): string;
  /** Whether a fault means anything here. */
  can(fault: Fault): boolean;
};

export type Strike = {
  rule: Readonly<Standing>;
  /** The rule's own chance, 0 to 1. */
  random(): number;
  /** Aborted once the rule is deleted: what it holds goes on. */
  released: AbortSignal;
};

export type Book = {
  add(rule: Rule): Standing;
  /** All of them without an id; how many there were. */
  remove(id?: string): number;
  list(): Standing[];
  /** The first rule that strikes, if any. All that the occasion concerns count it and draw from their own chance, so that one does not disturb another. */
  strike(occasion: Occasion): Strike | undefined;
};

type Entry = { rule: Standing; random(): number; release: AbortController };

/** Keeps the rules in the order in which they came. */
export function makeBook(): Book {
  let entries: Entry[] = [];
  let last = 0;
  return {
    add(rule) {
      last += 1;
      const standing: Standing = { ...rule, id: `fault-${last}`, seen: 0, applied: 0 };
      entries.push({ rule: standing, random: randomFrom(rule.seed), release: new AbortController() });
      return { ...standing };
    },
    remove(id) {
      const gone = entries.filter((entry) => id === undefined || entry.rule.id === id);
      entries = entries.filter((entry) => !gone.includes(entry));
      for (const entry of gone) entry.release.abort();
      return gone.length;
    },
    list: () => entries.map(({ rule }) => ({ ...rule })),
    strike(occasion) {
      let struck: Entry | undefined;
      for (const entry of entries) {
        const { rule } = entry;
        if (!concerns(rule, occasion)) continue;
        rule.seen += 1;
        const drawn = entry.random() < rule.chance;
        if (struck || !drawn || rule.seen <= rule.skip || rule.applied >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
        rule.applied += 1;
        struck = entry;
      }
      return struck && { rule: struck.rule, random: struck.random, released: struck.release.signal };
    },
  };
}

function concerns(rule: Standing, { service, call, caller, text, can }: Occasion): boolean {
  return (
    rule.service === service &&
    (rule.call === "*" || rule.call === call || ((service === "lambda" || service === "clock") && isNamed(rule.call, call))) &&
    (rule.function === undefined || (caller !== undefined && isNamed(rule.function, caller))) &&
    can(rule.fault) &&
    (rule.match === undefined || text().includes(rule.match))
  );
}

/** The mulberry32 generator: the same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
