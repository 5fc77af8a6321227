import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Busy, breathe, patiently } from "./busy.ts";
import { Problem, problems } from "./problem.ts";
import { attributesOf, type Item, itemOf, objectOf, type Row, rowOf, type Versioned } from "./row.ts";
import type { Key, Write } from "./write.ts";

export type Page<T> = { items: T[]; nextCursor: string | null };

/** A condition did not hold. `index` tells which of the writes, `row` what is there instead. */
export class Conflict extends Error {
  readonly index: number;
  readonly row: Record<string, unknown> | undefined;

  constructor(index: number, row: Record<string, unknown> | undefined) {
    super(`Write ${index} met another version.`);
    this.index = index;
    this.row = row;
  }
}

/**
 * Reads and writes anew when somebody else was faster, for changes that mean the same whatever the other one did. A write whose answer was lost
 * may have been the faster one, if a third came after it: so only for changes that are no other when they are made twice.
 */
export async function persist<T>(work: () => Promise<T>, rounds = 6): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Conflict) || round === rounds) throw error;
    }
  }
}

/** A row that must not exist yet. */
export const insert = <T extends Versioned>(row: Row<T>): Write => ({ put: row, condition: "attribute_not_exists(pk)" });

/** The next version of a row that was read at `row.version - 1`; refused if somebody else was faster. */
export const replace = <T extends Versioned>(row: Row<T>): Write => ({
  put: row,
  condition: "version = :was",
  values: { ":was": row.version - 1 },
});

export type Table = ReturnType<typeof makeTable>;

const keyOf = ({ pk, sk }: Key): Item => ({ pk: { S: pk }, sk: { S: sk } });

/** Parts in which the database may give one batch. */
const mostParts = 6;

/**
 * The one table behind every store. @see docs/adr/0005-one-table.md
 * The document client would do the same marshalling in a second stack of middleware around each call, at a third more time. And each answer would be copied
 * for a log that nobody has asked for: half the time of a long list.
 */
export function makeTable(client: DynamoDBClient, name: string) {
  client.middlewareStack.removeByTag("LOGGER");
  async function get<T>(key: Key): Promise<T | undefined> {
    const { Item } = await client.send(new GetItemCommand({ TableName: name, Key: keyOf(key), ConsistentRead: true }));
    return Item && objectOf<T>(Item);
  }

  /** Up to 100 rows, in the order of `keys`; what is missing is undefined. Throws {@link Busy} if the database keeps giving parts. */
  async function getMany<T>(keys: readonly Key[]): Promise<(T | undefined)[]> {
    const found = new Map<string, T>();
    let wanted: Item[] = [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, keyOf(key)])).values()];
    for (let round = 0; wanted.length > 0; round += 1) {
      if (round > mostParts) throw new Busy("The database gives no more than parts of what was asked for.");
      if (round > 0) await breathe(round);
      const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys: wanted, ConsistentRead: true } } }));
      for (const item of answer.Responses?.[name] ?? []) found.set(`${item.pk?.S} ${item.sk?.S}`, objectOf<T>(item));
      wanted = answer.UnprocessedKeys?.[name]?.Keys ?? [];
    }
    return keys.map(({ pk, sk }) => found.get(`${pk} ${sk}`));
  }

  /** One page of one partition: exactly one Query, so a filter can make the page short. */
  async function page<T>(request: PageRequest): Promise<Page<T>> {
    const input = pageInput(name, request);
    // DynamoDB refuses a range that ends before it begins; to a reader it is merely empty.
    if (request.from !== undefined && request.to !== undefined && request.from > request.to) return { items: [], nextCursor: null };
    const answer = await client.send(new QueryCommand(input));
    const last = answer.LastEvaluatedKey?.sk?.S;
    return {
      items: (answer.Items ?? []).map((item) => objectOf<T>(item)),
      nextCursor: last === undefined ? null : encodeCursor(last, request),
    };
  }

  /** Work due at or before `until`, of one shard, oldest first; index reads are stale, so whoever acts re-reads or claims by version. */
  async function due(shard: string, until: number, limit: number): Promise<Record<string, unknown>[]> {
    const answer = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: "due",
        KeyConditionExpression: "dueShard = :shard AND dueAt <= :until",
        ExpressionAttributeValues: attributesOf({ ":shard": shard, ":until": until }),
        Limit: limit,
      }),
    );
    return (answer.Items ?? []).map((item) => unmarshall(item));
  }

  /** The last in the order of `sk`, at most so many, of one partition of the index of cards: a Query for each megabyte, and never the rows themselves. */
  async function cards<T>(cardPk: string, most: number): Promise<{ items: T[]; complete: boolean }> {
    const items: T[] = [];
    let after: Item | undefined;
    do {
      const answer = await client.send(
        new QueryCommand({
          TableName: name,
          IndexName: "cards",
          KeyConditionExpression: "cardPk = :pk",
          ExpressionAttributeValues: attributesOf({ ":pk": cardPk }),
          ExclusiveStartKey: after,
          ScanIndexForward: false,
          Limit: most - items.length,
        }),
      );
      items.push(...(answer.Items ?? []).map((item) => objectOf<T>(item)));
      after = answer.LastEvaluatedKey;
    } while (after && items.length < most);
    return { items, complete: after === undefined };
  }

  /** All of the writes, or none. One write is one plain call. Throws {@link Conflict}, {@link Busy}. */
  async function write(...writes: Write[]): Promise<void> {
    const [only] = writes;
    try {
      if (only && writes.length === 1) await patiently(() => sendOne(only));
      else await patiently(() => client.send(new TransactWriteItemsCommand({ TransactItems: writes.map(transactItem) })));
    } catch (error) {
      const conflict = conflictIn(error);
      if (!conflict) throw error;
      // The answer to a write was lost on the way and the client asked again: what stands in its way is itself.
      if (only && writes.length === 1 && isItself(only, conflict)) return;
      throw conflict;
    }
  }

  /** One conditional update that answers with the row as it is afterwards, without its keys. Throws {@link Conflict}, {@link Busy}. */
  async function update<T>(change: Extract<Write, { update: Key }>): Promise<T> {
    try {
      const { Attributes = {} } = await patiently(() =>
        client.send(new UpdateItemCommand({ ...updateInput(change), ReturnValues: "ALL_NEW" })),
      );
      return objectOf<T>(Attributes);
    } catch (error) {
      throw conflictIn(error) ?? error;
    }
  }

  function sendOne(change: Write): Promise<unknown> {
    if ("put" in change) return client.send(new PutItemCommand(putInput(change)));
    return client.send(new UpdateItemCommand(updateInput(change)));
  }

  function transactItem(change: Write) {
    if ("put" in change) return { Put: putInput(change) };
    return { Update: updateInput(change) };
  }

  const conditional = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;

  function putInput({ put, condition, names, values }: Extract<Write, { put: unknown }>) {
    return {
      TableName: name,
      Item: itemOf(put),
      ...(condition && { ConditionExpression: condition, ...conditional }),
      ...(names && { ExpressionAttributeNames: names }),
      ...(values && { ExpressionAttributeValues: attributesOf(values) }),
    } satisfies PutItemCommandInput;
  }

  function updateInput({ update: key, expression, condition, names, values }: Extract<Write, { update: Key }>) {
    return {
      TableName: name,
      Key: keyOf(key),
      UpdateExpression: expression,
      ...(condition && { ConditionExpression: condition, ...conditional }),
      ...(names && { ExpressionAttributeNames: names }),
      ...(values && { ExpressionAttributeValues: attributesOf(values) }),
    } satisfies UpdateItemCommandInput;
  }

  return { get, getMany, page, due, cards, write, update };
}

