import type { Context, Page, RowEvent, Write } from "../kernel/index.ts";
import type { Image, ImageState, Review } from "./image.ts";
import type { Likeness } from "./likeness.ts";
import type { ImageVersion } from "./version.ts";

export type ImageFilter = {
  state?: ImageState;
  tag?: string;
  category?: string;
  folder?: string;
  model?: string;
  /** Words of the prompt or file name, in any case. */
  q?: string;
  /** Epoch milliseconds, inclusive. */
  from?: number;
  to?: number;
  posted?: boolean;
};

/** What overviews need of an image, from an index that holds no more. */
export type Card = Pick<Image, "id" | "state" | "tags" | "autoTags"> & { likeness?: Likeness };

/** Port of the images' rows. Writes are conditional on the version before and throw `Conflict`. */
export type ImageStore = {
  insertion(image: Image): Write;
  replacement(image: Image, event?: RowEvent): Write;
  write(...writes: Write[]): Promise<void>;
  /** With the record of an idempotent request, if there is one. */
  create(ctx: Context, image: Image): Promise<void>;
  addReview(ctx: Context, image: Image, review: Review, event: RowEvent): Promise<void>;
  get(workspaceId: string, id: string): Promise<Image | undefined>;
  getMany(workspaceId: string, ids: readonly string[]): Promise<(Image | undefined)[]>;
  /** One Query; filters other than state and time can make a page short. */
  list(workspaceId: string, page: { filter: ImageFilter; limit: number; cursor?: string; now: number }): Promise<Page<Image>>;
  reviews(workspaceId: string, imageId: string, page: { limit: number; cursor?: string }): Promise<Page<Review>>;
  /** What can be restored, the latest made first. One Query. */
  trash(workspaceId: string, page: { limit: number; cursor?: string | undefined; now: number }): Promise<Page<Image>>;
  /** Images whose time in the trash is over, of all workspaces. */
  trashDue(now: number, limit: number): Promise<{ workspaceId: string; id: string }[]>;
  /** Has what is due now be due at another time. What was restored, or is emptied, stays as it is. */
  trashLater(ref: { workspaceId: string; id: string }, now: number, until: number): Promise<void>;
  /** The latest made that are not in the trash, as the index has them: of a moment ago. A Query for each megabyte. */
  cards(workspaceId: string, most: number): Promise<{ cards: Card[]; complete: boolean }>;
  /** Everything that is kept of an image beside its own row. */
  keptOf(workspaceId: string, imageId: string): Promise<{ versions: ImageVersion[]; reviews: Review[] }>;
  /** Leaves nothing in those rows but their keys; they expire. */
  emptyRows(image: Image, kept: { versions: readonly ImageVersion[]; reviews: readonly Review[] }, now: number): Promise<void>;
  /** The image as it is then, and new versions of it; the last of them carries the event, if there is one. `beside` succeed or fail with them. */
  addVersions(
    ctx: Context,
    image: Image,
    made: readonly ImageVersion[],
    more: { event?: RowEvent; beside?: readonly Write[] },
  ): Promise<void>;
  versionReplacement(version: ImageVersion, event?: RowEvent): Write;
  version(workspaceId: string, imageId: string, id: string): Promise<ImageVersion | undefined>;
  /** By its number: one Query over the versions of one image. */
  versionBy(workspaceId: string, imageId: string, number: number): Promise<ImageVersion | undefined>;
  versions(workspaceId: string, imageId: string, page: { limit: number; cursor?: string | undefined }): Promise<Page<ImageVersion>>;
};

/** A form that a browser posts a file with: its fields first, in this order, then `file`. */
export type UploadForm = { url: string; method: "POST"; fields: Record<string, string> };

/** Port of the bucket. */
export type MediaStore = {
  /** `notes` are kept with the file: lower-case names, ASCII values. */
  put(path: string, body: Buffer, contentType: string, more?: { cacheControl?: string; notes?: Record<string, string> }): Promise<void>;
  get(path: string): Promise<{ bytes: Buffer; contentType: string; notes: Record<string, string> } | undefined>;
  remove(path: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** A link that opens the file for a while, without credentials. */
  link(path: string): Promise<string>;
  uploadForm(path: string, contentType: string, maxBytes: number): Promise<UploadForm>;
};
