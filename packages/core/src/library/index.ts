export { type AutoTag, autoTagsOf, mostAutoTags, mostSeenTags, type SaidTag } from "./auto-tags.ts";
export { changeMany, type Outcome } from "./bulk.ts";
export { BulkRequest, mostAtOnce } from "./bulk-request.ts";
export { cancelEdit } from "./cancel-edit.ts";
export {
  editedSourceType,
  ImpossibleOperation,
  ownOf,
  type Size,
  sizesAfter,
} from "./edit.ts";
export { type FilterName, filterNames, longestSide, mostOperations } from "./edit-limits.ts";
export { EditRequest, Operation, type OwnOperation } from "./edit-request.ts";
export { type Folder, mostFolders } from "./folder.ts";
export { FolderChange, FolderRequest } from "./folder-request.ts";
export { changeFolder, createFolder, type FolderStore, findFolder, folderStore, listFolders, placed, removeFolder } from "./folders.ts";
export {
  type Decision,
  decisions,
  type FileFacts,
  type Image,
  type ImageState,
  imageStates,
  limits,
  type MimeType,
  mimeTypes,
  paths,
  type Review,
  reasons,
} from "./image.ts";
export { addSeenTags, announceUpload, change, find, type LibraryDeps, list, markPosted, remove, review } from "./images.ts";
export { alikeWithin, distance, type Likeness, type Quality } from "./likeness.ts";
export { s3Media } from "./media.s3.ts";
export { countStates, countTags, mostAlike, mostCards, mostTagCounts, similar, type TagCount } from "./overview.ts";
export { libraryProblems } from "./problems.ts";
export { ImageChange, ReviewRequest, UploadRequest } from "./request.ts";
export { libraryFor, shelfFor } from "./shelf.ts";
export { imageKey, imageStore } from "./store.dynamo.ts";
export type { ImageFilter, ImageStore, MediaStore, UploadForm } from "./store.ts";
export { dispatchTrash, purge, removeFiles, restorableUntil, restore, type TrashRef } from "./trash.ts";
export { currentVersion, type ImageVersion, mostVersions, originalOf, type VersionMaking, versionStates } from "./version.ts";
export { type EditOutcome, finished, listVersions, requestEdit } from "./versions.ts";
