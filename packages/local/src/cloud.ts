import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { makeClock, type TurnableClock } from "./clock.ts";
import { createCognito } from "./cognito/index.ts";
import { consoleHandler } from "./console/console.ts";
import { openDataFolder, StartError } from "./data-folder.ts";
import { openDatabase } from "./database.ts";
import { startDynamoDb } from "./dynamodb/dynoxide.ts";
import { createEvents } from "./events/index.ts";
import { createFaults } from "./faults/index.ts";
import { openFunctionLog } from "./function-log.ts";
import { createRunner, type FunctionSpec, type Runner } from "./functions/runner.ts";
import { createGateway } from "./gateway/gateway.ts";
import { type Route, routesOf } from "./gateway/routes.ts";
import { leftBehind } from "./left-behind.ts";
import { makeLog } from "./log.ts";
import { createS3 } from "./s3/index.ts";
import { createSes } from "./ses/index.ts";
import type { Simulated } from "./simulators.ts";
import { queueSource, type Source } from "./sources/queue-source.ts";
import { positionsSchema, readUntil, streamSource } from "./sources/stream-source.ts";
import { createSqs } from "./sqs/index.ts";
import { createSsm } from "./ssm/index.ts";
import { bucketSpec, functionSpec, poolSpec, queueSpec, ruleSpec } from "./template/definitions.ts";
import type { Template } from "./template/intrinsics.ts";
import { account, bucketName, nameIn, namesOf } from "./template/names.ts";
import { readTemplate } from "./template/read.ts";
import {
  BodyTooLarge,
  brokeOff,
  type Listening,
  listen,
  readRequest,
  serve,
  type WireHandler,
  type WireRequest,
  writeResponse,
} from "./wire/http.ts";
import type { Credentials } from "./wire/sigv4.ts";

export type CloudOptions = {
  /** Root of the repository: functions are run from their sources in it. */
  root: string;
  template: Template;
  dataFolder: string;
  /** 0: any that is free. */
  port: number;
  /** Where people reach it, if it stands behind a proxy. */
  publicUrl?: string;
  /** An address on this machine to which posts to `feed` go instead. */
  feedStandIn?: { url: string; keys: boolean };
  /** Settings of the providers of images, by the names that functions read them by. */
  providerSettings?: Readonly<Record<string, string>>;
  /** Stand-ins that run beside it, to be listed. */
  simulated?: readonly Simulated[];
  /** Processes of one function. */
  maxProcesses?: number;
  quiet?: boolean;
};

export type Cloud = {
  url: string;
  /** What every function gets: region, key and addresses of the services, by the names that AWS SDKs read. */
  environment: Readonly<Record<string, string>>;
  clock: TurnableClock;
  /** What the template has of functions, and the routes that lead to them. */
  functions: readonly FunctionSpec[];
  routes: readonly Route[];
  processes: Runner["processes"];
  close(): Promise<void>;
};

export const region = "eu-west-1";
const maxBodyBytes = 64 * 1024 * 1024;
const sweepEveryMs = 60 * 60 * 1000;
const allSenders = ["example.org"];

