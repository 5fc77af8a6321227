import type { Folder as FolderRow } from "@atelier/core/library";
import * as z from "zod";
import { ActorId, Instant, idOf, text, Version } from "../schemas.ts";

export const Folder = z
  .object({
    id: idOf("fld"),
    name: text(60),
    parentId: idOf("fld").optional().describe("The folder that it lies in; absent at the top."),
    createdBy: ActorId,
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: "Folder" });

export const folderView = (folder: FolderRow) => ({ body: folder, version: folder.version });

export const exampleFolder: FolderRow = {
  id: "fld_01JD5SB41Z9QF3V2N8XK4T7B1H",
  name: "Harbours",
  createdBy: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10",
  createdAt: "2026-11-20T10:10:00.000Z",
  updatedAt: "2026-11-20T10:10:00.000Z",
  version: 1,
};
