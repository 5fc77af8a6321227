import { changeFolder } from "./folders/change.ts";
import { createFolder } from "./folders/create.ts";
import { getFolder } from "./folders/get.ts";
import { listFolders } from "./folders/list.ts";
import { removeFolder } from "./folders/remove.ts";
import { changeManyImages } from "./images/bulk.ts";
import { cancelEdit } from "./images/cancel-edit.ts";
import { changeImage } from "./images/change.ts";
import { editImage } from "./images/edit.ts";
import { getImage } from "./images/get.ts";
import { imageHistory } from "./images/history.ts";
import { listImages } from "./images/list.ts";
import { listReviews } from "./images/list-reviews.ts";
import { listTags } from "./images/list-tags.ts";
import { listVersions } from "./images/list-versions.ts";
import { removeImage } from "./images/remove.ts";
import { restoreImage } from "./images/restore.ts";
import { reviewImage } from "./images/review.ts";
import { findSimilar } from "./images/similar.ts";
import { imageStatistics } from "./images/statistics.ts";
import { listTrash } from "./images/trash.ts";
import { uploadImage } from "./images/upload.ts";
import { area } from "./pipeline.ts";

export const operations = [
  listImages,
  uploadImage,
  getImage,
  changeImage,
  removeImage,
  reviewImage,
  listReviews,
  editImage,
  cancelEdit,
  listVersions,
  changeManyImages,
  listTrash,
  restoreImage,
  findSimilar,
  listTags,
  imageStatistics,
  imageHistory,
  listFolders,
  createFolder,
  getFolder,
  changeFolder,
  removeFolder,
];

export const handler = area("images", operations);
