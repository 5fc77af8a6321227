import sharp from "sharp";
import type { TestTable } from "../../../../tests/harness/table.ts";
import * as Library from "../library/index.ts";
import { awaitedImage, processArrival } from "../media/index.ts";
import { type SightDeps, tagBySight } from "./index.ts";
import { type Writer, workshop } from "./writing.fixture.ts";

export const seers = { gemini: "gemini/gemini-3.5-flash-lite", openai: "openai/gpt-5-mini" } as const;

/** A library whose worker has a model look at what arrives, on a real table and with stand-ins of who sees. */
export async function gallery(database: TestTable, writers: readonly Writer[] = ["gemini"], more?: Parameters<typeof workshop>[2]) {
  const made = await workshop(database, writers, more);
  const { ctx } = made;
  const images = Library.imageStore(database.table);
  const folders = Library.folderStore(database.table);
  const files = new Map<string, Buffer>();
  const media = {
    get: async (path: string) => {
      const bytes = files.get(path);
      return bytes && { bytes, contentType: "image/png", notes: {} };
    },
    put: async (path: string, bytes: Buffer) => void files.set(path, bytes),
    remove: async (path: string) => void files.delete(path),
  } as unknown as Library.MediaStore;

  /** An upload whose file is there, and nobody has examined. */
  async function arrived({
    fileName = "harbour.png",
    rating = "general" as const as Library.Image["rating"],
    width = 900,
    height = 500,
    bytes = undefined as Buffer | undefined,
  } = {}) {
    const request = Library.UploadRequest.parse({ fileName, contentType: "image/png", bytes: 10, rating });
    const { id } = await Library.announceUpload(ctx, { images }, request);
    const picture = sharp({ create: { width, height, channels: 3, background: "#2851a3" } }).withExif({ IFD0: { Copyright: "a secret" } });
    files.set(Library.paths.incoming(ctx.workspaceId, id), bytes ?? (await picture.png().toBuffer()));
    return id;
  }
  /** What the worker of arrivals does with its file: whether it is ready then. */
  async function processed(imageId: string): Promise<Library.Image | undefined> {
    const awaited = await awaitedImage({ images, media }, { workspaceId: ctx.workspaceId, imageId });
    return awaited && processArrival({ ...ctx, actor: { kind: "system" } }, { images, media }, awaited);
  }
  /** What the worker of looks does with one message about it, `atMs` after now, with `over` for what it works with. */
  const look = (imageId: string, { model = seers.gemini as string, since = Date.now(), atMs = 0 } = {}, over: Partial<SightDeps> = {}) =>
    tagBySight(
      { ...ctx, actor: { kind: "system" }, clock: { ...ctx.clock, now: () => Date.now() + atMs } },
      { ...made.deps, images, media, ...over },
      { model, imageId, since },
    );
  /** Both, one after the other. */
  async function work(id: string, more?: Parameters<typeof look>[1], over?: Partial<SightDeps>) {
    const image = await processed(id);
    return { image, sight: await look(id, more, over) };
  }
  const stored = async (id: string): Promise<Library.Image> => (await images.get(ctx.workspaceId, id)) as Library.Image;
  const thumbnailOf = (image: Library.Image): Buffer =>
    files.get(Library.paths.thumbnail(ctx.workspaceId, image.id, image.file as Library.FileFacts)) as Buffer;
  return { ...made, images, folders, arrived, processed, look, work, stored, thumbnailOf };
}

/** What the name of an upload says, as `gallery` names it. */
export const fromWords = [{ tag: "harbour", confidence: 0.95 }];
export const seenIn = ({ autoTags = [] }: Library.Image): string[] =>
  autoTags.filter(({ from }) => from === "picture").map(({ tag }) => tag);
