import type { TrashRef } from "@atelier/core/library";
import { required } from "../env.ts";
import { sendMany } from "./send-many.ts";

/** Has the files of deleted images removed. */
export const emptyLater = (refs: readonly TrashRef[]): Promise<TrashRef[]> =>
  sendMany(required("TRASH_QUEUE_URL"), refs, (ref) => ({ body: { kind: "trash", ...ref } }));
