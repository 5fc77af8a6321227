import { problems } from "@atelier/core/kernel";
import { remove } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";

export const removeImage = operation({
  id: "removeImage",
  method: "DELETE",
  path: "/v1/images/{id}",
  area: "Library",
  summary: "Put an image into the trash",
  description: "Posts that show it and are not out yet are blocked. It can be restored for 30 days; then its files are removed.",
  auth: "user",
  status: 204,
  params: IdParams,
  problems: [problems.notFound, problems.conflict, problems.preconditionFailed],
  run: (ctx, { params }, { ifVersion }) => remove(ctx, libraryDeps(), params.id, ifVersion),
});
