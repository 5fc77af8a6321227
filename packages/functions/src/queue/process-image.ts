import type { Context } from "@atelier/core/kernel";
import { imageStore } from "@atelier/core/library";
import { arrivalAt, awaitedImage, giveUp, type Processed, processArrival, processVersion } from "@atelier/core/media";
import * as z from "zod/mini";
import { media, once, table } from "../clients.ts";
import { optional } from "../env.ts";
import { seeWith } from "../sight.ts";
import { consumer, type Note, workerContext } from "./consume.ts";

const deps = once(() => ({ images: imageStore(table()), media: media() }));

/** S3's notification; without Records it is the test that S3 sends when the notification is set up. */
const StorageEvent = z.object({ Records: z._default(z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })), []) });

type StorageEvent = z.infer<typeof StorageEvent>;

const arrivalsIn = ({ Records }: StorageEvent) =>
  Records.flatMap(({ s3 }) => arrivalAt(decodeURIComponent(s3.object.key.replaceAll("+", " "))) ?? []);

/** Where the operator has set a model that looks at pictures. */
async function see(ctx: Context, { image, thumbnail }: Processed, leftMs: number, note: Note): Promise<void> {
  const model = optional("VISION_MODEL");
  if (model === undefined || !thumbnail) return;
  note({ sight: await seeWith(model, ctx, deps(), { image, thumbnail }, leftMs) });
}

export const handler = consumer(
  "process image",
  StorageEvent,
  async (event, note, leftMs) => {
    for (const arrival of arrivalsIn(event)) {
      note({ subject: arrival.versionId ?? arrival.imageId });
      if (arrival.versionId !== undefined) {
        const made = await processVersion(workerContext(arrival.workspaceId, ""), deps(), { ...arrival, versionId: arrival.versionId });
        note({ correlationId: made?.correlationId, state: made?.state });
        continue;
      }
      const image = await awaitedImage(deps(), arrival);
      if (!image) continue;
      note({ correlationId: image.correlationId });
      const ctx = workerContext(image.workspaceId, image.correlationId);
      const processed = await processArrival(ctx, deps(), image);
      note({ state: processed?.image.state });
      if (processed) await see(ctx, processed, leftMs(), note);
    }
  },
  {
    async giveUp(event) {
      // What was drawn, or made of a version, is looked after by its job.
      for (const arrival of arrivalsIn(event).filter(({ versionId }) => versionId === undefined))
        await giveUp(workerContext(arrival.workspaceId, ""), deps(), arrival);
    },
  },
);
