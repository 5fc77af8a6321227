import type { TurnableClock } from "./clock.ts";
import type { Cognito } from "./cognito/index.ts";
import type { DataFolder } from "./data-folder.ts";
import type { DynamoDb } from "./dynamodb/dynoxide.ts";
import type { Events } from "./events/index.ts";
import type { Faults } from "./faults/index.ts";
import type { FunctionLog } from "./function-log.ts";
import type { Runner } from "./functions/runner.ts";
import type { Log } from "./log.ts";
import type { S3 } from "./s3/index.ts";
import type { Ses } from "./ses/index.ts";
import type { Simulated } from "./simulators.ts";
import type { Sqs } from "./sqs/index.ts";
import type { Template } from "./template/intrinsics.ts";

/** Everything that runs, for whoever looks at it from inside. */
export type Parts = {
  template: Template;
  clock: TurnableClock;
  data: DataFolder;
  dynamodb: DynamoDb;
  sqs: Sqs;
  s3: S3;
  events: Events;
  cognito: Cognito;
  ses: Ses;
  runner: Runner;
  faults: Faults;
  log: Log;
  functionLog: FunctionLog;
  /** Queues that pass nothing on: what lies there was given up, whoever put it there. */
  lastQueues: ReadonlySet<string>;
  /** By the queue in which a stream's given-up records lie, the function that they were for. */
  relayOf: ReadonlyMap<string, string>;
  simulated: readonly Simulated[];
  turnClock(offsetMs: number): void;
};
