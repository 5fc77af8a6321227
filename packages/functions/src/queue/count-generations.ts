import { jobStore, outcomes } from "@atelier/core/generation";
import { addressOf, sesMailer } from "@atelier/core/identity";
import { madeAt } from "@atelier/core/kernel";
import { imageStore } from "@atelier/core/library";
import {
  countGeneration,
  countReview,
  countSettled,
  mailAlert,
  metricsStore,
  type Post,
  type Settled,
  tellOfBudget,
} from "@atelier/core/metrics";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import * as z from "zod/mini";
import { once, quiet, shared, table } from "../clients.ts";
import { required } from "../env.ts";
import { consumer, News, workerContext } from "./consume.ts";

const mailer = once(() => sesMailer(quiet(new SESv2Client(shared)), required("MAIL_FROM")));
const post: Post = async (workspaceId, mail) => {
  const to = await addressOf({ table: table() }, workspaceId);
  if (to !== undefined) await mailer().send({ to, ...mail });
  return to !== undefined;
};
const deps = once(() => ({ metrics: metricsStore(table()), jobs: jobStore(table()), images: imageStore(table()), post }));

const Reached = z.object({
  scope: z.string(),
  period: z.string(),
  share: z.number(),
  capMicroUsd: z.number(),
  endsAt: z.string(),
  provider: z.optional(z.string()),
  userId: z.optional(z.string()),
});

const Attempt = z.object({
  provider: z.string(),
  model: z.string(),
  startedAt: z.string(),
  endedAt: z.optional(z.string()),
  outcome: z.optional(z.enum(outcomes)),
  reason: z.optional(z.custom<Settled["attempt"]["reason"]>((reason) => typeof reason === "string")),
  costMicroUsd: z.optional(z.int()),
});
const SettledLate = z.object({
  attempt: Attempt,
  createdAt: z.string(),
  template: z.optional(z.object({ id: z.string(), version: z.int() })),
  edit: z.optional(z.literal(true)),
});

/** What has ended, what was said of it, and what people are to know: counted by the day, and told once. */
export const handler = consumer("count generations", News, async ({ "detail-type": type, detail }, note) => {
  const { workspaceId, correlationId, subject, id, data } = detail;
  const ctx = workerContext(workspaceId, correlationId);
  const did = await (type.startsWith("generation.job.")
    ? countGeneration(ctx, deps(), subject)
    : type === "generation.attempt.settled"
      ? countSettled(ctx, deps(), id, SettledLate.parse(data))
      : type.startsWith("library.image.")
        ? countReview(ctx, deps(), subject)
        : type === "budgets.cap.reached"
          ? tellOfBudget(ctx, deps(), Reached.parse(data), madeAt(id))
          : mailAlert(ctx, deps(), subject, type === "metrics.alert.resolved" ? "resolved" : "raised"));
  note({ state: did ? "done" : "nothing to do" });
});
