import type { Stack } from "aws-cdk-lib";
import { nativePackages } from "./bundle.ts";
import type { Config } from "./config.ts";
import type { Data } from "./data.ts";
import type { Api } from "./http.ts";
import { lambda } from "./lambda.ts";
import type { Messaging } from "./messaging.ts";
import { allowMedia, allowMissing, allowProviderSettings, allowSend, allowTable, providerSettingsPath } from "./permissions.ts";

/** From a request to a drawn image: the worker that renders, and the one that counts what has been processed. */
export function generation(stack: Stack, config: Config, data: Data, { queue, route, consume }: Messaging, { publicUrl }: Api) {
  // A provider's answer is waited for up to two minutes, and a file for one; the worker has other steps to make before and after.
  const renderTimeoutSeconds = 240;
  const requests = queue("RenderImageQueue", renderTimeoutSeconds);
  route("GenerationRequested", ["generation.job.requested"], requests);
  const render = lambda(stack, "RenderImage", {
    entry: "packages/functions/src/queue/render-image.ts",
    memoryMb: 1024,
    timeoutSeconds: renderTimeoutSeconds,
    environment: {
      TABLE: data.table.tableName,
      MEDIA_BUCKET: data.media.bucketName,
      RENDER_QUEUE_URL: requests.queueUrl,
      PUBLIC_URL: publicUrl,
      PROVIDER_SETTINGS_PATH: providerSettingsPath(config),
    },
    nativeModules: nativePackages,
    localConcurrency: 8,
  });
  consume(render, requests, { batchSize: 1 });
  allowTable(render, data, "read", "write", "batch");
  allowMedia(render, data, ["Get"], "images/");
  allowMedia(render, data, ["Put"], "incoming/");
  allowMissing(render, data);
  allowSend(render, requests);
  allowProviderSettings(render, config);

  const settleTimeoutSeconds = 20;
  const processed = queue("SettleGenerationQueue", settleTimeoutSeconds);
  route("ImageProcessed", ["library.image.processed", "library.image.quarantined", "library.edit.ended"], processed);
  const settle = lambda(stack, "SettleGeneration", {
    entry: "packages/functions/src/queue/settle-generation.ts",
    memoryMb: 512,
    timeoutSeconds: settleTimeoutSeconds,
    environment: { TABLE: data.table.tableName },
    localConcurrency: 8,
    localProcess: "workers",
  });
  consume(settle, processed);
  allowTable(settle, data, "read", "write", "batch");
  return { requests };
}
export type Generation = ReturnType<typeof generation>;
