import { imageStore } from "@atelier/core/library";
import { arrivalAt, awaitedImage, giveUp, processArrival, processVersion } from "@atelier/core/media";
import * as z from "zod/mini";
import { media, once, table } from "../clients.ts";
import { consumer, workerContext } from "./consume.ts";

const deps = once(() => ({ images: imageStore(table()), media: media() }));

/** S3's notification; without Records it is the test that S3 sends when the notification is set up. */
const StorageEvent = z.object({ Records: z._default(z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })), []) });

type StorageEvent = z.infer<typeof StorageEvent>;

const arrivalsIn = ({ Records }: StorageEvent) =>
  Records.flatMap(({ s3 }) => arrivalAt(decodeURIComponent(s3.object.key.replaceAll("+", " "))) ?? []);

export const handler = consumer(
  "process image",
  StorageEvent,
  async (event, note) => {
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
      const processed = await processArrival(workerContext(image.workspaceId, image.correlationId), deps(), image);
      note({ state: processed?.state });
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
