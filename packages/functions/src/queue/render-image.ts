import { jobStore, type Later, type Providers, render } from "@atelier/core/generation";
import { imageStore, libraryFor } from "@atelier/core/library";
import { sketchProvider } from "@atelier/core/providers";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { media, once, sqs, table } from "../clients.ts";
import { required } from "../env.ts";
import { consumer, News, workerContext } from "./consume.ts";

const later: Later = async ({ workspaceId, id }, DelaySeconds, correlationId) => {
  const check: News = { "detail-type": "generation.job.check", detail: { id: "", correlationId, workspaceId, subject: id, version: 0 } };
  await sqs().send(new SendMessageCommand({ QueueUrl: required("RENDER_QUEUE_URL"), MessageBody: JSON.stringify(check), DelaySeconds }));
};

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
