import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../database.ts";

const steps = [
  `
  CREATE TABLE IF NOT EXISTS queues (
    name TEXT PRIMARY KEY, settings TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,
    group_id TEXT,
    trace TEXT,
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0,
    first_received_at INTEGER,
    received_at INTEGER,
    receipt TEXT,
    dead_letter_source TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_at, seq);
  `,
  // Moves out of dead-letter queues.
  `
  CREATE TABLE move_tasks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, destination TEXT, per_second INTEGER,
    status TEXT NOT NULL, moved INTEGER NOT NULL, to_move INTEGER NOT NULL, started_at INTEGER NOT NULL, failure TEXT
  ) STRICT;
  CREATE INDEX move_tasks_by_source ON move_tasks (source, seq);
  `,
];

/** Times are epoch milliseconds of the product's clock. `receipt` is set once a message has been received and not been moved since. */
export type MessageRow = {
  seq: number;
  queue: string;
  id: string;
  body: string;
  attributes: string;
  group_id: string | null;
  trace: string | null;
  sent_at: number;
  visible_at: number;
  receive_count: number;
  first_received_at: number | null;
  received_at: number | null;
  receipt: string | null;
  dead_letter_source: string | null;
};

export type QueueRow = { name: string; settings: string; created_at: number; modified_at: number };
/** A move out of the dead-letter queue `source`, to `destination` or else to where each message came from. */
export type MoveRow = {
  id: string;
  source: string;
  destination: string | null;
  per_second: number | null;
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  moved: number;
  to_move: number;
  started_at: number;
  failure: string | null;
};
export type DepthRow = { queue: string; visible: number; in_flight: number; delayed: number };

/** The SQL of the queues, prepared once. */
export type SqsStore = ReturnType<typeof openStore>;

export function openStore(file: string) {
  const database = openDatabase(file, steps);
  return { database, queues: queueStatements(database), messages: messageStatements(database), moves: moveStatements(database) };
}

function queueStatements(database: DatabaseSync) {
  const all = database.prepare("SELECT * FROM queues ORDER BY name");
  const put = database.prepare(
    "INSERT INTO queues VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET settings = excluded.settings, modified_at = excluded.modified_at",
  );
  return {
    all: () => all.all() as QueueRow[],
    put: ({ name, settings, created_at, modified_at }: QueueRow) => put.run(name, settings, created_at, modified_at),
  };
}

