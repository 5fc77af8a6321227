import { setTimeout } from "node:timers/promises";
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { type DeadLetters, type DeadQueue, wordFor } from "./dead-letters.ts";
import { Mistake } from "./place.ts";

const nameOf = (urlOrArn: string): string => urlOrArn.split(/[/:]/).at(-1) ?? "";

/** A task is looked at this often, and this long; a longer one goes on by itself. */
const lookEveryMs = 1_000;
const looks = 60;

/** The dead letters of a deployed stack: its queues are those whose names begin with its own. */
export function sqsDeadLetters(client: SQSClient, stack: string): DeadLetters {
  async function attributesOf(QueueUrl: string): Promise<Record<string, string>> {
    const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    return Attributes;
  }

  async function list(): Promise<DeadQueue[]> {
    const urls: string[] = [];
    for (let NextToken: string | undefined; ; ) {
      const page = await client.send(new ListQueuesCommand({ QueueNamePrefix: `${stack}-`, MaxResults: 1_000, NextToken }));
      urls.push(...(page.QueueUrls ?? []));
      NextToken = page.NextToken;
      if (!NextToken) break;
    }
    if (urls.length === 0) throw new Mistake(`There is no queue of ${stack} here. Is the stage right, and the region?`);
    const all = await Promise.all(urls.map(async (url) => ({ url, attributes: await attributesOf(url) })));
    // Whatever passes nothing on holds what was given up.
    return all
      .filter(({ attributes }) => attributes.RedrivePolicy === undefined)
      .map(({ url, attributes }) => ({
        name: wordFor(nameOf(url), `${stack}-`),
        queue: url,
        count: Number(attributes.ApproximateNumberOfMessages) + Number(attributes.ApproximateNumberOfMessagesNotVisible),
      }));
  }

  /** Moves all of them back to where they came from. */
  async function move(SourceArn: string): Promise<string> {
    await client.send(new StartMessageMoveTaskCommand({ SourceArn }));
    for (let look = 0; look < looks; look += 1) {
      const { Results = [] } = await client.send(new ListMessageMoveTasksCommand({ SourceArn }));
      const { Status, ApproximateNumberOfMessagesMoved: moved = 0, FailureReason = "" } = Results[0] ?? {};
      if (Status === "COMPLETED") return `${moved} sent again.`;
      if (Status !== "RUNNING") throw new Mistake(`${moved} were sent again, then it ended as ${Status}: ${FailureReason}`);
      await setTimeout(lookEveryMs);
    }
    return "It is still at it: list the queues again later.";
  }

  /** What a rule could not deliver goes to the target that it was for. */
  async function replay(QueueUrl: string): Promise<string> {
    let sent = 0;
    let dropped = 0;
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"], VisibilityTimeout: 60 }),
      );
      if (Messages.length === 0) break;
      for (const message of Messages) {
        if (await delivered(message)) sent += 1;
        else dropped += 1;
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      }
    }
    return `${sent} sent again${dropped > 0 ? `, ${dropped} of the minute's rule thrown away: the next minute has done the same` : ""}.`;
  }

  /** False for what was meant for a function: only the minute's rule has one. */
  async function delivered({ Body, MessageAttributes = {} }: Message): Promise<boolean> {
    const target = MessageAttributes.TARGET_ARN?.StringValue ?? "";
    if (target.includes(":lambda:")) return false;
    if (!target.includes(":sqs:"))
      throw new Mistake("A message does not say where it belongs (TARGET_ARN). It stays; docs/guides/runbook.md tells more.");
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: nameOf(target) }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: Body }));
    return true;
  }

  return {
    list,
    async redrive({ name, queue }) {
      if (name === "RuleFailures") return replay(queue);
      if (name === "RelayFailures")
        throw new Mistake(
          "In AWS these messages hold no events, but where they lie in the table's stream. docs/guides/runbook.md has the commands that fetch them and hand them to the relay.",
        );
      return move((await attributesOf(queue)).QueueArn ?? "");
    },
  };
}
