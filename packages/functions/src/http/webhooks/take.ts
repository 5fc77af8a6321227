import { generationProblems } from "@atelier/core/generation";
import { notFound, Problem, problems } from "@atelier/core/kernel";
import { readWebhook, sendsWebhooks } from "@atelier/core/providers";
import * as z from "zod";
import { providerSettings } from "../../provider-settings.ts";
import { tell } from "../../queue/render-later.ts";
import { operation } from "../operation.ts";
import { idOf, text } from "../schemas.ts";

/** Of the work that it is about: what a webhook's address says, as the worker made it (`providers.ts`). */
const Place = z.object({ workspace: idOf("wks"), generation: z.union([idOf("gen"), idOf("edt")]), attempt: idOf("att").optional() });

/**
 * A signature says who speaks, but not that it is the first time, nor that nothing has happened since, and it does not cover the address. So nothing of what
 * is told is taken over: it only has the provider asked now and not in some seconds.
 */
export const takeWebhook = operation({
  id: "takeWebhook",
  method: "POST",
  path: "/v1/webhooks/{provider}",
  area: "Generation",
  summary: "A provider's news of its work",
  description:
    "Providers call this, people do not. It takes what is signed as Standard Webhooks has it, at most five minutes ago, and then asks the provider how its work stands; the same one again, or one of work that has ended, changes nothing.",
  auth: "open",
  status: 204,
  params: z.object({ provider: text(60) }),
  query: Place,
  body: z.looseObject({}),
  problems: [problems.notFound, generationProblems.webhookRefused],
  example: { body: { id: "gm3qorzdhgbfurvjtvhg6dckhu", status: "succeeded" } },
  async run(ctx, { params: { provider }, query: { workspace, generation } }, { delivered }) {
    if (!sendsWebhooks(provider)) throw notFound("provider of webhooks");
    const { webhookSecret } = (await providerSettings())[provider];
    const told = readWebhook(provider, webhookSecret, delivered);
    if (told.kind === "refused") throw new Problem(generationProblems.webhookRefused, told.detail);
    await tell({ workspaceId: workspace, id: generation }, told.reference, ctx.correlationId);
  },
});
