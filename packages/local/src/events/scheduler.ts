import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";
import { transaction } from "../database.ts";
import type { Rule } from "./rules.ts";
import { dueInstants, nextAfter } from "./schedule.ts";

/** How far each rule has fired: a step of its database's own. */
export const schedulerSchema = `
  CREATE TABLE IF NOT EXISTS schedules (
    rule TEXT PRIMARY KEY, expression TEXT NOT NULL, anchor_at INTEGER NOT NULL, fired_until INTEGER NOT NULL, enabled INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Node's timers hold 31 bits; a rule that is due later is looked at again then. */
const longestTimerMs = 2 ** 31 - 1;

type State = { expression: string; anchor_at: number; fired_until: number; enabled: number };

/**
 * Fires rules at the instants of their schedules, by the product's clock, also when it is turned. How far each rule has fired is written
 * in the same transaction as what it fired, so no instant is fired twice over a restart, and none is lost.
 */
export function makeScheduler({ database, clock, fire }: { database: DatabaseSync; clock: Clock; fire: (rule: Rule, at: number) => void }) {
  const select = database.prepare("SELECT * FROM schedules WHERE rule = ?");
  const put = database.prepare("INSERT OR REPLACE INTO schedules VALUES (?, ?, ?, ?, ?)");
  const advance = database.prepare("UPDATE schedules SET fired_until = ? WHERE rule = ?");
  const rules = new Map<string, Rule & { schedule: string }>();
  let timer: NodeJS.Timeout | undefined;

  /** Fires what is due, and sets the timer to the next instant of any rule. */
  function look(): void {
    clearTimeout(timer);
    const now = clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const rule of rules.values()) {
      if (!rule.enabled) continue;
      const state = select.get(rule.name) as State;
      // The clock was turned back: what lies ahead again is to fire again.
      const since = Math.min(state.fired_until, now);
      const instants = dueInstants(rule.schedule, since, now, state.anchor_at);
      if (instants.length > 0 || since < state.fired_until) {
        transaction(database, () => {
          for (const at of instants) fire(rule, at);
          advance.run(instants.at(-1) ?? since, rule.name);
        });
      }
      next = Math.min(next, nextAfter(rule.schedule, now, state.anchor_at));
    }
    if (Number.isFinite(next)) timer = setTimeout(look, Math.min(next - now, longestTimerMs));
  }

  const stopTurns = clock.onTurn(look);

  return {
    /** A rule whose schedule is new, changed or enabled again counts from now; one that was there goes on where it was. */
    define(rule: Rule): void {
      if (rule.schedule === undefined) {
        rules.delete(rule.name);
        return;
      }
      const now = clock.now();
      const known = select.get(rule.name) as State | undefined;
      const same = known?.expression === rule.schedule;
      const goesOn = same && (known.enabled === 1 || !rule.enabled);
      put.run(rule.name, rule.schedule, same ? known.anchor_at : now, goesOn ? known.fired_until : now, rule.enabled ? 1 : 0);
      rules.set(rule.name, { ...rule, schedule: rule.schedule });
      look();
    },
    close() {
      clearTimeout(timer);
      stopTurns();
    },
  };
}
