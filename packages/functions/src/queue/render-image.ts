import { jobStore, type Providers, render } from "@atelier/core/generation";
import { imageStore, libraryFor } from "@atelier/core/library";
import { sketchProvider } from "@atelier/core/providers";
import { media, once, table } from "../clients.ts";
import { consumer, News, workerContext } from "./consume.ts";
import { later } from "./render-later.ts";

const providers: Providers = { sketch: sketchProvider };

const deps = once(() => ({
  jobs: jobStore(table()),
  library: libraryFor({ images: imageStore(table()), media: media() }),
  providers,
  later,
}));

export const handler = consumer("render image", News, async ({ detail: { workspaceId, correlationId, subject } }) => {
  await render(workerContext(workspaceId, correlationId), deps(), { workspaceId, id: subject });
  return { correlationId };
});
