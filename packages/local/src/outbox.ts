import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "./clock.ts";

/** A row of the outbox: what is still to be delivered. Times are epoch milliseconds of the product's clock. */
export type Delivery = { id: number; target: string; payload: string; attempts: number; queuedAt: number };

export type OutboxOptions = {
  database: DatabaseSync;
  clock: Clock;
  /** Delivers at least once: a rejection, or the death of the process, brings the delivery again. */
  deliver(delivery: Delivery): Promise<void> | void;
  /** Asked after each failure; true if the delivery was disposed of otherwise and is not to be tried again. */
  giveUp?(delivery: Delivery, error: unknown): Promise<boolean> | boolean;
};

export type Outbox = {
  /** To be called inside the transaction that writes the news; returns the row's id, which only ever grows. */
  add(target: string, payload: string): number;
  /** To be called once that transaction is committed. */
  wake(): void;
  /** How many deliveries are outstanding. */
  depth(): number;
  close(): void;
};

/** The table of an outbox: a step of its database's own. */
export const outboxSchema = `
  CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,
    payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS outbox_by_due ON outbox (due_at, id);
`;

const atOnce = 20;
const firstPauseMs = 100;
const longestPauseMs = 30_000;

/**
 * Deliveries that are written in the same transaction as their cause, made by a pump, and resumed at start. Each row is retried by
 * itself after a growing pause, so a target that fails holds up no other.
 */
export function makeOutbox({ database, clock, deliver, giveUp }: OutboxOptions): Outbox {
  const insert = database.prepare("INSERT INTO outbox (target, payload, queued_at, due_at) VALUES (?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM outbox WHERE id = ?");
  const postpone = database.prepare("UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?");
  const count = database.prepare("SELECT count(*) AS depth FROM outbox");
  const waiting = database.prepare(
    "SELECT id, target, payload, attempts, queued_at AS queuedAt, due_at AS dueAt FROM outbox ORDER BY due_at, id LIMIT ? + 0",
  );
  const inHand = new Set<number>();
  let timer: NodeJS.Timeout | undefined;
  let waking = false;
  let closed = false;

  function look(): void {
    waking = false;
    clearTimeout(timer);
    if (closed) return;
    const now = clock.now();
    // Those in hand are still in the table and may come first.
    for (const row of waiting.all(atOnce + inHand.size) as (Delivery & { dueAt: number })[]) {
      if (inHand.size >= atOnce) return;
      if (inHand.has(row.id)) continue;
      const waitMs = row.dueAt - now;
      // A longer wait than any pause means that the clock was turned back.
      if (waitMs > 0 && waitMs <= longestPauseMs) {
        timer = setTimeout(look, waitMs);
        return;
      }
      inHand.add(row.id);
      void make(row);
    }
  }

  async function make({ id, target, payload, attempts, queuedAt }: Delivery): Promise<void> {
    let done = true;
    try {
      await deliver({ id, target, payload, attempts, queuedAt });
    } catch (error) {
      done = await disposedOf({ id, target, payload, attempts: attempts + 1, queuedAt }, error);
    }
    inHand.delete(id);
    if (closed) return;
    if (done) remove.run(id);
    else postpone.run(clock.now() + Math.min(firstPauseMs * 2 ** Math.min(attempts, 20), longestPauseMs), id);
    wake();
  }

  async function disposedOf(delivery: Delivery, error: unknown): Promise<boolean> {
    try {
      return (await giveUp?.(delivery, error)) ?? false;
    } catch {
      // Even the last resort failed: the delivery stays.
      return false;
    }
  }

  function wake(): void {
    if (waking || closed) return;
    waking = true;
    setImmediate(look);
  }

  const stopTurns = clock.onTurn(wake);
  wake();

  return {
    add: (target, payload) => Number(insert.run(target, payload, clock.now(), clock.now()).lastInsertRowid),
    wake,
    depth: () => (count.get() as { depth: number }).depth,
    close() {
      closed = true;
      clearTimeout(timer);
      stopTurns();
    },
  };
}
