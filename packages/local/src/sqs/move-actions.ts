import type { JsonAction } from "../wire/aws-json.ts";
import { invalidParameter, sqsError } from "./errors.ts";
import { isObject, optionalText, optionalWhole, text } from "./input.ts";
import type { Moves } from "./moves.ts";
import type { Queues } from "./queues.ts";
import type { MoveRow } from "./store.ts";

/** The calls that send dead letters back. */
export function moveActions(queues: Queues, moves: Moves): Record<string, JsonAction> {
  function nameOf(arn: string): string {
    const name = arn.slice(arn.lastIndexOf(":") + 1);
    if (queues.arnOf(name) !== arn || !queues.has(name))
      throw sqsError("ResourceNotFoundException", `The resource ${arn} does not exist.`, 404);
    return name;
  }

  const handleOf = (id: string, source: string): string =>
    Buffer.from(JSON.stringify({ taskId: id, sourceArn: queues.arnOf(source) })).toString("base64");

  const entryOf = (task: MoveRow) => ({
    ...(task.status === "RUNNING" && { TaskHandle: handleOf(task.id, task.source) }),
    Status: task.status,
    SourceArn: queues.arnOf(task.source),
    ...(task.destination !== null && { DestinationArn: queues.arnOf(task.destination) }),
    ...(task.per_second !== null && { MaxNumberOfMessagesPerSecond: task.per_second }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.to_move,
    ...(task.failure !== null && { FailureReason: task.failure }),
    StartedTimestamp: task.started_at,
  });

  return {
    StartMessageMoveTask: (input) => {
      const source = nameOf(text(input, "SourceArn"));
      const destination = optionalText(input, "DestinationArn");
      const perSecond = optionalWhole(input, "MaxNumberOfMessagesPerSecond", 1, 500);
      if (queues.sourcesOf(source).length === 0) throw invalidParameter("Source queue must be configured as a Dead Letter Queue.");
      const id = moves.start(source, destination === undefined ? undefined : nameOf(destination), perSecond);
      return { TaskHandle: handleOf(id, source) };
    },
    ListMessageMoveTasks: (input) => {
      const source = nameOf(text(input, "SourceArn"));
      return { Results: moves.of(source, optionalWhole(input, "MaxResults", 1, 10) ?? 1).map(entryOf) };
    },
    CancelMessageMoveTask: (input) => ({ ApproximateNumberOfMessagesMoved: moves.cancel(readHandle(text(input, "TaskHandle"))) }),
  };
}

function readHandle(handle: string): string {
  try {
    const read: unknown = JSON.parse(Buffer.from(handle, "base64").toString());
    if (isObject(read) && typeof read.taskId === "string") return read.taskId;
  } catch {
    // Falls through to the one error for both.
  }
  throw invalidParameter("Value for parameter TaskHandle is invalid.");
}
