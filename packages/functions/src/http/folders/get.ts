import { problems } from "@atelier/core/kernel";
import { findFolder } from "@atelier/core/library";
import { libraryDeps } from "../images/deps.ts";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { exampleFolder, Folder, folderView } from "./schemas.ts";

export const getFolder = operation({
  id: "getFolder",
  method: "GET",
  path: "/v1/folders/{id}",
  area: "Library",
  summary: "One folder",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Folder,
  headers: ["ETag"],
  problems: [problems.notFound],
  example: { response: exampleFolder },
  run: (ctx, { params }) => findFolder(ctx, libraryDeps(), params.id),
  view: folderView,
});
