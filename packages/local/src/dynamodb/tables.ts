import { StartError } from "../data-folder.ts";
import type { TableProperties } from "../template/read.ts";

/** One call of the JSON protocol; `target` such as `DynamoDBStreams_20120810.GetRecords`. */
export type Call = <T>(target: string, input: unknown) => Promise<T>;

type Key = { AttributeName: string; KeyType: string };
type Attribute = { AttributeName: string; AttributeType: string };
type Index = { IndexName: string; KeySchema: Key[]; Projection: { ProjectionType: string; NonKeyAttributes?: string[] } };
type Description = {
  KeySchema: Key[];
  AttributeDefinitions: Attribute[];
  GlobalSecondaryIndexes?: Index[];
  StreamSpecification?: { StreamEnabled?: boolean; StreamViewType?: string };
};
type Wanted = Omit<TableProperties, keyof Description> & Description;

/**
 * Makes a table, or brings the one that is there up to what the template wants, as a deployment does: new indexes are made and filled, changed ones made
 * anew, those no longer named dropped (they hold nothing of their own). Each change is all or nothing, so a start that is killed is taken up by the next.
 * @throws StartError for another key: a table cannot change that
 */
export async function defineTable(call: Call, name: string, properties: TableProperties): Promise<void> {
  const { TimeToLiveSpecification: _ttl, StreamSpecification, ...rest } = properties as Wanted;
  const stream = StreamSpecification && { StreamEnabled: true, ...StreamSpecification };
  const { TableNames } = await call<{ TableNames: string[] }>("DynamoDB_20120810.ListTables", {});
  if (!TableNames.includes(name)) {
    await call("DynamoDB_20120810.CreateTable", { TableName: name, ...rest, ...(stream && { StreamSpecification: stream }) });
    return;
  }

  const { Table: table } = await call<{ Table: Description }>("DynamoDB_20120810.DescribeTable", { TableName: name });
  const [is, wanted] = [keyOf(table, table), keyOf(rest, rest)];
  if (is !== wanted) throw anotherKey(name, is, wanted);

  const update = (change: object) => call("DynamoDB_20120810.UpdateTable", { TableName: name, ...change });
  const present = new Map((table.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, formOf(index, table)]));
  const named = new Map((rest.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, formOf(index, rest)]));
  // One at a time, as AWS has it.
  for (const [index, form] of present)
    if (named.get(index) !== form) await update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: index } }] });
  for (const index of rest.GlobalSecondaryIndexes ?? [])
    if (present.get(index.IndexName) !== formOf(index, rest))
      await update({ AttributeDefinitions: rest.AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: index }] });
  if (stream && !table.StreamSpecification?.StreamEnabled) await update({ StreamSpecification: stream });
}

type Attributes = { AttributeDefinitions: Attribute[] };

/** e.g. `pk (HASH, S), sk (RANGE, S)` */
function keyOf({ KeySchema }: { KeySchema: Key[] }, { AttributeDefinitions }: Attributes): string {
  const typeOf = (attribute: string) => AttributeDefinitions.find(({ AttributeName }) => AttributeName === attribute)?.AttributeType ?? "?";
  return KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} (${KeyType}, ${typeOf(AttributeName)})`).join(", ");
}

/** All that makes an index what it is, in one text. */
function formOf(index: Index, attributes: Attributes): string {
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
  return [keyOf(index, attributes), ProjectionType, ...NonKeyAttributes.toSorted()].join("; ");
}

const anotherKey = (name: string, is: string, wanted: string): StartError =>
  new StartError(
    `The rows of ${name} have the key ${is}, and stacks/ now wants ${wanted}. A table cannot change its key, and nothing was changed. ` +
      "Either go back to the former stacks; or take a backup (npm run backup), start with an empty folder (npm start -- --data FOLDER) and bring over what you need. " +
      "The backup gives the former state back at any time (npm run restore).",
  );
