import { problems } from "@atelier/core/kernel";
import { change, ImageChange } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { exampleImage, Image, imageView } from "./schemas.ts";

export const changeImage = operation({
  id: "changeImage",
  method: "PATCH",
  path: "/v1/images/{id}",
  area: "Library",
  summary: "Tag, star, categorise an image, or put it into a folder",
  auth: "user",
  status: 200,
  params: IdParams,
  body: ImageChange,
  response: Image,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, problems.preconditionFailed],
  example: {
    body: { tags: ["harbour", "dawn"], stars: 4 },
    response: { ...exampleImage, tags: ["harbour", "dawn"], stars: 4, version: 3 },
  },
  run: (ctx, { params, body }, { ifVersion }) => change(ctx, libraryDeps(), params.id, body, ifVersion),
  view: imageView,
});
