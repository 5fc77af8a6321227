import { type Context, instant, newId } from "@atelier/core/kernel";
import type { Image, ImageStore } from "@atelier/core/library";

/** An approved image that has a row and no file: for what never looks at pixels. */
export async function approvedRow(ctx: Context, images: ImageStore): Promise<Image> {
  const at = instant(ctx.clock.now());
  const image: Image = {
    id: newId("img", ctx.clock.now()),
    workspaceId: ctx.workspaceId,
    state: "approved",
    source: "upload",
    file: { mimeType: "image/png", width: 64, height: 64, bytes: 100, sha256: "00", thumbhash: "" },
    tags: [],
    stars: 0,
    createdBy: "u",
    correlationId: ctx.correlationId,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
  await images.create(ctx, image);
  return image;
}
