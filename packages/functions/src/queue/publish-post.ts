import { type Handled, handleMessage, type Later, type PublishDeps, type PublishMessage, postStore } from "@atelier/core/publishing";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import * as z from "zod/mini";
import { once, sqs, table } from "../clients.ts";
import { required } from "../env.ts";
import { measure } from "../metrics.ts";
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
  correlationId: z.optional(z.string()),
});

/** From the minute's rule and from this worker as it is, from the bus as the news that a post is due soon or to be tried again. */
const Incoming = z.union([
  Message,
  z.pipe(
    News,
    z.transform(
      ({ detail }: News): PublishMessage => ({
        kind: z._default(Kind, "due").parse(detail.data?.kind),
        workspaceId: detail.workspaceId,
        id: detail.subject,
        version: detail.version,
        dueAt: z.number().parse(detail.data?.dueAt),
        correlationId: detail.correlationId,
      }),
    ),
  ),
]);

/** Late is what comes after the post's time, or after somebody had it tried again. */
function measurePublishing({ post, ended, takenOver }: Handled): void {
  const due = Date.parse(post.retriedAt ?? post.scheduledAt ?? post.createdAt);
  for (const network of new Set(post.deliveries.map((delivery) => delivery.network))) {
    const here = ended.filter((delivery) => delivery.network === network);
    const as = (state: string) => here.filter((delivery) => delivery.state === state);
    const late = as("published").map(({ publishedAt }) => Math.max(0, Date.parse(publishedAt ?? "") - due));
    measure(
      { network },
      {
        ...(takenOver && { WorkersTakenOver: 1 }),
        ...(late.length > 0 && { DeliveriesPublished: late.length, PublishLateMs: late }),
        ...(as("failed").length > 0 && { DeliveriesFailed: as("failed").length }),
        ...(as("unconfirmed").length > 0 && { DeliveriesUnconfirmed: as("unconfirmed").length }),
      },
    );
  }
}

export const handler = consumer(
  "publish post",
  Incoming,
  async (message, note) => {
    // The minute's rule knows no more than the index: until the post is read, its own id stands for the request.
    const correlationId = message.correlationId ?? message.id;
    note({ correlationId });
    const handled = await handleMessage(workerContext(message.workspaceId, correlationId), deps(), message);
    if (!handled) return;
    const { post, ended } = handled;
    note({
      correlationId: post.correlationId,
      state: post.state,
      entries: ended.flatMap(({ externalId }) => externalId ?? []).join(" ") || undefined,
    });
    measurePublishing(handled);
  },
  { timely: true },
);
