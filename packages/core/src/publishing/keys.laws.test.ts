import { assert, property, string, uniqueArray } from "fast-check";
import { expect, test } from "vitest";
import { jobStore } from "../generation/index.ts";
import type { Key, Table } from "../kernel/index.ts";
import { imageStore } from "../library/index.ts";
import { postStore } from "./index.ts";

/** A table that holds nothing and writes down which rows it is asked for: a row by its key, a list by its partition alone. */
function askedTable() {
  const asked: string[] = [];
  const row = ({ pk, sk }: Key) => void asked.push(JSON.stringify([pk, sk]));
  const table: Table = {
    get: async (key) => row(key) as undefined,
    getMany: async (keys) => keys.map((key) => row(key) as undefined),
    page: async ({ pk, statePk }) => {
      asked.push(JSON.stringify([statePk ?? pk]));
      return { items: [], nextCursor: null };
    },
    due: async () => [],
    cards: async () => ({ items: [], complete: true }),
    write: async () => undefined,
    update: async () => {
      throw new Error("Nothing here updates.");
    },
  };
  return { table, asked };
}

/** Every way in which an id from a path leads to rows of its workspace. */
const readers: Record<string, (table: Table, workspaceId: string, id: string) => Promise<unknown>> = {
  job: (table, workspaceId, id) => jobStore(table).get({ workspaceId, id }),
  image: (table, workspaceId, id) => imageStore(table).get(workspaceId, id),
  reviews: (table, workspaceId, id) => imageStore(table).reviews(workspaceId, id, { limit: 1 }),
  post: (table, workspaceId, id) => postStore(table).get({ workspaceId, id }),
  channel: (table, workspaceId, id) => postStore(table).getChannel(workspaceId, id),
  showing: (table, workspaceId, id) => postStore(table).showing(workspaceId, id),
};
/** And lists of a workspace, by state. */
const lists: Record<string, (table: Table, workspaceId: string) => Promise<unknown>> = {
  jobs: (table, workspaceId) => jobStore(table).list(workspaceId, { limit: 1 }),
  "queued jobs": (table, workspaceId) => jobStore(table).list(workspaceId, { limit: 1, state: "queued" }),
  images: (table, workspaceId) => imageStore(table).list(workspaceId, { filter: {}, limit: 1, now: 0 }),
  "approved images": (table, workspaceId) => imageStore(table).list(workspaceId, { filter: { state: "approved" }, limit: 1, now: 0 }),
  posts: (table, workspaceId) => postStore(table).list(workspaceId, { limit: 1 }),
  "scheduled posts": (table, workspaceId) => postStore(table).list(workspaceId, { limit: 1, state: "scheduled" }),
  channels: (table, workspaceId) => postStore(table).listChannels(workspaceId, { limit: 1 }),
};

/** Ids of workspaces are ours. Those in paths are whatever was sent, decoded: words of our own keys and what stands between them, too. */
const workspaceIds = ["wks_01", "wks_02", "wks_0"];
const words = ["images", "posts", "reviews", "channels", "generations", "queued", "approved", "scheduled", "wks_02", ".."];
const hostile = ["", ...words, ...words.flatMap((word) => words.map((other) => `${word}/${other}`))];

function askedBy(read: (table: Table) => Promise<unknown>): string {
  const { table, asked } = askedTable();
  void read(table);
  expect(asked).toHaveLength(1);
  return asked[0] ?? "";
}

test("two questions ask for the same rows only if owner, kind and id are the same, and all in their own workspace, whatever stands in an id", () => {
  assert(
    property(uniqueArray(string(), { maxLength: 20 }), (random) => {
      const known = new Map<string, string>();
      const note = (question: string, workspaceId: string, rows: string) => {
        expect(rows.startsWith(`["workspace/${workspaceId}/`)).toBe(true);
        expect(known.get(rows) ?? question).toBe(question);
        known.set(rows, question);
      };
      for (const workspaceId of workspaceIds) {
        for (const [kind, read] of Object.entries(lists))
          note(
            `${workspaceId} ${kind}`,
            workspaceId,
            askedBy((table) => read(table, workspaceId)),
          );
        for (const [kind, read] of Object.entries(readers))
          for (const id of [...hostile, ...random])
            note(
              `${workspaceId} ${kind} ${id}`,
              workspaceId,
              askedBy((table) => read(table, workspaceId, id)),
            );
      }
    }),
    { numRuns: 4 },
  );
});
