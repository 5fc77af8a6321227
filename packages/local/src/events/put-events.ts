import { AwsError } from "../wire/aws-json.ts";

/** An entry of PutEvents that has been checked. `time` is epoch ms, or undefined for now. */
export type Entry = {
  source: string;
  detailType: string;
  detail: Record<string, unknown>;
  bus: string;
  resources: string[];
  time?: number;
};
export type EntryFault = { ErrorCode: string; ErrorMessage: string };

const maxEntries = 10;
const maxBytes = 1024 * 1024;
/** What AWS counts for a time that is given. */
const timeBytes = 14;

type Input = Record<string, unknown>;
const isObject = (value: unknown): value is Input => typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === "string");

/** Reads `Entries` as a whole; throws ValidationException for too few, too many or too large. */
export function readEntries(input: Input): Input[] {
  const entries = input.Entries;
  if (!Array.isArray(entries) || entries.length < 1 || entries.length > maxEntries)
    throw new AwsError(
      "ValidationException",
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${maxEntries}`,
    );
  const objects = entries.map((entry) => (isObject(entry) ? entry : {}));
  if (objects.reduce((bytes, entry) => bytes + sizeOf(entry), 0) > maxBytes)
    throw new AwsError("ValidationException", "Total size of the entries in the request is over the limit.");
  return objects;
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function sizeOf({ Source, DetailType, Detail, Resources, Time }: Input): number {
  const texts = [Source, DetailType, Detail, ...(isTexts(Resources) ? Resources : [])];
  return texts.reduce<number>(
    (bytes, text) => bytes + (typeof text === "string" ? Buffer.byteLength(text) : 0),
    Time === undefined ? 0 : timeBytes,
  );
}

const fault = (ErrorCode: string, ErrorMessage: string): EntryFault => ({ ErrorCode, ErrorMessage });

/** Checks one entry; a fault concerns that entry alone. */
export function readEntry(input: Input, busOf: (nameOrArn: string) => string | undefined): Entry | EntryFault {
  for (const name of ["Source", "DetailType", "Detail"])
    if (typeof input[name] !== "string" || input[name] === "")
      return fault("InvalidArgument", `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
  const { Source, DetailType, Detail, Resources = [], Time, EventBusName = "default" } = input;
  const source = String(Source);
  if (source.startsWith("aws.")) return fault("NotAuthorizedForSourceException", "Not authorized for the source.");
  const detail = parse(String(Detail));
  if (!detail) return fault("MalformedDetail", "Detail is malformed.");
  if (!isTexts(Resources)) return fault("InvalidArgument", "Parameter Resources is not valid. Reason: it must be a list of strings.");
  if (Time !== undefined && typeof Time !== "number")
    return fault("InvalidArgument", "Parameter Time is not valid. Reason: it must be a timestamp.");
  const bus = typeof EventBusName === "string" ? busOf(EventBusName) : undefined;
  if (bus === undefined) return fault("ResourceNotFoundException", `Event bus ${String(EventBusName)} does not exist.`);
  return { source, detailType: String(DetailType), detail, bus, resources: Resources, ...(Time !== undefined && { time: Time * 1000 }) };
}

function parse(text: string): Input | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
