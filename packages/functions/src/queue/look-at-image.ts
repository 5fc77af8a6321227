import { imageStore } from "@atelier/core/library";
import { blindness, tagBySight } from "@atelier/core/writing";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import * as z from "zod/mini";
import { media, once, sqs, table } from "../clients.ts";
import { optional, required } from "../env.ts";
import { logger } from "../log.ts";
import { writingDeps } from "../writing.ts";
import { consumer, News, workerContext } from "./consume.ts";

const stores = once(() => ({ images: imageStore(table()), media: media() }));

/** `at`: when the image was ready. It stays the same however often the message is sent anew. */
const Ready = z.extend(News, { detail: z.extend(News.shape.detail, { at: z.string() }) });
type Ready = z.infer<typeof Ready>;

/**
 * Has the image looked at when there may be a place. Sent anew, and not failed: that nobody is free is no fault, and five of those would lie among the dead
 * letters.
 */
async function lookLater({ detail }: Ready, DelaySeconds: number): Promise<void> {
  const again: Ready = { "detail-type": "library.image.look", detail };
  await sqs().send(new SendMessageCommand({ QueueUrl: required("LOOK_QUEUE_URL"), MessageBody: JSON.stringify(again), DelaySeconds }));
}

/** Where the operator has set a model that sees, an image that is ready is shown to it; elsewhere nothing is done. */
export const handler = consumer("look at image", Ready, async (news, note) => {
  const model = optional("VISION_MODEL");
  if (model === undefined) return note({ sight: "off" });
  const { workspaceId, correlationId, subject: imageId, at } = news.detail;
  const deps = { ...stores(), ...(await writingDeps()) };
  const sight = await tagBySight(workerContext(workspaceId, correlationId), deps, { model, imageId, since: Date.parse(at) });
  note({ sight: sight.kind });
  if (sight.kind === "unseen") note({ why: sight.why });
  if (sight.kind === "later") await lookLater(news, sight.delaySeconds);
  if (sight.kind === "given-up")
    logger.warn("For hours there was no place to have an image looked at: its tags are those from words.", {
      correlationId,
      model,
      imageId,
    });
  if (sight.kind === "misset")
    logger.error("VISION_MODEL names a model that cannot be asked here: tags come from words alone.", {
      correlationId,
      model,
      why: blindness[sight.why],
    });
});
