import { acts } from "@atelier/core/history";
import { expect, test } from "vitest";
import { mostReceives } from "../../packages/functions/src/queue/consume.ts";
import { matches, type Pattern } from "../../packages/local/src/events/pattern.ts";
import { idOf, nameOf, ofType, type PolicyDocument, type Reference, resourcesOf } from "./resources.ts";

type QueueProperties = { RedrivePolicy?: { deadLetterTargetArn: Reference; maxReceiveCount: number }; VisibilityTimeout?: number } & Record<
  string,
  unknown
>;
type Target = { Arn: Reference; DeadLetterConfig?: { Arn: Reference } };
type Mapping = {
  EventSourceArn: Reference;
  FunctionName: Reference;
  FunctionResponseTypes?: string[];
  DestinationConfig?: { OnFailure: { Destination: Reference } };
  MaximumRetryAttempts?: number;
  MaximumRecordAgeInSeconds?: number;
  BisectBatchOnFunctionError?: boolean;
  FilterCriteria?: { Filters: { Pattern: string }[] };
};

const resources = resourcesOf();
const queues = ofType<QueueProperties>(resources, "AWS::SQS::Queue");
const mappings = Object.values(ofType<Mapping>(resources, "AWS::Lambda::EventSourceMapping")).map(({ Properties }) => Properties);
const targets = Object.values(ofType<{ Targets: Target[] }>(resources, "AWS::Events::Rule")).flatMap(
  ({ Properties }) => Properties.Targets,
);
const functions = ofType<{ Timeout: number }>(resources, "AWS::Lambda::Function");

const consumed = new Set(mappings.map(({ EventSourceArn }) => idOf(EventSourceArn)).filter((id) => id in queues));
/** Where queues, rules and the stream put what they gave up. */
const deadLetterQueues = new Set(
  [
    ...Object.values(queues).map(({ Properties }) => Properties.RedrivePolicy?.deadLetterTargetArn),
    ...targets.map(({ DeadLetterConfig }) => DeadLetterConfig?.Arn),
    ...mappings.map(({ DestinationConfig }) => DestinationConfig?.OnFailure.Destination),
  ]
    .filter((arn) => arn !== undefined)
    .map(idOf),
);

test("every queue either is consumed and has a dead-letter queue, or is one", () => {
  for (const id of Object.keys(queues)) expect([id, consumed.has(id)]).toEqual([id, !deadLetterQueues.has(id)]);
  for (const id of consumed) {
    const redrive = queues[id]?.Properties.RedrivePolicy;
    expect(redrive).toBeDefined();
    // Workers know their last try by the same number.
    expect(redrive?.maxReceiveCount).toBe(mostReceives);
  }
});

test("the history is told of everything that it knows to tell", () => {
  const rules = ofType<{ EventPattern?: { "detail-type"?: string[] }; Targets: Target[] }>(resources, "AWS::Events::Rule");
  const told = Object.values(rules).filter(({ Properties }) => Properties.Targets.some(({ Arn }) => idOf(Arn).startsWith("KeepHistory")));
  expect(told.flatMap(({ Properties }) => Properties.EventPattern?.["detail-type"] ?? [])).toEqual(acts);
});

test("the relay is told of every row with an event, be it a text or, from before, a map, and of no other", () => {
  const patterns = mappings
    .flatMap(({ FilterCriteria }) => FilterCriteria?.Filters ?? [])
    .map(({ Pattern }) => JSON.parse(Pattern) as Pattern);
  const tells = (NewImage: object) => patterns.some((pattern) => matches(pattern, { dynamodb: { NewImage } }));
  expect(tells({ event: { S: "{}" } })).toBe(true);
  expect(tells({ event: { M: { id: { S: "evt_1" } } } })).toBe(true);
  expect(tells({ pk: { S: "gate/ada" } })).toBe(false);
});

test("two queues never share a dead-letter queue, so that a redrive knows the way back", () => {
  const used = Object.values(queues).flatMap(({ Properties }) =>
    Properties.RedrivePolicy ? [idOf(Properties.RedrivePolicy.deadLetterTargetArn)] : [],
  );
  expect(new Set(used).size).toBe(used.length);
});

