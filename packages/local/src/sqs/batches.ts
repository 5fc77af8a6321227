import { AwsError } from "../wire/aws-json.ts";
import { entryErrorCode, sqsError } from "./errors.ts";
import { type Input, isObject, text } from "./input.ts";

const maxEntries = 10;

/**
 * Runs each entry of a batch by itself: one that fails is told under its id, the others stand. Errors of the batch as a whole
 * (empty, too many, ids twice, too long) are thrown under AWS's names before anything is done.
 */
export function runBatch(input: Input, run: (entry: Input) => Input, size?: { maxBytes: number; sizeOf: (entry: Input) => number }): Input {
  const entries = readEntries(input);
  if (size && entries.reduce((bytes, entry) => bytes + size.sizeOf(entry), 0) > size.maxBytes)
    throw sqsError("BatchRequestTooLong", `Batch requests cannot be longer than ${size.maxBytes} bytes.`);

  const successful: Input[] = [];
  const failed: Input[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, Code: entryErrorCode(error), Message: error.message, SenderFault: true });
    }
  }
  return { Successful: successful, Failed: failed };
}

function readEntries(input: Input): Input[] {
  const entries = input.Entries;
  if (!Array.isArray(entries) || entries.length === 0)
    throw sqsError("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.length > maxEntries)
    throw sqsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${maxEntries}. You have sent ${entries.length}.`,
    );
  const objects = entries.map((entry) => (isObject(entry) ? entry : {}));
  const ids = new Set<string>();
  for (const entry of objects) {
    const id = text(entry, "Id");
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id))
      throw sqsError(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores, 1 to 80 of them.",
      );
    if (ids.has(id)) throw sqsError("BatchEntryIdsNotDistinct", `Id ${id} repeated.`);
    ids.add(id);
  }
  return objects;
}
