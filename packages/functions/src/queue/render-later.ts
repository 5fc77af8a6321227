import type { JobRef, Later } from "@atelier/core/generation";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { sqs } from "../clients.ts";
import { required } from "../env.ts";
import type { News } from "./consume.ts";

/** Has the worker ask a provider that has news of this work of its own. */
export async function tell({ workspaceId, id }: JobRef, reference: string, correlationId: string): Promise<void> {
  const told: News = {
    "detail-type": toldOf,
    detail: { id: "", correlationId, workspaceId, subject: id, version: 0, data: { reference } },
  };
  await sqs().send(new SendMessageCommand({ QueueUrl: required("RENDER_QUEUE_URL"), MessageBody: JSON.stringify(told) }));
}

export const toldOf = "generation.attempt.told";

/** Has the render queue's worker look at a job again. */
export const later: Later = async ({ workspaceId, id }, DelaySeconds, correlationId) => {
  const check: News = { "detail-type": "generation.job.check", detail: { id: "", correlationId, workspaceId, subject: id, version: 0 } };
  await sqs().send(new SendMessageCommand({ QueueUrl: required("RENDER_QUEUE_URL"), MessageBody: JSON.stringify(check), DelaySeconds }));
};
