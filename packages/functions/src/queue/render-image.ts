import { jobStore, type Providers, render } from "@atelier/core/generation";
import { imageStore, libraryFor } from "@atelier/core/library";
import { sketchProvider } from "@atelier/core/providers";
import { media, once, table } from "../clients.ts";
import { measure } from "../metrics.ts";
import { consumer, News, workerContext } from "./consume.ts";
import { measureEnd } from "./generation-figures.ts";
import { later } from "./render-later.ts";

const providers: Providers = { sketch: sketchProvider };

const deps = once(() => ({
  jobs: jobStore(table()),
  library: libraryFor({ images: imageStore(table()), media: media() }),
  providers,
  later,
}));

export const handler = consumer("render image", News, async ({ detail: { workspaceId, correlationId, subject } }, note) => {
  const rendered = await render(workerContext(workspaceId, correlationId), deps(), { workspaceId, id: subject });
  if (!rendered) return;
  const { job, ended, renderMs, takenOver } = rendered;
  note({ correlationId: job.correlationId, state: job.state });
  const { provider } = job;
  measure({ provider }, { RenderMs: renderMs, ...(takenOver && { WorkersTakenOver: 1 }) });
  if (ended) measureEnd(job);
});
