import type { Trouble } from "../kernel/index.ts";
import { derivedIdAt } from "../kernel/index.ts";
import type { Operation } from "./edit-request.ts";
import type { FileFacts, Image } from "./image.ts";

export const versionStates = ["processing", "ready", "failed"] as const;
export type VersionState = (typeof versionStates)[number];

/** How a provider's model makes a version. */
export type VersionMaking = {
  /** Of the job in generation that asks for it. */
  editId: string;
  /** Who is asked first, and in the end who has made it. */
  provider: string;
  model: string;
  /** At most what it costs with the one who is asked first, millionths of a dollar. */
  estimateMicroUsd: number;
  /** Sides of what is to come, pixels. */
  size: { width: number; height: number };
  /** What it has cost in the end, with what attempts before have cost. */
  costMicroUsd?: number;
  modelVersion?: string;
  /** The provider's id of the work, for its support. */
  requestId?: string;
  /** IPTC term of what comes of it. */
  digitalSourceType?: string;
};

/** What an image's file was made from, by what. Versions never change once they are ready. */
export type ImageVersion = {
  id: string;
  imageId: string;
  workspaceId: string;
  /** 1 is the original. */
  number: number;
  state: VersionState;
  /** Number of the version that it was made from; the original was made from none. */
  from?: number;
  operations: Operation[];
  /** Absent where it was made here. */
  making?: VersionMaking;
  file?: FileFacts;
  problem?: Trouble;
  createdBy: string;
  correlationId: string;
  createdAt: string;
  readyAt?: string;
  version: number;
};

/** Versions that one image can have, the original among them. */
export const mostVersions = 100;

/** The number of the file that an image shows; images that were never edited do not say. */
export const currentVersion = ({ currentVersion = 1 }: Image): number => currentVersion;

/** The original as a version, for images whose versions nobody has written down yet. */
export const originalOf = (image: Image): ImageVersion => ({
  id: derivedIdAt("ver", Date.parse(image.createdAt), image.id),
  imageId: image.id,
  workspaceId: image.workspaceId,
  number: 1,
  state: "ready",
  operations: [],
  ...(image.file && { file: image.file }),
  createdBy: image.createdBy,
  correlationId: image.correlationId,
  createdAt: image.createdAt,
  version: 1,
});
