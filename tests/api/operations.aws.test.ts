import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSqs } from "../../packages/local/src/sqs/server.fixture.ts";
import { sqsDeadLetters } from "../../scripts/operate/dead-letters.sqs.ts";
import { redrive } from "../../scripts/operate/redrive.ts";
import { trace } from "../../scripts/operate/trace.ts";

// Names as CloudFormation makes them; a stage whose name begins alike lies beside it.
const stack = "prod-atelier-main";
const work = `${stack}-RenderImageQueue0A1B2C3D-aBcDeF123456`;
const dead = `${stack}-RenderImageQueueDead11223344-x7YzAbCd1234`;
const rules = `${stack}-RuleFailuresAABBCCDD-QwErTy123456`;
const relay = `${stack}-RelayFailures99887766-QwErTy123456`;
const elsewhere = "prod-atelier-other-RenderImageQueueDead11223344-x7YzAbCd1234";

let server: Awaited<ReturnType<typeof startSqs>>;
beforeAll(async () => {
  server = await startSqs(":memory:");
  const queue = { visibilityTimeoutSeconds: 30, retentionSeconds: 86_400 };
  for (const name of [dead, rules, relay, elsewhere]) server.sqs.defineQueue({ ...queue, name });
  server.sqs.defineQueue({ ...queue, name: work, redrive: { deadLetterQueue: dead, maxReceiveCount: 1 } });
});
afterAll(() => server.stop());

const run = (...args: string[]) =>
  redrive([...args, "--profile", "ops", "--stage", "prod"], (place) =>
    sqsDeadLetters(server.client, place.kind === "aws" ? place.stack : "no stack"),
  );
const received = async (name: string): Promise<string[]> => {
  const { Messages = [] } = await server.client.send(
    new ReceiveMessageCommand({ QueueUrl: server.queueUrl(name), MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ Body = "" }) => Body);
};

test("in AWS the dead letters of one stage are listed by the names that people use, and moved back by the service", async () => {
  for (const body of ["one", "two"]) server.sqs.send(work, body);
  expect((await received(work)).sort()).toEqual(["one", "two"]);
  server.clock.turnTo(31_000);
  expect(await received(work)).toEqual([]);

  expect((await run()).split("\n").map((line) => line.trim().split(/ +/))).toEqual([
    ["queue", "dead"],
    ["RelayFailures", "0"],
    ["RenderImage", "2"],
    ["RuleFailures", "0"],
  ]);
  expect(await run("RenderImage")).toBe("RenderImage: 2 sent again.");
  expect((await received(work)).sort()).toEqual(["one", "two"]);
});

test("what a rule could not deliver goes to the queue that it was for, and what was for the minute's function is thrown away", async () => {
  const given = (TARGET_ARN: string, MessageBody: string) =>
    server.client.send(
      new SendMessageCommand({
        QueueUrl: server.queueUrl(rules),
        MessageBody,
        MessageAttributes: { TARGET_ARN: { DataType: "String", StringValue: TARGET_ARN } },
      }),
    );
  await given(server.sqs.arnOf(work), "an event");
  await given("arn:aws:lambda:eu-west-1:000000000000:function:DispatchDue", "a minute");
  expect(await run("RuleFailures")).toBe(
    "RuleFailures: 1 sent again, 1 of the minute's rule thrown away: the next minute has done the same.",
  );
  expect(await received(work)).toEqual(["an event"]);
  expect(server.sqs.depths().find(({ name }) => name === rules)).toMatchObject({ visible: 0, inFlight: 0 });
});

test("a message that does not say where it belongs stays", async () => {
  server.sqs.send(rules, "from nowhere");
  await expect(run("RuleFailures")).rejects.toThrow("TARGET_ARN");
  expect(server.sqs.depths().find(({ name }) => name === rules)).toMatchObject({ inFlight: 1 });
});

test("the relay's failures are not sent again from here, and it says where to read how", async () => {
  await expect(run("RelayFailures")).rejects.toThrow("docs/guides/runbook.md");
});

test("a stage that is not there is told as such, and a stage without a profile is refused", async () => {
  const nowhere = redrive(["--profile", "ops", "--stage", "gone"], () => sqsDeadLetters(server.client, "gone-atelier-main"));
  await expect(nowhere).rejects.toThrow("There is no queue of gone-atelier-main here.");
  await expect(redrive(["--stage", "prod"])).rejects.toThrow("--profile");
});

test("in AWS a trace is a query to paste, over the log groups of the stage", async () => {
  const told = await trace(["req_01M7Y72PGYZ9XQ7MKXTFBMWP77", "--profile", "ops", "--stage", "prod", "--region", "eu-north-1"]);
  expect(told).toContain("prod-atelier-main-");
  expect(told).toContain("https://eu-north-1.console.aws.amazon.com/cloudwatch/");
  expect(told).toContain('| filter correlationId = "req_01M7Y72PGYZ9XQ7MKXTFBMWP77"');
});
