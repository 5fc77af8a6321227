import { instant, problems } from "@atelier/core/kernel";
import { placed, restorableUntil } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { Instant, PageQuery, pageOf } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { exampleImage, Image, imageBody } from "./schemas.ts";

const TrashedImage = Image.extend({ deletedAt: Instant, restorableUntil: Instant.describe("Then its files are removed.") }).meta({
  id: "TrashedImage",
});

export const listTrash = operation({
  id: "listTrash",
  method: "GET",
  path: "/v1/images/trash",
  area: "Library",
  summary: "Deleted images that can be restored, the latest made first",
  auth: "user",
  status: 200,
  query: PageQuery,
  response: pageOf(TrashedImage),
  problems: [problems.badCursor],
  example: {
    response: {
      items: [
        {
          ...exampleImage,
          urls: { thumbnail: exampleImage.urls.thumbnail },
          deletedAt: "2026-11-20T11:00:00.000Z",
          restorableUntil: "2026-12-20T11:00:00.000Z",
        },
      ],
      nextCursor: null,
    },
  },
  async run(ctx, { query }) {
    const page = await libraryDeps().images.trash(ctx.workspaceId, { ...query, now: ctx.clock.now() });
    return { ...page, items: await placed(ctx, libraryDeps(), page.items) };
  },
  async view({ items, nextCursor }) {
    const shown = items.map(async (image) => ({
      ...(await imageBody(image, "thumbnail")),
      deletedAt: image.deletedAt ?? "",
      restorableUntil: instant(restorableUntil(image)),
    }));
    return { body: { items: await Promise.all(shown), nextCursor } };
  },
});