export type PageRequest = {
  pk: string;
  /** Reads this partition of the `byState` index instead of the whole of `pk`. */
  statePk?: string | undefined;
  limit: number;
  cursor?: string | undefined;
  /** Inclusive bounds of `sk`. */
  from?: string | undefined;
  to?: string | undefined;
  filter?: { expression: string; names?: Record<string, string>; values?: Record<string, unknown> } | undefined;
};

/** Newest first: ids sort by the time of their making. */
function pageInput(table: string, request: PageRequest): QueryCommandInput {
  const { pk, statePk, limit, cursor, from = " ", to = "~", filter } = request;
  // The cursor is the sort key of the last item, and a mark of the list: the partition comes from the caller's own context, so a cursor opens no door.
  const after = cursor === undefined ? undefined : decodeCursor(request);
  return {
    TableName: table,
    ...(statePk ? { IndexName: "byState" } : { ConsistentRead: true }),
    KeyConditionExpression: `${statePk ? "statePk" : "pk"} = :pk AND sk BETWEEN :from AND :to`,
    ExpressionAttributeValues: attributesOf({ ":pk": statePk ?? pk, ":from": from, ":to": to, ...filter?.values }),
    ...(filter && { FilterExpression: filter.expression }),
    ...(filter?.names && { ExpressionAttributeNames: filter.names }),
    ...(after !== undefined && { ExclusiveStartKey: { ...keyOf({ pk, sk: after }), ...(statePk && { statePk: { S: statePk } }) } }),
    ScanIndexForward: false,
    Limit: limit,
  };
}

/**
 * A list and what it is filtered by, so that what is the next page of one is not taken for a page of another. What a filter calls `:now` is the time and
 * does not count.
 */
const listOf = ({ pk, statePk, from, to, filter }: PageRequest): string => {
  const { ":now": _now, ...values } = filter?.values ?? {};
  return createHash("sha256")
    .update(JSON.stringify([pk, statePk, from, to, filter?.expression, filter?.names, values]))
    .digest("base64url")
    .slice(0, 8);
};

const encodeCursor = (sk: string, request: PageRequest): string => Buffer.from(`${sk}.${listOf(request)}`).toString("base64url");

function decodeCursor(request: PageRequest): string {
  const { cursor = "", from = " ", to = "~" } = request;
  const [sk = ""] = Buffer.from(cursor, "base64url").toString("utf8").split(".");
  const isOurs = /^[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(sk) && encodeCursor(sk, request) === cursor;
  if (!isOurs || sk < from || sk > to)
    throw new Problem(problems.badCursor, "Start from the first page again, and pass `nextCursor` as it was given, with the same filters.");
  return sk;
}

/** A transaction needs no such look: the SDK gives it a token by which the database knows it again. */
const isItself = (change: Write, { row }: Conflict): boolean =>
  "put" in change && row !== undefined && isDeepStrictEqual(row, rowOf(itemOf(change.put)));

function conflictIn(error: unknown): Conflict | undefined {
  if (error instanceof ConditionalCheckFailedException) return new Conflict(0, error.Item && rowOf(error.Item));
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? [];
    const index = reasons.findIndex(({ Code }) => Code === "ConditionalCheckFailed");
    const item = reasons[index]?.Item;
    if (index >= 0) return new Conflict(index, item && rowOf(item));
  }
  return undefined;
}
