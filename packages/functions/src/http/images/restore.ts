import { problems } from "@atelier/core/kernel";
import { libraryProblems, restore } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { exampleImage, Image, imageView } from "./schemas.ts";

export const restoreImage = operation({
  id: "restoreImage",
  method: "POST",
  path: "/v1/images/{id}/restore",
  area: "Library",
  summary: "Take an image out of the trash",
  description:
    "Within 30 days. It is as it was, its approval too; posts that were blocked wait for somebody to save them. What is not in the trash stays as it is.",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Image,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, libraryProblems.notRestorable],
  example: { response: exampleImage },
  run: (ctx, { params }) => restore(ctx, libraryDeps(), params.id),
  view: imageView,
});
