import type { TrashRef } from "@atelier/core/library";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { sqs } from "../clients.ts";
import { required } from "../env.ts";

/** Has the files of a deleted image removed. */
export async function emptyLater(ref: TrashRef): Promise<void> {
  await sqs().send(
    new SendMessageCommand({ QueueUrl: required("TRASH_QUEUE_URL"), MessageBody: JSON.stringify({ kind: "trash", ...ref }) }),
  );
}
