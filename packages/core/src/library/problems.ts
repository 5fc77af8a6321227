import type { ProblemType } from "../kernel/index.ts";

export const libraryProblems = {
  notReviewable: { code: "library/not-reviewable", status: 409, title: "This image cannot be reviewed" },
  notRestorable: { code: "library/not-restorable", status: 409, title: "This image cannot be restored" },
  folderNameTaken: { code: "library/folder-name-taken", status: 409, title: "There is a folder of that name" },
  tooManyFolders: { code: "library/too-many-folders", status: 409, title: "There are too many folders" },
  folderHoldsFolders: { code: "library/folder-holds-folders", status: 409, title: "There are folders in this folder" },
  notEditable: { code: "library/not-editable", status: 409, title: "This image cannot be edited" },
  editInHand: { code: "library/edit-in-hand", status: 409, title: "Another edit of this image is still being made" },
  tooManyVersions: { code: "library/too-many-versions", status: 409, title: "This image has too many versions" },
  editTooLarge: { code: "library/edit-too-large", status: 422, title: "The edited file would be too large" },
  editNotCancelable: { code: "library/edit-not-cancelable", status: 409, title: "This edit cannot be stopped any more" },
  editCanceled: { code: "library/edit-canceled", status: 409, title: "The edit was stopped" },
  editFailed: { code: "library/edit-failed", status: 500, title: "The edit could not be made" },
} as const satisfies Record<string, ProblemType>;
