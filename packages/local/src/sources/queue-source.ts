import type { Runner } from "../functions/runner.ts";
import type { Sqs, SqsMessage } from "../sqs/index.ts";
import { nameIn } from "../template/names.ts";
import type { MappingProperties } from "../template/read.ts";

export type Source = { close(): Promise<void> };

/**
 * Feeds a queue's messages to a function, as Lambda's poller does: what the function does not report as failed is deleted,
 * what it reports stays hidden until its visibility runs out, and a crash or a throw leaves the whole batch.
 */
export function queueSource(mapping: MappingProperties, sqs: Sqs, runner: Runner, region: string, say: (text: string) => void): Source {
  const queue = nameIn(mapping.EventSourceArn);
  const partial = mapping.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false;
  const atOnce = Math.min(mapping.ScalingConfig?.MaximumConcurrency ?? 1_000, runner.capacity(mapping.FunctionName));
  const stop = new AbortController();
  const pollers = Array.from({ length: atOnce }, poll);

  async function poll(): Promise<void> {
    while (!stop.signal.aborted) {
      const messages = await sqs.receive(queue, { max: mapping.BatchSize, waitMs: 20_000, signal: stop.signal });
      if (messages.length > 0) await handle(messages);
    }
  }

  async function handle(messages: SqsMessage[]): Promise<void> {
    const Records = messages.map((message) => ({
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: message.attributes,
      messageAttributes: {},
      md5OfBody: message.md5OfBody,
      eventSource: "aws:sqs",
      eventSourceARN: mapping.EventSourceArn,
      awsRegion: region,
    }));
    const failed = await runner.invoke(mapping.FunctionName, { Records }).then(
      (result) => (partial ? failedIds(result) : new Set<string>()),
      (error: Error) => {
        say(`${error.message} Its ${messages.length} message(s) come again: ${messages.map((message) => message.messageId).join(", ")}`);
        return undefined;
      },
    );
    if (!failed) return;
    for (const message of messages) if (!failed.has(message.messageId)) sqs.remove(queue, message.receiptHandle);
  }

  return {
    async close() {
      stop.abort();
      await Promise.allSettled(pollers);
    },
  };
}

/** `{batchItemFailures: [{itemIdentifier}]}`; an answer of another shape fails the whole batch, as in AWS. */
function failedIds(result: unknown): Set<string> | undefined {
  if (result === null || result === undefined) return new Set();
  const list = (result as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(list)) return undefined;
  const ids = list.map((entry: { itemIdentifier?: unknown } | null) => entry?.itemIdentifier);
  return ids.every((id): id is string => typeof id === "string" && id !== "") ? new Set(ids) : undefined;
}
