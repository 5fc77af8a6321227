export {
  type Decision,
  decisions,
  type FileFacts,
  type Image,
  type ImageState,
  imageStates,
  limits,
  mimeTypes,
  paths,
  type Review,
  reasons,
} from "./image.ts";
export { announceUpload, change, find, type LibraryDeps, libraryFor, markPosted, remove, review, shelfFor } from "./images.ts";
export { s3Media } from "./media.s3.ts";
export { libraryProblems } from "./problems.ts";
export { ImageChange, ReviewRequest, UploadRequest } from "./request.ts";
export { imageKey, imageStore } from "./store.dynamo.ts";
export type { ImageFilter, ImageStore, MediaStore, UploadForm } from "./store.ts";
