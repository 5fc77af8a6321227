import sharp from "sharp";
import type { TestTable } from "../../../../tests/harness/table.ts";
import * as Library from "../library/index.ts";
import { awaitedImage, processArrival } from "../media/index.ts";
import { sightMs, tagBySight, type WritingDeps } from "./index.ts";
import { type Writer, workshop } from "./writing.fixture.ts";

export const seers = { gemini: "gemini/gemini-3.5-flash-lite", openai: "openai/gpt-5-mini" } as const;
const usual: { deadlineMs: number; model: string } = { deadlineMs: sightMs.most, model: seers.gemini };

/** A library whose worker has a model look at what arrives, on a real table and with stand-ins of who sees. */
export async function gallery(database: TestTable, writers: readonly Writer[] = ["gemini"]) {
  const made = await workshop(database, writers);
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
  /** What the worker does with one message about it, with `over` for what it works with. */
  async function work(imageId: string, { model, deadlineMs }: Partial<typeof usual> = {}, over: Partial<WritingDeps> = {}) {
    const deps = { images, media };
    const awaited = await awaitedImage(deps, { workspaceId: ctx.workspaceId, imageId });
    const processed = awaited && (await processArrival({ ...ctx, actor: { kind: "system" } }, deps, awaited));
    if (!processed?.thumbnail) return undefined;
    const { image, thumbnail } = processed;
    return { image, sight: await look(image, thumbnail, { model, deadlineMs }, over) };
  }
  const look = (
    image: Library.Image,
    bytes: Buffer,
    { model, deadlineMs }: { model?: string | undefined; deadlineMs?: number | undefined } = {},
    over: Partial<WritingDeps> = {},
  ) =>
    tagBySight(
      { ...ctx, actor: { kind: "system" } },
      { ...made.deps, ...over, images },
      { image, picture: { bytes, mimeType: "image/webp" }, model: model ?? usual.model, deadlineMs: deadlineMs ?? usual.deadlineMs },
    );
  const stored = async (id: string): Promise<Library.Image> => (await images.get(ctx.workspaceId, id)) as Library.Image;
  const thumbnailOf = (image: Library.Image): Buffer =>
    files.get(Library.paths.thumbnail(ctx.workspaceId, image.id, image.file as Library.FileFacts)) as Buffer;
  return { ...made, images, folders, arrived, work, look, stored, thumbnailOf };
}

/** What the name of an upload says, as `gallery` names it. */
export const fromWords = [{ tag: "harbour", confidence: 0.95 }];
export const seenIn = ({ autoTags = [] }: Library.Image): string[] =>
  autoTags.filter(({ from }) => from === "picture").map(({ tag }) => tag);