test("a message stays longer with the dead letters than in any queue before", () => {
  for (const id of deadLetterQueues) expect(queues[id]?.Properties.MessageRetentionPeriod).toBe(14 * 86_400);
  for (const id of consumed) expect(queues[id]?.Properties.MessageRetentionPeriod).toBe(4 * 86_400);
});

/** Nothing but the queue notices that a worker has died over one of these, and one that comes twice does no harm. */
const noticedByTheQueue = ["ProcessImage", "EditImage"];

test("a message is hidden for longer than its function may take, and for six times that where somebody else notices that a worker has died", () => {
  for (const { EventSourceArn, FunctionName } of mappings) {
    const [queue, worker] = [queues[idOf(EventSourceArn)], functions[idOf(FunctionName)]];
    const times = noticedByTheQueue.some((name) => idOf(FunctionName).startsWith(name)) ? 1.5 : 6;
    if (queue) expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(times * (worker?.Properties.Timeout ?? Infinity));
  }
});

test("every queue is encrypted and refuses requests without TLS", () => {
  const policies = Object.values(ofType<{ PolicyDocument: PolicyDocument; Queues: Reference[] }>(resources, "AWS::SQS::QueuePolicy"));
  for (const [id, { Properties }] of Object.entries(queues)) {
    expect(Properties.SqsManagedSseEnabled).toBe(true);
    const policy = policies.find((each) => each.Properties.Queues.map(idOf).includes(id));
    expect(policy?.Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({ Effect: "Deny", Action: "sqs:*", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    );
  }
});

test("what a queue's policy lets in is a service, from a named source or this account", () => {
  const policies = Object.values(ofType<{ PolicyDocument: PolicyDocument }>(resources, "AWS::SQS::QueuePolicy"));
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement).filter(({ Effect }) => Effect === "Allow");
  expect(statements.length).toBeGreaterThan(0);
  for (const { Principal, Condition } of statements) {
    expect(Principal).toEqual({ Service: expect.stringMatching(/^(events|s3)\.amazonaws\.com$/) });
    expect(Object.keys({ ...Condition?.ArnEquals, ...Condition?.ArnLike, ...Condition?.StringEquals })[0]).toMatch(
      /^aws:Source(Arn|Account)$/,
    );
  }
});

test("the target of every rule has a dead-letter queue", () => {
  expect(targets.filter(({ DeadLetterConfig }) => DeadLetterConfig === undefined)).toEqual([]);
});

test("one bad row cannot block its shard: the stream is bisected, retried within bounds, and what is given up is kept", () => {
  const streams = mappings.filter(({ EventSourceArn }) => !(idOf(EventSourceArn) in queues));
  expect(streams).toHaveLength(1);
  for (const stream of streams) {
    expect(stream.BisectBatchOnFunctionError).toBe(true);
    expect(stream.MaximumRetryAttempts).toBeGreaterThan(0);
    expect(stream.MaximumRecordAgeInSeconds).toBeLessThan(86_400);
    expect(nameOf(idOf(stream.DestinationConfig?.OnFailure.Destination ?? ""))).toBe("RelayFailures");
  }
});

test("every consumer reports the messages that failed, not the batch", () => {
  for (const { FunctionResponseTypes } of mappings) expect(FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
});

test("whoever counts an approval, or shows what was approved, is told that an edit has taken it back", () => {
  const told = Object.values(
    ofType<{ Targets: Target[]; EventPattern?: { "detail-type"?: string[] } }>(resources, "AWS::Events::Rule"),
  ).flatMap(({ Properties }) =>
    Properties.EventPattern?.["detail-type"]?.includes("library.image.edited") ? Properties.Targets.map(({ Arn }) => idOf(Arn)) : [],
  );
  const readers = mappings
    .filter(({ EventSourceArn }) => told.includes(idOf(EventSourceArn)))
    .map(({ FunctionName }) => nameOf(idOf(FunctionName)));
  expect(readers).toEqual(expect.arrayContaining(["CountGenerations", "CountOutcomes", "FollowPosts", "RunPlans"]));
});
