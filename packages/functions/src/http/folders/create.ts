import { problems } from "@atelier/core/kernel";
import { createFolder as create, FolderRequest, libraryProblems, mostFolders } from "@atelier/core/library";
import { libraryDeps } from "../images/deps.ts";
import { operation } from "../operation.ts";
import { exampleFolder, Folder } from "./schemas.ts";

export const createFolder = operation({
  id: "createFolder",
  method: "POST",
  path: "/v1/folders",
  area: "Library",
  summary: "Make a folder",
  description: `A workspace has ${mostFolders} at most. An image is put into one by its \`folderId\`, many by \`POST /v1/images/bulk\`.`,
  auth: "user",
  status: 201,
  idempotent: true,
  body: FolderRequest,
  response: Folder,
  headers: ["Location", "ETag"],
  problems: [problems.conflict, libraryProblems.folderNameTaken, libraryProblems.tooManyFolders],
  example: { body: { name: "Harbours" }, response: exampleFolder },
  run: (ctx, { body }) => create(ctx, libraryDeps(), body),
  view: (folder) => ({ body: folder, version: folder.version, location: `/v1/folders/${folder.id}` }),
});
