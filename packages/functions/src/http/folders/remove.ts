import { problems } from "@atelier/core/kernel";
import { libraryProblems, removeFolder as remove } from "@atelier/core/library";
import { libraryDeps } from "../images/deps.ts";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";

export const removeFolder = operation({
  id: "removeFolder",
  method: "DELETE",
  path: "/v1/folders/{id}",
  area: "Library",
  summary: "Delete a folder, and none of its images",
  description:
    "What lies in it stays in the library and lies in no folder then, what is restored from the trash later too. Folders that lie in it have to be moved or deleted first.",
  auth: "user",
  status: 204,
  params: IdParams,
  problems: [problems.notFound, problems.conflict, problems.preconditionFailed, libraryProblems.folderHoldsFolders],
  run: (ctx, { params }, { ifVersion }) => remove(ctx, libraryDeps(), params.id, ifVersion),
});