/** Builds the cloud that the template describes and starts it. Throws `StartError`, and for whatever it does not know in the template. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const closers: (() => void | Promise<void>)[] = [];
  const opened = <T extends { close(): void | Promise<void> }>(thing: T): T => {
    closers.unshift(() => thing.close());
    return thing;
  };
  try {
    return await start(options, opened, async () => {
      for (const close of closers.splice(0)) await close();
    });
  } catch (error) {
    for (const close of closers.splice(0)) await close();
    throw error;
  }
}

type Opened = <T extends { close(): void | Promise<void> }>(thing: T) => T;

async function start(options: CloudOptions, opened: Opened, close: () => Promise<void>): Promise<Cloud> {
  const { root, template, maxProcesses = 2, quiet = false } = options;
  const log = makeLog(quiet);
  // The port first: a start that fails on it leaves no folder behind.
  const front = opened(await openFront(options.port));
  const data = opened(openDataFolder(options.dataFolder));
  const publicUrl = options.publicUrl ?? front.url;
  const clock = makeClock(data.settings.clockOffsetMs);
  const { accessKeyId, secretAccessKey } = data.settings;
  const credentials: Credentials = (id) => (id === accessKeyId ? { accessKeyId, secretAccessKey, principal: "local" } : undefined);
  const at = (name: string) => join(data.path, name);

  const ids = new Map<string, string>();
  const names = namesOf(template, region, { ref: (id) => ids.get(id), apiUrl: publicUrl });
  const entries = readTemplate(template, names);

  const positions = opened(openDatabase(at("positions.sqlite"), [positionsSchema]));
  const streams = entries("AWS::Lambda::EventSourceMapping").filter(({ properties }) => !properties.EventSourceArn.includes(":sqs:"));
  const dynamodb = opened(await startDynamoDb(at("dynamodb"), region, readUntil(positions, idsOf(streams))));
  const shared = { region, account, clock, credentials };
  const sqs = opened(createSqs({ ...shared, file: at("sqs.sqlite") }));
  const ses = createSes({ ...shared, folder: at("mail"), identities: allSenders });
  const cognito = opened(
    createCognito({
      ...shared,
      file: at("cognito.sqlite"),
      issuerBase: `https://cognito-idp.${region}.amazonaws.com`,
      mail: (message) => void ses.deliver(message),
    }),
  );
  const s3 = opened(
    createS3({
      ...shared,
      file: at("s3/s3.sqlite"),
      pathPrefix: "/s3",
      notify: (target, event) => void sqs.send(nameIn(target), JSON.stringify(event)),
    }),
  );

  const urls = {
    sqs: opened(await serve(sqs.handle)).url,
    ses: opened(await serve(ses.handle)).url,
    cognito: opened(await serve(cognito.handle)).url,
  };
  for (const table of entries("AWS::DynamoDB::Table")) await dynamodb.defineTable(table.id, table.properties);
  for (const queue of entries("AWS::SQS::Queue")) {
    sqs.defineQueue(queueSpec(queue));
    ids.set(queue.id, sqs.urlOf(queue.id, urls.sqs));
  }
  for (const bucket of entries("AWS::S3::Bucket")) s3.defineBucket(bucketSpec(bucket, bucketName(bucket.id)));
  for (const pool of entries("AWS::Cognito::UserPool")) {
    const clients = entries("AWS::Cognito::UserPoolClient").filter((client) => client.properties.UserPoolId === pool.id);
    const { poolId, clientIds } = cognito.definePool(poolSpec(pool, clients));
    ids.set(pool.id, poolId);
    for (const [id, clientId] of Object.entries(clientIds)) ids.set(id, clientId);
  }
  const named = {
    tables: idsOf(entries("AWS::DynamoDB::Table")),
    queues: idsOf(entries("AWS::SQS::Queue")),
    buckets: idsOf(entries("AWS::S3::Bucket")).map(bucketName),
  };
  for (const sentence of await leftBehind({ dynamodb, sqs, s3 }, named)) log.say(sentence);

  let runner: Runner | undefined;
  const events = opened(
    createEvents({
      ...shared,
      file: at("events.sqlite"),
      async deliver(target, event) {
        if (target.includes(":lambda:")) await runner?.invoke(nameIn(target), event);
        else sqs.send(nameIn(target), JSON.stringify(event));
      },
      deadLetter(queue, event, error, { ruleArn, targetArn, attempts }) {
        const text = (StringValue: string) => ({ DataType: "String", StringValue });
        const message = error instanceof Error ? error.message : String(error);
        const attributes = {
          RULE_ARN: text(ruleArn),
          TARGET_ARN: text(targetArn),
          RETRY_ATTEMPTS: text(String(attempts)),
          ERROR_MESSAGE: text(message || "unknown"),
        };
        sqs.send(nameIn(queue), JSON.stringify(event), { attributes });
      },
    }),
  );
  const eventsUrl = opened(await serve(events.handle)).url;

  // In AWS, people put the settings of providers there; here, those of this machine's environment are.
  const settingsPath = entries("AWS::Lambda::Function").flatMap(
    ({ properties }) => properties.Environment?.Variables.PROVIDER_SETTINGS_PATH ?? [],
  )[0];
  const { MATURE_CONTENT, SAFETY_MODEL, VISION_MODEL, ...settings } = options.providerSettings ?? {};
  const parameters = Object.entries(settings).map(([name, value]) => [`${settingsPath}/${name}`, value]);
  const ssmUrl = opened(await serve(createSsm({ ...shared, parameters: Object.fromEntries(parameters) }).handle)).url;

  const environment = {
    PATH: process.env.PATH ?? "",
    ...(process.env.NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_SQS: urls.sqs,
    AWS_ENDPOINT_URL_SESV2: urls.ses,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: urls.cognito,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventsUrl,
    AWS_ENDPOINT_URL_S3: `${front.url}/s3`,
    MEDIA_PUBLIC_ENDPOINT: `${publicUrl}/s3`,
    AWS_ENDPOINT_URL_SSM: ssmUrl,
    ...(options.feedStandIn && { FEED_STAND_IN_URL: options.feedStandIn.url, FEED_STAND_IN_KEYS: String(options.feedStandIn.keys) }),
    USER_POOL_JWKS_URI: `${urls.cognito}/${entries("AWS::Cognito::UserPool").map((pool) => ids.get(pool.id))[0]}/.well-known/jwks.json`,
  };
  const instead = {
    ...(MATURE_CONTENT && { MATURE_CONTENT }),
    ...(SAFETY_MODEL && { SAFETY_MODEL }),
    ...(VISION_MODEL && { VISION_MODEL }),
  };
  const functions = entries("AWS::Lambda::Function").map((entry) => functionSpec(entry, root, environment, instead));
  const functionLog = opened(openFunctionLog(at("logs")));
  const written = (name: string, line: string) => {
    log.fromFunction(name, line);
    functionLog.add(name, line);
  };
  const faults = opened(
    createFaults(
      { dynamodb: dynamodb.url, ...urls, eventbridge: eventsUrl, s3: front.url },
      functions.map(({ name }) => name),
    ),
  );
  runner = faults.over(opened(createRunner({ functions, clock, maxProcesses, log: written, faults })));

  for (const bus of entries("AWS::Events::EventBus")) events.defineBus(bus.properties.Name);
  for (const rule of entries("AWS::Events::Rule")) events.defineRule(ruleSpec(rule));

  const relayOf = new Map<string, string>();
  const giveUp = (queue: string, body: string) => void sqs.send(queue, body);
  for (const { id, properties } of entries("AWS::Lambda::EventSourceMapping")) {
    const source: Source = properties.EventSourceArn.includes(":sqs:")
      ? queueSource(properties, sqs, runner, region, log.say)
      : streamSource(id, properties, tableIn(properties.EventSourceArn), { dynamodb, runner, positions, giveUp, say: log.say });
    opened(source);
    const failures = properties.DestinationConfig?.OnFailure.Destination;
    if (failures) relayOf.set(nameIn(failures), properties.FunctionName);
  }
  const sweeping = setInterval(() => void s3.sweep(), sweepEveryMs);
  opened({ close: () => clearInterval(sweeping) });

  const routes = routesOf(entries("AWS::ApiGatewayV2::Route"), entries("AWS::ApiGatewayV2::Integration"));
  const [api] = entries("AWS::ApiGatewayV2::Api");
  const gateway = createGateway({
    routes,
    cors: api?.properties.CorsConfiguration,
    clock,
    behindProxy: options.publicUrl !== undefined,
    invoke: runner.invoke,
    log: log.request,
  });
  const turnClock = (offsetMs: number) => {
    data.saveClock(offsetMs);
    clock.turnTo(offsetMs);
  };
  const lastQueues = new Set(idsOf(entries("AWS::SQS::Queue").filter(({ properties }) => !properties.RedrivePolicy)));
  const standIn: Simulated[] = options.feedStandIn ? [{ kind: "network", name: "feed", url: options.feedStandIn.url }] : [];
  const simulated = [...(options.simulated ?? []), ...standIn];
  const seen = {
    simulated,
    template,
    clock,
    data,
    dynamodb,
    sqs,
    s3,
    events,
    cognito,
    ses,
    runner,
    faults,
    log,
    functionLog,
    lastQueues,
    relayOf,
  };
  const console_ = consoleHandler({ ...seen, turnClock }, { port: front.port, publicUrl: options.publicUrl });
  front.answerWith((request) => {
    if (request.path === "/_local" || request.path.startsWith("/_local/")) return console_(request);
    return request.path.startsWith("/s3/") ? s3.handle(asReached(request, publicUrl)) : gateway(request);
  });
  return { url: front.url, environment, clock, functions, routes, processes: runner.processes, close };
}

const idsOf = (entries: { id: string }[]): string[] => entries.map(({ id }) => id);
const tableIn = (streamArn: string): string => /:table\/([^/]+)/.exec(streamArn)?.[1] ?? "";

/** A proxy may rewrite the host that a link was signed for. */
function asReached(request: WireRequest, publicUrl: string): WireRequest {
  const forwarded = request.headers["x-forwarded-host"];
  return forwarded === new URL(publicUrl).host ? { ...request, headers: { ...request.headers, host: forwarded } } : request;
}

/** The one port that people use. It is taken first, so that everything else can know the address; until all stands it answers 503. */
async function openFront(port: number): Promise<Listening & { answerWith(handler: WireHandler): void }> {
  let handler: WireHandler = async () => ({ status: 503, headers: { "retry-after": "1" }, body: "Atelier is starting.\n" });
  const server = createServer(async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    try {
      writeResponse(outgoing, await handler(await readRequest(incoming, maxBodyBytes)));
    } catch (error) {
      if (brokeOff(incoming, error)) return;
      const status = error instanceof BodyTooLarge ? 413 : 500;
      if (status === 500) console.error(error);
      if (outgoing.headersSent) outgoing.destroy();
      else writeResponse(outgoing, { status, headers: { connection: "close" }, body: "" });
    }
  });
  try {
    const listening = await listen(server, port);
    return {
      ...listening,
      answerWith: (next) => {
        handler = next;
      },
    };
  } catch (error) {
    if ((error as { code?: string }).code !== "EADDRINUSE") throw error;
    throw new StartError(
      `Port ${port} is taken by another program. Choose another: npm start -- --port ${port + 1} (or --port 0 for any free one)`,
    );
  }
}
