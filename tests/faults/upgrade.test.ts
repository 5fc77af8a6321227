import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AdminGetUserCommand, InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
import { DescribeTableCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueUrlCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { removeFolder, temporaryFolder } from "../harness/atelier.ts";
import { type Clients, type CloudProcess, clientsOf, startCloudProcess } from "../harness/cloud.ts";
import { writeFormerFolder } from "../harness/former-data.ts";
import { clientIdIn, drain, rowsOf } from "../harness/load.ts";
import { smallTemplate } from "../harness/small-template.ts";
import { until } from "../harness/until.ts";

let folder: string;
let dataFolder: string;
beforeEach(() => {
  folder = temporaryFolder();
  dataFolder = join(folder, "data");
  mkdirSync(dataFolder);
});
afterEach(() => removeFolder(folder));

type Template = ReturnType<typeof smallTemplate>;

/** Starts the cloud of a template on the folder, lets `work` happen, and kills it. */
async function withCloud<T>(template: Template, work: (clients: Clients, cloud: CloudProcess) => Promise<T>): Promise<T> {
  const file = join(folder, "template.json");
  writeFileSync(file, JSON.stringify(template));
  const cloud = await startCloudProcess(dataFolder, file);
  const clients = clientsOf(cloud.environment);
  try {
    return await work(clients, cloud);
  } finally {
    clients.destroy();
    await cloud.kill();
  }
}

const signInAs = ({ cognito }: Clients, email: string, password: string) =>
  cognito.send(
    new InitiateAuthCommand({
      ClientId: clientIdIn(join(dataFolder, "cognito.sqlite")),
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );

const edit = (file: string, sql: string) => {
  const database = new DatabaseSync(join(dataFolder, file));
  database.exec(sql);
  database.close();
};

const versionOf = (file: string) => {
  const database = new DatabaseSync(join(dataFolder, file), { readOnly: true });
  const { user_version } = database.prepare("PRAGMA user_version").get() ?? {};
  database.close();
  return user_version;
};

describe("a folder of a former release", () => {
  test("is brought up to date in place: its users, messages and objects are there, its counts go on", async () => {
    const person = { email: "ada@example.org", password: "Sunrise-1843" };
    writeFormerFolder(dataFolder, person);
    for (const round of ["the first start", "the second"]) {
      await withCloud(smallTemplate(), async (clients) => {
        const { Username, UserAttributes } = await clients.cognito.send(
          new AdminGetUserCommand({ UserPoolId: clients.poolId, Username: person.email }),
        );
        expect(Username, round).toBe("11111111-1111-4111-8111-111111111111");
        expect(UserAttributes).toContainEqual({ Name: "name", Value: "Ada" });
        const got = await clients.s3.send(new GetObjectCommand({ Bucket: "media", Key: "kept" }));
        expect(await got.Body?.transformToString()).toBe("bytes");
        if (round === "the second") return;
        expect(await drain(clients, "Work")).toEqual(["kept"]);
        // Two wrong passwords had been counted; with three more the name is locked.
        for (let n = 0; n < 3; n++) await expect(signInAs(clients, person.email, "Not-the-one-1")).rejects.toThrow("Incorrect");
        await expect(signInAs(clients, person.email, person.password)).rejects.toThrow("Password attempts exceeded");
      });
    }
    await withCloud(smallTemplate(), async (clients) => {
      // The lock lasts a second.
      const { AuthenticationResult } = await until("the end of the lock", () => signInAs(clients, person.email, person.password));
      expect(AuthenticationResult?.TokenType).toBe("Bearer");
    });
    expect(JSON.parse(readFileSync(join(dataFolder, "settings.json"), "utf8"))).toMatchObject({ dataVersion: 2 });
  });
});

describe("a folder of a later release", () => {
  test("is refused for the version of any of its files, and left as it is", async () => {
    await withCloud(smallTemplate(), async () => undefined);
    for (const file of ["cognito.sqlite", "sqs.sqlite", "events.sqlite", "positions.sqlite", join("s3", "s3.sqlite")]) {
      const version = versionOf(file);
      edit(file, "PRAGMA user_version = 99");
      await expect(withCloud(smallTemplate(), async () => undefined)).rejects.toThrow(/newer Atelier.*version 99.*npm run restore/);
      expect(versionOf(file)).toBe(99);
      edit(file, `PRAGMA user_version = ${version}`);
    }
    await withCloud(smallTemplate(), async () => undefined);
  });

  test("is refused for the version of the folder", async () => {
    await withCloud(smallTemplate(), async () => undefined);
    const settings = join(dataFolder, "settings.json");
    writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings, "utf8")), dataVersion: 99 }));
    const before = readFileSync(settings, "utf8");
    await expect(withCloud(smallTemplate(), async () => undefined)).rejects.toThrow(/newer Atelier.*version 99.*npm run restore/);
    expect(readFileSync(settings, "utf8")).toBe(before);
  });
});

