import { problems } from "@atelier/core/kernel";
import { find } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { exampleImage, Image, imageView } from "./schemas.ts";

export const getImage = operation({
  id: "getImage",
  method: "GET",
  path: "/v1/images/{id}",
  area: "Library",
  summary: "One image",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Image,
  headers: ["ETag"],
  problems: [problems.notFound],
  example: { response: exampleImage },
  run: (ctx, { params }) => find(ctx, libraryDeps(), params.id),
  view: imageView,
});
