import { budgetStore } from "@atelier/core/budgets";
import { jobStore, type RenderDeps, render } from "@atelier/core/generation";
import { imageStore, libraryFor } from "@atelier/core/library";
import { media, once, table } from "../clients.ts";
import { measure } from "../metrics.ts";
import { providers } from "../providers.ts";
import { consumer, News, workerContext } from "./consume.ts";
import { measureEnd } from "./generation-figures.ts";
import { later } from "./render-later.ts";

const deps = once(
  async (): Promise<RenderDeps> => ({
    jobs: jobStore(table()),
    library: libraryFor({ images: imageStore(table()), media: media() }),
    budgets: budgetStore(table()),
    providers: await providers(),
    later,
  }),
);

export const handler = consumer("render image", News, async ({ detail: { workspaceId, correlationId, subject } }, note) => {
  const rendered = await render(workerContext(workspaceId, correlationId), await deps(), { workspaceId, id: subject });
  if (!rendered) return;
  const { job, ended, made, takenOver } = rendered;
  note({ correlationId: job.correlationId, state: job.state });
  for (const provider of new Set(made.map((one) => one.provider)))
    measure({ provider }, { RenderMs: made.filter((one) => one.provider === provider).map(({ renderMs }) => renderMs) });
  if (takenOver) measure({ provider: job.provider }, { WorkersTakenOver: 1 });
  if (ended) measureEnd(job);
});
