export type { MessageAttribute, MessageAttributes, SqsMessage, SystemAttributes } from "./message.ts";
export type { QueueDepth, QueueSettings, ReceiveOptions, Redrive, SendOptions } from "./queues.ts";
export { createSqs, type Sqs, type SqsOptions } from "./sqs.ts";
