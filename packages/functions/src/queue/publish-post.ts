import { handleMessage, type Later, type PublishDeps, type PublishMessage, postStore } from "@atelier/core/publishing";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { once, sqs, table } from "../clients.ts";
import { required } from "../env.ts";
import { networks } from "../networks.ts";
import { consumer, News, workerContext } from "./consume.ts";

const later: Later = async (message, DelaySeconds) => {
  await sqs().send(new SendMessageCommand({ QueueUrl: required("PUBLISH_QUEUE_URL"), MessageBody: JSON.stringify(message), DelaySeconds }));
};

const deps = once((): PublishDeps => ({ posts: postStore(table()), networks: networks(), later }));

const Kind = z.enum(["due", "check"]);
const Message = z.object({
  kind: Kind,
  workspaceId: z.string(),
  id: z.string(),
  version: z.int(),
  dueAt: z.number(),
  correlationId: z.string().optional(),
});

/** From the minute's rule and from this worker as it is, from the bus as the news that a post is due soon or to be tried again. */
const Incoming = z.union([
  Message,
  News.transform(
    ({ detail }): PublishMessage => ({
      kind: Kind.default("due").parse(detail.data?.kind),
      workspaceId: detail.workspaceId,
      id: detail.subject,
      version: detail.version,
      dueAt: z.number().parse(detail.data?.dueAt),
      correlationId: detail.correlationId,
    }),
  ),
]);

export const handler = consumer(
  "publish post",
  Incoming,
  async (message) => {
    const correlationId = message.correlationId ?? message.id;
    const post = await handleMessage(workerContext(message.workspaceId, correlationId), deps(), message);
    return { correlationId: post?.correlationId ?? correlationId };
  },
  { timely: true },
);
