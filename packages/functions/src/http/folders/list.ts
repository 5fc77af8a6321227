import { listFolders as list, mostFolders } from "@atelier/core/library";
import * as z from "zod";
import { libraryDeps } from "../images/deps.ts";
import { operation } from "../operation.ts";
import { exampleFolder, Folder } from "./schemas.ts";

export const listFolders = operation({
  id: "listFolders",
  method: "GET",
  path: "/v1/folders",
  area: "Library",
  summary: "All folders, by name",
  auth: "user",
  status: 200,
  response: z.object({ items: z.array(Folder).max(mostFolders) }),
  problems: [],
  example: { response: { items: [exampleFolder] } },
  run: async (ctx) => ({ items: await list(ctx, libraryDeps()) }),
});
