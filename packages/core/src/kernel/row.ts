import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { convertToNative, marshall } from "@aws-sdk/util-dynamodb";
import type { RowEvent } from "./event.ts";
import type { Key } from "./write.ts";

/** What every row may carry beside its object. Index keys are sparse: absent means not in that index. */
export type RowKeys = Key & {
  /** `byState`: the objects of one workspace in one state, in the order of `sk`. */
  statePk?: string;
  /** `cards`: what overviews need of the objects of one kind in one workspace, in the order of `sk`. */
  cardPk?: string;
  /** `due`: work with a time, spread over shards. `dueAt` in epoch milliseconds. */
  dueShard?: string;
  dueAt?: number;
  /** Time to live, epoch seconds. Rows linger past it: readers filter. */
  expiresAt?: number;
  event?: RowEvent;
};

export type Versioned = { version: number };

/** `attributes` names what of its object the expressions and the projections of indexes ask for, beside what they ask of every row: see {@link itemOf}. */
export type Row<T> = RowKeys & T & { attributes?: readonly (keyof T & string)[]; rest?: never };

/** A row as the database has it. */
export type Item = Record<string, AttributeValue>;

const keys = ["pk", "sk", "statePk", "cardPk", "dueShard", "dueAt", "expiresAt"] as const satisfies (keyof RowKeys)[];

const ofTheTable: ReadonlySet<string> = new Set([...keys, "event", "rest"]);

/** Conditions ask every row for its version, and the index of what is due gives id and workspace. */
const always: ReadonlySet<string> = new Set([...keys, "version", "id", "workspaceId"]);

/**
 * A row for the database: what can be asked for by expressions and indexes stays an attribute, and so do sets, which JSON has not. The rest of the object is
 * one text, `rest`, and the event another. A database, and the client before it, take attributes apart value by value: that was half of what
 * reads and writes cost the embedded one. @see docs/adr/0005-one-table.md
 */
export function itemOf(row: Record<string, unknown>): Item {
  const named = (row.attributes ?? []) as readonly string[];
  const plain: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    if (value === undefined || name === "attributes") continue;
    if (name === "event") plain.event = eventText(value as RowEvent);
    else if (always.has(name) || named.includes(name) || value instanceof Set) plain[name] = value;
    else rest[name] = value;
  }
  return attributesOf(Object.keys(rest).length > 0 ? { ...plain, rest: JSON.stringify(rest, refused) } : plain);
}

/** Values as the database has them, such as those of an expression. */
export const attributesOf = (values: Record<string, unknown>): Item => marshall(values, { removeUndefinedValues: true });

/** A row's event as an expression sets it. */
export const eventText = (event: RowEvent): string => JSON.stringify(event, refused);

/** The news that a row carries. */
export function eventIn({ event }: Item): RowEvent | undefined {
  if (event?.S !== undefined) return JSON.parse(event.S) as RowEvent;
  // Rows from before texts.
  return event && (convertToNative(event) as RowEvent);
}

/** Everything that a row has. */
export function rowOf(item: Item): Record<string, unknown> {
  const event = eventIn(item);
  return { ...read(item, () => true), ...(event && { event }) };
}

/** A row's object, without what only the table needs. */
export const objectOf = <T>(item: Item): T => read(item, (name) => !ofTheTable.has(name)) as T;

/**
 * The database gives attributes in no order; in one order, rows of a kind have one shape in memory, and whatever reads them then is several times as fast.
 * An attribute goes before what the text has under its name: an expression has set it since.
 */
function read(item: Item, wanted: (name: string) => boolean): Record<string, unknown> {
  const object = item.rest?.S === undefined ? {} : (JSON.parse(item.rest.S) as Record<string, unknown>);
  for (const name of Object.keys(item).sort()) {
    const value = item[name];
    if (value && name !== "rest" && wanted(name)) object[name] = convertToNative(value);
  }
  return object;
}

/** For `JSON.stringify`: throws for what it would turn into something else without a word. */
function refused(this: unknown, name: string, value: unknown): unknown {
  // What a toJSON has not touched yet.
  const held = (this as Record<string, unknown>)[name];
  const isKept =
    typeof held === "object" && held !== null
      ? Array.isArray(held) || [Object.prototype, null].includes(Object.getPrototypeOf(held))
      : typeof held === "number"
        ? Number.isFinite(held)
        : held !== undefined || !Array.isArray(this);
  if (!isKept) throw new TypeError(`A row cannot keep ${name} as ${String(held)}.`);
  return value;
}
