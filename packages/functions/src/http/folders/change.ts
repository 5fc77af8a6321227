import { problems } from "@atelier/core/kernel";
import { changeFolder as change, FolderChange, libraryProblems } from "@atelier/core/library";
import { libraryDeps } from "../images/deps.ts";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { exampleFolder, Folder, folderView } from "./schemas.ts";

export const changeFolder = operation({
  id: "changeFolder",
  method: "PATCH",
  path: "/v1/folders/{id}",
  area: "Library",
  summary: "Rename a folder, or move it into another",
  description: "What lies in it comes along.",
  auth: "user",
  status: 200,
  params: IdParams,
  body: FolderChange,
  response: Folder,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, problems.preconditionFailed, libraryProblems.folderNameTaken],
  example: { body: { name: "Quiet harbours" }, response: { ...exampleFolder, name: "Quiet harbours", version: 2 } },
  run: (ctx, { params, body }, { ifVersion }) => change(ctx, libraryDeps(), params.id, body, ifVersion),
  view: folderView,
});
