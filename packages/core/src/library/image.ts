import type { PlanUse, TemplateUse } from "../generation/index.ts";
import type { Rating } from "../safety/index.ts";
import type { AutoTag } from "./auto-tags.ts";
import type { Likeness, Quality } from "./likeness.ts";

export const imageStates = ["processing", "quarantined", "in_review", "approved", "rejected", "changes_requested", "held"] as const;
export type ImageState = (typeof imageStates)[number];

export const decisions = ["approved", "rejected", "changes_requested", "held"] as const;
export type Decision = (typeof decisions)[number];

/** Reasons that can be counted; the note says the rest. */
export const reasons = [
  "anatomy",
  "artifacts",
  "off_brand",
  "off_prompt",
  "composition",
  "colour",
  "quality",
  "duplicate",
  "unsafe",
  "legal",
  "other",
] as const;

/** File types that are taken in, by what the content is, with the ending of their files. */
export const mimeTypes = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" } as const;
export type MimeType = keyof typeof mimeTypes;

/** A decoded picture needs four bytes a pixel: this is what one worker can hold beside the rest. Sides in pixels. */
export const limits = { maxBytes: 25 * 1024 * 1024, maxPixels: 50_000_000, minSide: 16 } as const;

/** Everything that is needed to know, or to repeat, how an image was made (product B6). */
export type Making = {
  generationId: string;
  prompt: string;
  negativePrompt?: string;
  template?: TemplateUse;
  plan?: PlanUse;
  style?: string;
  quality: string;
  provider: string;
  model: string;
  modelVersion?: string;
  seed: number;
  width: number;
  height: number;
  costMicroUsd: number;
  /** The provider's id of the work, for its support. */
  requestId?: string;
  /** From the request to the first stroke, and from there to the file, milliseconds. */
  queueMs: number;
  renderMs?: number;
};

/** What the file was found to be. `sha256` is of the kept original, in hex; `thumbhash` in base64. */
export type FileFacts = {
  mimeType: MimeType;
  width: number;
  height: number;
  bytes: number;
  sha256: string;
  thumbhash: string;
  /** Absent in files from before it was computed. */
  likeness?: Likeness;
  quality?: Quality;
  /** IPTC digital source type, the last part of its URI, if it is known. */
  digitalSourceType?: string;
};

export type Quarantine = { reason: string; detail: string };
export type LastReview = { decision: Decision; by: string; at: string; note?: string; reasons: string[] };

export type Image = {
  id: string;
  workspaceId: string;
  state: ImageState;
  source: "generation" | "upload";
  fileName?: string;
  /** What its owner announced before the upload. */
  declaredType?: string;
  declaredBytes?: number;
  file?: FileFacts;
  /** Number of the version whose file that is, and of the latest that was asked for; absent in images that were never edited. */
  currentVersion?: number;
  lastVersion?: number;
  making?: Making;
  quarantine?: Quarantine;
  review?: LastReview;
  tags: string[];
  /** Beside those that people give. */
  autoTags?: AutoTag[];
  /** For whom it is. Of images from before the rules: for everybody. */
  rating?: Rating;
  stars: number;
  category?: string;
  /** When a post with it first went out. */
  postedAt?: string;
  createdBy: string;
  correlationId: string;
  createdAt: string;
  updatedAt: string;
  folderId?: string;
  deletedAt?: string;
  /** When its files were removed and its row emptied, after its time in the trash. */
  purgedAt?: string;
  version: number;
};

export type Review = {
  id: string;
  imageId: string;
  decision: Decision;
  note?: string;
  reasons: string[];
  by: string;
  at: string;
  version: number;
};

/** Tags that people give one image. */
export const mostTags = 30;

/** How long a deleted image can be restored. */
export const trashMs = 30 * 24 * 60 * 60 * 1000;
/** When its files go: an hour later, so that no clock that is wrong removes what somebody restores. */
export const emptyAfterMs = trashMs + 60 * 60 * 1000;

/** An announced upload that never came is forgotten after this. */
export const uploadPatienceMs = 24 * 60 * 60 * 1000;

/** Epoch milliseconds after which an image that is still awaited is taken as not there. */
export const awaitedUntil = ({ state, source, createdAt }: Image): number | undefined =>
  state === "processing" && source === "upload" ? Date.parse(createdAt) + uploadPatienceMs : undefined;

export const isReviewable = (state: ImageState): boolean => state !== "processing" && state !== "quarantined";

type Kept = Pick<FileFacts, "sha256" | "mimeType">;

/**
 * Where files lie in the bucket. Rows keep none of these: they follow from ids and the original's digest. With the digest in the name, whoever processes
 * another file for the same image writes other objects, and never what a row points at.
 */
export const paths = {
  incoming: (workspaceId: string, imageId: string): string => `incoming/${workspaceId}/${imageId}`,
  incomingVersion: (workspaceId: string, imageId: string, versionId: string): string =>
    `${paths.incoming(workspaceId, imageId)}/${versionId}`,
  folder: (workspaceId: string, imageId: string, { sha256 }: Kept): string => `images/${workspaceId}/${imageId}/${sha256.slice(0, 16)}`,
  original: (workspaceId: string, imageId: string, file: Kept): string =>
    `${paths.folder(workspaceId, imageId, file)}/original.${mimeTypes[file.mimeType]}`,
  preview: (workspaceId: string, imageId: string, file: Kept): string => `${paths.folder(workspaceId, imageId, file)}/preview.webp`,
  thumbnail: (workspaceId: string, imageId: string, file: Kept): string => `${paths.folder(workspaceId, imageId, file)}/thumbnail.webp`,
};
