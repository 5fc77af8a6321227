import {
  actorId,
  type Context,
  insert,
  instant,
  newId,
  notFound,
  Problem,
  persist,
  problems,
  replace,
  requireVersion,
  type Table,
} from "../kernel/index.ts";
import { checkPlace, type Folder, type Folders, mostFolders } from "./folder.ts";
import type { FolderChange, FolderRequest } from "./folder-request.ts";
import type { Image } from "./image.ts";
import { libraryProblems } from "./problems.ts";

/** Port of the one row that holds a workspace's folders. */
export type FolderStore = {
  get(workspaceId: string): Promise<Folders>;
  /** Conditional on the version before. With the record of an idempotent request, if there is one; `made` is what it answers. */
  save(ctx: Context, folders: Folders, made?: Folder): Promise<void>;
};

export const folderStore = (table: Table): FolderStore => ({
  get: async (workspaceId) => (await table.get<Folders>(keyOf(workspaceId))) ?? { items: [], version: 0 },
  save(ctx, folders, made) {
    const row = { ...keyOf(ctx.workspaceId), ...folders };
    return table.write(folders.version === 1 ? insert(row) : replace(row), ...(ctx.once && made ? [ctx.once.record(made)] : []));
  },
});

const keyOf = (workspaceId: string) => ({ pk: `workspace/${workspaceId}/folders`, sk: "all" });

type Deps = { folders: FolderStore };

/** By name, those at the top and those within alike. One read. */
export async function listFolders(ctx: Context, { folders }: Deps): Promise<Folder[]> {
  return (await folders.get(ctx.workspaceId)).items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export async function findFolder(ctx: Context, { folders }: Deps, id: string): Promise<Folder> {
  const found = (await folders.get(ctx.workspaceId)).items.find((folder) => folder.id === id);
  if (!found) throw notFound("folder");
  return found;
}

/** For an image that is to lie in it. */
export async function requireFolder(ctx: Context, deps: Deps, id: string, pointer: string): Promise<void> {
  const known = await deps.folders.get(ctx.workspaceId);
  if (!known.items.some((folder) => folder.id === id))
    throw new Problem(problems.invalid, "There is no such folder.", {
      errors: [{ pointer, detail: "GET /v1/folders lists those that there are." }],
    });
}

export const createFolder = (ctx: Context, { folders }: Deps, { name, parentId }: FolderRequest): Promise<Folder> =>
  persist(async () => {
    const known = await folders.get(ctx.workspaceId);
    if (known.items.length >= mostFolders)
      throw new Problem(libraryProblems.tooManyFolders, `There are ${mostFolders} folders, the most that a workspace can have.`);
    const now = ctx.clock.now();
    const at = instant(now);
    const made: Folder = {
      ...{ id: newId("fld", now), name, createdBy: actorId(ctx), createdAt: at, updatedAt: at, version: 1 },
      ...(parentId !== undefined && { parentId }),
    };
    checkPlace(known.items, made);
    await folders.save(ctx, { items: [...known.items, made], version: known.version + 1 }, made);
    return made;
  });

/** Renames it, or moves it with everything in it. */
export const changeFolder = (ctx: Context, { folders }: Deps, id: string, wanted: FolderChange, ifVersion?: number): Promise<Folder> =>
  persist(async () => {
    const known = await folders.get(ctx.workspaceId);
    const found = known.items.find((folder) => folder.id === id);
    if (!found) throw notFound("folder");
    const { parentId: was, ...folder } = requireVersion(found, ifVersion, "folder");
    const parentId = wanted.parentId === undefined ? was : (wanted.parentId ?? undefined);
    const changed: Folder = {
      ...folder,
      name: wanted.name ?? folder.name,
      ...(parentId !== undefined && { parentId }),
      updatedAt: instant(ctx.clock.now()),
      version: folder.version + 1,
    };
    checkPlace(known.items, changed);
    const items = known.items.map((one) => (one.id === id ? changed : one));
    await folders.save(ctx, { items, version: known.version + 1 }, changed);
    return changed;
  });

/**
 * One write, of the row that holds all folders: images keep the id of the folder that they lay in, and {@link placed} shows none of those that are gone.
 * So nothing is left half done however many images there are, and one that is moved into it at the same moment lies in none either.
 */
export const removeFolder = (ctx: Context, { folders }: Deps, id: string, ifVersion?: number): Promise<void> =>
  persist(async () => {
    const known = await folders.get(ctx.workspaceId);
    const found = known.items.find((folder) => folder.id === id);
    if (!found) throw notFound("folder");
    requireVersion(found, ifVersion, "folder");
    const within = known.items.filter(({ parentId }) => parentId === id);
    if (within.length > 0) {
      const first = within.slice(0, mostNamed).map(({ name }) => `“${name}”`);
      const rest = within.length > mostNamed ? ` and ${within.length - mostNamed} more` : "";
      throw new Problem(
        libraryProblems.folderHoldsFolders,
        `${within.length === 1 ? "One folder lies" : `${within.length} folders lie`} in it: ${first.join(", ")}${rest}. Move or delete ${within.length === 1 ? "it" : "them"} first.`,
      );
    }
    await folders.save(ctx, { items: known.items.filter((folder) => folder.id !== id), version: known.version + 1 });
  });
/** Folders that one sentence names. */
const mostNamed = 3;

/** Images as they are shown: what lay in a folder that is gone lies in none. One read for all of them, and none where no image has a folder. */
export async function placed<T extends Pick<Image, "folderId">>(ctx: Context, { folders }: Deps, images: readonly T[]): Promise<T[]> {
  if (images.every(({ folderId }) => folderId === undefined)) return [...images];
  const there = new Set((await folders.get(ctx.workspaceId)).items.map(({ id }) => id));
  return images.map((image) => {
    if (image.folderId === undefined || there.has(image.folderId)) return image;
    const { folderId: _gone, ...shown } = image;
    return shown as T;
  });
}
