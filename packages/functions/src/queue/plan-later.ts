import type { SendPlan } from "@atelier/core/plans";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { sqs } from "../clients.ts";
import { required } from "../env.ts";
import type { News } from "./consume.ts";

/** Has the plans' worker look at a plan when it is due; its id stands for the request until the plan is read. */
export const laterPlan: SendPlan = async ({ workspaceId, id }, DelaySeconds) => {
  const due: News = {
    "detail-type": "plans.plan.due",
    detail: { id: "", correlationId: id, workspaceId, subject: id, version: 0, data: { planId: id } },
  };
  await sqs().send(new SendMessageCommand({ QueueUrl: required("PLANS_QUEUE_URL"), MessageBody: JSON.stringify(due), DelaySeconds }));
};
