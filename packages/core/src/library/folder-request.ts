import * as z from "zod";

const name = z.string().trim().min(1).max(60);
const parentId = z.string().max(64);
export const FolderRequest = z.strictObject({ name, parentId: parentId.optional().describe("At the top if it is left out.") });
export type FolderRequest = z.infer<typeof FolderRequest>;
export const FolderChange = z.strictObject({
  name: name.optional(),
  parentId: parentId.nullable().optional().describe("`null` moves it to the top."),
});
export type FolderChange = z.infer<typeof FolderChange>;
