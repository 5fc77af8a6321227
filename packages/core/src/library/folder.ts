import { Problem, problems } from "../kernel/index.ts";
import { libraryProblems } from "./problems.ts";

/** A place for images. Folders lie in each other; an image lies in one folder at most. */
export type Folder = {
  id: string;
  name: string;
  /** The folder that it lies in; absent at the top. */
  parentId?: string;
  createdBy: string;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** All of a workspace's folders, in one row: few, read together, and so no two changes can make a ring. */
export type Folders = { items: Folder[]; version: number };

export const mostFolders = 200;
/** How many folders can lie in each other, the one at the top counted. */
export const deepest = 8;

/** Refuses a folder that does not fit among the others, itself as it was among them. */
export function checkPlace(folders: readonly Folder[], folder: Folder): void {
  const others = folders.filter(({ id }) => id !== folder.id);
  const same = others.find((other) => other.parentId === folder.parentId && folded(other.name) === folded(folder.name));
  if (same) throw new Problem(libraryProblems.folderNameTaken, `There is a folder “${same.name}” in that place already.`);
  const wrong = (detail: string) => new Problem(problems.invalid, "It cannot lie there.", { errors: [{ pointer: "#/parentId", detail }] });
  let above = 0;
  for (let at = folder.parentId; at !== undefined; above += 1) {
    const parent = at === folder.id ? undefined : others.find(({ id }) => id === at);
    if (!parent) throw wrong(at === folder.id ? "A folder cannot lie in itself, nor in one that lies in it." : "There is no such folder.");
    at = parent.parentId;
  }
  if (above + heightOf(others, folder.id) > deepest) throw wrong(`At most ${deepest} folders lie in each other.`);
}

/** Of a folder with what lies in it, itself counted. */
function heightOf(folders: readonly Folder[], id: string): number {
  return 1 + Math.max(0, ...folders.filter(({ parentId }) => parentId === id).map((child) => heightOf(folders, child.id)));
}

const folded = (text: string): string => text.normalize("NFKC").toLowerCase();
