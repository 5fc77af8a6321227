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
export type DepthRow = { queue: string; visible: number; in_flight: number; delayed: number };

/** The SQL of the queues, prepared once. */
export type SqsStore = ReturnType<typeof openStore>;

export function openStore(file: string) {
  const database = openDatabase(file, steps);
  return { database, queues: queueStatements(database), messages: messageStatements(database) };
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
       receive_count = 0, first_received_at = NULL, dead_letter_source = NULL
     WHERE queue = :dead AND visible_at <= :now AND coalesce(:destination, dead_letter_source) IS NOT NULL`,
  );
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
    /** What waits in a dead-letter queue, as new messages, to `destination` or else to where each came from; how many. */
    redrive: (dead: string, destination: string | undefined, now: number) =>
      Number(redrive.run({ dead, destination: destination ?? null, now }).changes),
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