describe("other stacks on the same folder", () => {
  const table = (properties: Record<string, unknown>): Template["Resources"] => {
    const { Table } = smallTemplate().Resources;
    return { Table: { ...Table, Type: Table?.Type ?? "", Properties: { ...Table?.Properties, ...properties } } };
  };
  const attributes = (...names: string[]) => ["pk", "sk", ...names].map((AttributeName) => ({ AttributeName, AttributeType: "S" }));
  const index = (IndexName: string, key: string, Projection: object = { ProjectionType: "ALL" }) => ({
    IndexName,
    KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
    Projection,
  });
  const withIndex = (...indexes: ReturnType<typeof index>[]) =>
    smallTemplate(
      table({
        AttributeDefinitions: attributes(...new Set(indexes.flatMap(({ KeySchema }) => KeySchema.map((key) => key.AttributeName)))),
        GlobalSecondaryIndexes: indexes,
      }),
    );
  const fill = ({ dynamodb }: Clients) =>
    Promise.all(
      Array.from({ length: 30 }, (_, n) => {
        const Item = { pk: { S: `p${n}` }, sk: { S: "s" }, colour: { S: n % 3 ? "red" : "blue" }, shape: { S: "round" } };
        return dynamodb.send(new PutItemCommand({ TableName: "Table", Item }));
      }),
    );
  const ask = async ({ dynamodb }: Clients, IndexName: string, attribute: string, value: string) => {
    const { Items = [] } = await dynamodb.send(
      new QueryCommand({
        TableName: "Table",
        IndexName,
        KeyConditionExpression: "#a = :v",
        ExpressionAttributeNames: { "#a": attribute },
        ExpressionAttributeValues: { ":v": { S: value } },
      }),
    );
    return Items;
  };

  test("a new index is made and filled, a changed one made anew, one no longer named dropped; the rows stay", async () => {
    await withCloud(smallTemplate(), fill);
    await withCloud(withIndex(index("byColour", "colour")), async (clients) => {
      expect(await ask(clients, "byColour", "colour", "blue")).toHaveLength(10);
      expect(await ask(clients, "byColour", "colour", "red")).toHaveLength(20);
    });
    const narrow = { ProjectionType: "KEYS_ONLY" };
    await withCloud(withIndex(index("byColour", "colour", narrow), index("byShape", "shape")), async (clients) => {
      expect((await ask(clients, "byColour", "colour", "blue")).every((item) => item.shape === undefined)).toBe(true);
      expect(await ask(clients, "byShape", "shape", "round")).toHaveLength(30);
    });
    await withCloud(withIndex(index("byShape", "shape")), async (clients) => {
      const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName: "Table" }));
      expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(["byShape"]);
      expect((await rowsOf(clients)).size).toBe(30);
    });
  });

  test("the same stacks again change nothing", async () => {
    const described = (clients: Clients) => clients.dynamodb.send(new DescribeTableCommand({ TableName: "Table" }));
    const template = withIndex(index("byColour", "colour", { ProjectionType: "INCLUDE", NonKeyAttributes: ["shape", "a"] }));
    const before = await withCloud(template, described);
    const after = await withCloud(template, described);
    expect(after.Table).toEqual(before.Table);
  });

  test("a changed key is refused, with the way out, and the rows stay for the former stacks", async () => {
    await withCloud(smallTemplate(), fill);
    const number = attributes().map((attribute) => ({ ...attribute, AttributeType: attribute.AttributeName === "sk" ? "N" : "S" }));
    const hashOnly = table({ AttributeDefinitions: attributes().slice(0, 1), KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }] });
    for (const other of [hashOnly, table({ AttributeDefinitions: number })])
      await expect(withCloud(smallTemplate(other), async () => undefined)).rejects.toThrow(
        /pk \(HASH, S\), sk \(RANGE, S\).*npm run backup.*npm run restore/,
      );
    await withCloud(smallTemplate(), async (clients) => expect((await rowsOf(clients)).size).toBe(30));
  });

  test("new queues and buckets appear; those no longer named are kept, and named in the log", async () => {
    const old = smallTemplate({ Paper: { Type: "AWS::S3::Bucket", Properties: {} }, Extra: { Type: "AWS::SQS::Queue", Properties: {} } });
    await withCloud(old, async (clients, cloud) => {
      await clients.s3.send(new PutObjectCommand({ Bucket: "paper", Key: "x", Body: "x" }));
      await clients.sqs.send(new SendMessageCommand({ QueueUrl: clients.queueUrl("Extra"), MessageBody: "waiting" }));
      expect(cloud.output()).not.toContain("no longer");
    });
    const next = smallTemplate({ Fresh: { Type: "AWS::S3::Bucket", Properties: {} }, News: { Type: "AWS::SQS::Queue", Properties: {} } });
    await withCloud(next, async (clients, cloud) => {
      const said = "The queue Extra (messages: 1) is no longer in the stacks. It is kept as it is, and nothing uses it.";
      await until("a line on the queue", async () => cloud.output().includes(said));
      expect(cloud.output()).toContain("The bucket paper is no longer in the stacks.");
      await clients.s3.send(new PutObjectCommand({ Bucket: "fresh", Key: "x", Body: "x" }));
      await clients.sqs.send(new GetQueueUrlCommand({ QueueName: "News" }));
    });
    await withCloud(old, async (clients) => {
      expect(await drain(clients, "Extra")).toEqual(["waiting"]);
      const got = await clients.s3.send(new GetObjectCommand({ Bucket: "paper", Key: "x" }));
      expect(await got.Body?.transformToString()).toBe("x");
    });
  });
});
