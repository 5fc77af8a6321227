import type { SendPlans } from "@atelier/core/plans";
import { required } from "../env.ts";
import type { News } from "./consume.ts";
import { sendMany } from "./send-many.ts";

/** Has the plans' worker look at plans when they are due; a plan's id stands for the request until the plan is read. */
export const laterPlans: SendPlans = (due) =>
  sendMany(required("PLANS_QUEUE_URL"), due, ({ workspaceId, id, delaySeconds }) => {
    const news: News = {
      "detail-type": "plans.plan.due",
      detail: { id: "", correlationId: id, workspaceId, subject: id, version: 0, data: { planId: id } },
    };
    return { body: news, delaySeconds };
  });
