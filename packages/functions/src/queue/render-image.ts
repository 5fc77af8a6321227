import { budgetStore } from "@atelier/core/budgets";
import { jobStore, type RenderDeps, render } from "@atelier/core/generation";
import { imageStore, libraryFor } from "@atelier/core/library";
import { capacity } from "../capacity.ts";
import { media, once, table } from "../clients.ts";
import { measure } from "../metrics.ts";
import { providers, webhookUrl } from "../providers.ts";
import { consumer, News, workerContext } from "./consume.ts";
import { measureEnd } from "./generation-figures.ts";
import { later, toldOf } from "./render-later.ts";

const stores = once(() => ({
  jobs: jobStore(table()),
  library: libraryFor({ images: imageStore(table()), media: media() }),
  budgets: budgetStore(table()),
}));

/** Keys may change while a process lives. */
const deps = async (): Promise<RenderDeps> => ({
  ...stores(),
  later,
  providers: await providers(),
  capacity: await capacity(),
  webhookUrl: await webhookUrl(),
});

export const handler = consumer("render image", News, async (news, note) => {
  const { workspaceId, correlationId, subject, data } = news.detail;
  const told = news["detail-type"] === toldOf ? { news: String(data?.reference) } : {};
  const rendered = await render(workerContext(workspaceId, correlationId), await deps(), { workspaceId, id: subject }, told);
  if (!rendered) return;
  const { job, ended, made, takenOver } = rendered;
  note({ correlationId: job.correlationId, state: job.state });
  for (const provider of new Set(made.map((one) => one.provider)))
    measure({ provider }, { RenderMs: made.filter((one) => one.provider === provider).map(({ renderMs }) => renderMs) });
  if (takenOver) measure({ provider: job.provider }, { WorkersTakenOver: 1 });
  if (ended) measureEnd(job);
});
