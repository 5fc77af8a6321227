import { createHash, hash } from "node:crypto";
import { invalidParameter, sqsError } from "./errors.ts";
import { type Input, isObject, optionalText } from "./input.ts";

/** One message attribute in the form of the wire: `BinaryValue` is base64. */
export type MessageAttribute = { DataType: string; StringValue?: string; BinaryValue?: string };
export type MessageAttributes = Record<string, MessageAttribute>;

/** System attributes by AWS's names; counts and times (epoch ms) are decimal strings, as on the wire. */
export type SystemAttributes = {
  ApproximateReceiveCount: string;
  SentTimestamp: string;
  ApproximateFirstReceiveTimestamp: string;
  SenderId: string;
  MessageGroupId?: string;
  AWSTraceHeader?: string;
  DeadLetterQueueSourceArn?: string;
};

export type SqsMessage = {
  messageId: string;
  /** Good for this receipt only: the next receive of the same message makes it stale. */
  receiptHandle: string;
  body: string;
  md5OfBody: string;
  attributes: SystemAttributes;
  messageAttributes: MessageAttributes;
};

/** Body and attributes together, and likewise a whole batch (contracts.md §3.7). */
export const maxMessageBytes = 1024 * 1024;
const maxAttributes = 10;

const notXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

export const md5Hex = (data: string | Buffer): string => hash("md5", data);

/** Throws AWS's error for a body that SQS would refuse; the size is checked with the attributes, by {@link sizeOf}. */
export function checkBody(body: string): void {
  if (body === "") throw sqsError("MissingParameter", "The request must contain the parameter MessageBody.");
  if (notXml.test(body)) throw sqsError("InvalidMessageContents", "The message contains characters outside the allowed set.");
}

/** Bytes that count against {@link maxMessageBytes}. */
export function sizeOf(body: string, attributes: MessageAttributes): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, attribute] of Object.entries(attributes))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueBytes(attribute).length;
  return bytes;
}

const valueBytes = ({ StringValue, BinaryValue }: MessageAttribute): Buffer =>
  BinaryValue === undefined ? Buffer.from(StringValue ?? "") : Buffer.from(BinaryValue, "base64");

/** Reads `MessageAttributes` of a call; throws InvalidParameterValue for names, types or values that SQS refuses. */
export function readAttributes(input: Input): MessageAttributes {
  const attributes: MessageAttributes = {};
  for (const [name, value] of Object.entries(input)) {
    if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name) || /^(aws|amazon)\./i.test(name) || /^\.|\.\.|\.$/.test(name))
      throw invalidParameter(`The message attribute name “${name}” is invalid.`);
    if (!isObject(value)) throw invalidParameter(`The message attribute “${name}” must be a structure.`);
    attributes[name] = readAttribute(name, value);
  }
  if (Object.keys(attributes).length > maxAttributes)
    throw invalidParameter(
      `Number of message attributes [${Object.keys(attributes).length}] exceeds the allowed maximum [${maxAttributes}].`,
    );
  return attributes;
}

function readAttribute(name: string, input: Input): MessageAttribute {
  const type = optionalText(input, "DataType") ?? "";
  const kind = /^(String|Number|Binary)(\..{1,249})?$/.exec(type)?.[1];
  if (!kind) throw invalidParameter(`The message attribute “${name}” has an invalid message attribute type.`);
  const value = optionalText(input, kind === "Binary" ? "BinaryValue" : "StringValue");
  if (!value) throw invalidParameter(`The message attribute “${name}” must contain a non-empty value of type “${kind}”.`);
  if (kind === "Binary") return { DataType: type, BinaryValue: value };
  if (notXml.test(value)) throw invalidParameter(`The message attribute “${name}” contains characters outside the allowed set.`);
  if (kind === "Number" && (value.trim() === "" || !Number.isFinite(Number(value))))
    throw invalidParameter(`Can't cast the value of message attribute “${name}” to a number.`);
  return { DataType: type, StringValue: value };
}

/**
 * The digest that clients compare: every name, type and value with its length, sorted by name.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const digest = createHash("md5");
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (!attribute) continue;
    add(Buffer.from(name));
    add(Buffer.from(attribute.DataType));
    digest.update(Buffer.of(attribute.BinaryValue === undefined ? 1 : 2));
    add(valueBytes(attribute));
  }
  return digest.digest("hex");
}