function messageStatements(database: DatabaseSync) {
  const insert = database.prepare(
    "INSERT INTO messages (queue, id, body, attributes, group_id, trace, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  // A bare `LIMIT ?` makes SQLite plan the query anew at each call, which takes longer than the query.
  const visible = database.prepare("SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, seq LIMIT ? + 0");
  const hold = database.prepare(
    `UPDATE messages SET visible_at = ?, received_at = ?, receipt = ?, receive_count = receive_count + 1,
       first_received_at = coalesce(first_received_at, ?) WHERE seq = ?`,
  );
  const bury = database.prepare(
    "UPDATE messages SET queue = ?, dead_letter_source = ?, visible_at = ?, receipt = NULL, received_at = NULL WHERE seq = ?",
  );
  database.function("new_id", { deterministic: false }, () => randomUUID());
  const redrive = database.prepare(
    `UPDATE messages SET queue = coalesce(:destination, dead_letter_source), id = new_id(), sent_at = :now, visible_at = :now,
       receive_count = 0, first_received_at = NULL, received_at = NULL, receipt = NULL, dead_letter_source = NULL
     WHERE seq IN (
       SELECT seq FROM messages WHERE queue = :dead AND visible_at <= :until AND coalesce(:destination, dead_letter_source) IS NOT NULL
       ORDER BY visible_at, seq LIMIT :max + 0
     )`,
  );
  const waiting = database.prepare("SELECT count(*) AS count FROM messages WHERE queue = ? AND visible_at <= ?");
  const bySeq = database.prepare("SELECT * FROM messages WHERE seq = ? AND queue = ?");
  const remove = database.prepare("DELETE FROM messages WHERE seq = ? AND queue = ? AND receipt = ?");
  const show = database.prepare("UPDATE messages SET visible_at = ? WHERE seq = ?");
  const expire = database.prepare("DELETE FROM messages WHERE queue = ? AND sent_at <= ?");
  const oldestSent = database.prepare("SELECT min(sent_at) AS sent_at FROM messages WHERE queue = ?");
  const purge = database.prepare("DELETE FROM messages WHERE queue = ?");
  const nextDue = database.prepare("SELECT min(visible_at) AS due FROM messages WHERE queue = ?");
  const depths = database.prepare(
    `SELECT queue, sum(visible_at <= :now) AS visible, sum(visible_at > :now AND receipt IS NOT NULL) AS in_flight,
       sum(visible_at > :now AND receipt IS NULL) AS delayed FROM messages GROUP BY queue`,
  );
  const depth = database.prepare(
    `SELECT :queue AS queue, total(visible_at <= :now) AS visible, total(visible_at > :now AND receipt IS NOT NULL) AS in_flight,
       total(visible_at > :now AND receipt IS NULL) AS delayed FROM messages WHERE queue = :queue`,
  );
  const oldest = database.prepare("SELECT * FROM messages WHERE queue = ? ORDER BY seq LIMIT ?");

  return {
    insert: (row: Pick<MessageRow, "queue" | "id" | "body" | "attributes" | "group_id" | "trace" | "sent_at" | "visible_at">) =>
      insert.run(row.queue, row.id, row.body, row.attributes, row.group_id, row.trace, row.sent_at, row.visible_at),
    visible: (queue: string, now: number, max: number) => visible.all(queue, now, max) as MessageRow[],
    hold: (seq: number, receipt: string, now: number, visibleAt: number) => hold.run(visibleAt, now, receipt, now, seq),
    /** To a dead-letter queue; the receive count stays, so that one can see how often it was tried. */
    bury: (seq: number, from: string, to: string, now: number) => bury.run(to, from, now, seq),
    /**
     * At most `max` (−1: all) of what has waited in a dead-letter queue since `until` or before, as new messages, to `destination` or else
     * to where each came from; how many.
     */
    redrive: (dead: string, destination: string | undefined, { now, until, max }: { now: number; until: number; max: number }) =>
      Number(redrive.run({ dead, destination: destination ?? null, now, until, max }).changes),
    /** How many are visible, and were at `until`. */
    waiting: (queue: string, until: number) => (waiting.get(queue, until) as { count: number }).count,
    bySeq: (seq: number, queue: string) => bySeq.get(seq, queue) as MessageRow | undefined,
    remove: (seq: number, queue: string, receipt: string) => remove.run(seq, queue, receipt),
    show: (seq: number, visibleAt: number) => show.run(visibleAt, seq),
    expire: (queue: string, sentUntil: number) => expire.run(queue, sentUntil),
    oldestSentAt: (queue: string) => (oldestSent.get(queue) as { sent_at: number | null }).sent_at ?? undefined,
    purge: (queue: string) => purge.run(queue),
    nextDue: (queue: string) => (nextDue.get(queue) as { due: number | null }).due ?? undefined,
    depths: (now: number) => depths.all({ now }) as DepthRow[],
    depth: (queue: string, now: number) => depth.get({ queue, now }) as DepthRow,
    oldest: (queue: string, max: number) => oldest.all(queue, max) as MessageRow[],
  };
}

function moveStatements(database: DatabaseSync) {
  const insert = database.prepare(
    "INSERT INTO move_tasks (id, source, destination, per_second, status, moved, to_move, started_at) VALUES (?, ?, ?, ?, 'RUNNING', 0, ?, ?)",
  );
  const forget = database.prepare(
    "DELETE FROM move_tasks WHERE source = ? AND seq NOT IN (SELECT seq FROM move_tasks WHERE source = ? ORDER BY seq DESC LIMIT ? + 0)",
  );
  const find = database.prepare("SELECT * FROM move_tasks WHERE id = ?");
  const running = database.prepare("SELECT * FROM move_tasks WHERE status = 'RUNNING' ORDER BY seq");
  const newest = database.prepare("SELECT * FROM move_tasks WHERE source = ? ORDER BY seq DESC LIMIT ? + 0");
  const update = database.prepare("UPDATE move_tasks SET status = ?, moved = ?, failure = ? WHERE id = ?");

  return {
    /** Begins a task, and forgets the source's oldest beyond `kept`. */
    begin({ id, source, destination, per_second, to_move, started_at }: Omit<MoveRow, "status" | "moved" | "failure">, kept: number): void {
      insert.run(id, source, destination, per_second, to_move, started_at);
      forget.run(source, source, kept);
    },
    find: (id: string) => find.get(id) as MoveRow | undefined,
    running: () => running.all() as MoveRow[],
    newest: (source: string, max: number) => newest.all(source, max) as MoveRow[],
    save: ({ id, status, moved, failure }: MoveRow) => update.run(status, moved, failure, id),
  };
}
