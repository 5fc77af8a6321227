import { FunctionError, type Runner } from "../functions/runner.ts";
import type { Book, Strike } from "./book.ts";
import { holdUntil, makeSiding } from "./hold.ts";

export type DeliveryOptions = { book: Book; kill(pid: number): void };

/** A runner whose invocations meet what the rules for `lambda` say. Whatever invokes a function sees it as it would see Lambda failing. */
export function unreliable(runner: Runner, { book, kill }: DeliveryOptions): Runner {
  const siding = makeSiding();
  const lost = (name: string) => new FunctionError(`${name}: the invocation was lost, as a fault rule says.`);

  async function invoke(name: string, event: unknown): Promise<unknown> {
    const strike = book.strike({ service: "lambda", call: name, text: () => JSON.stringify(event), can: () => true });
    if (strike) return suffer(strike, name, event);
    try {
      return await runner.invoke(name, event);
    } finally {
      siding.through(name);
    }
  }

  async function suffer({ rule, random, released }: Strike, name: string, event: unknown): Promise<unknown> {
    switch (rule.fault) {
      case "delay":
      case "hang":
        await holdUntil(rule.fault === "delay" ? rule.ms : undefined, released);
        return runner.invoke(name, event);
      case "reorder":
        await siding.wait(name, rule.ms, released);
        return runner.invoke(name, shuffled(event, random));
      case "duplicate": {
        const all = Array.from({ length: rule.copies }, () => runner.invoke(name, event));
        await Promise.allSettled(all);
        return all[0];
      }
      case "dropBefore":
        throw lost(name);
      case "dropAfter":
        await runner.invoke(name, event);
        throw lost(name);
      case "killAfter":
        return killed(rule.ms ?? 0, name, event);
      default:
        return runner.invoke(name, event);
    }
  }

  async function killed(afterMs: number, name: string, event: unknown): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await runner.invoke(name, event, (pid) => {
        timer = setTimeout(() => kill(pid), afterMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return { ...runner, invoke };
}

/** A queue's batch in another order. A stream's is left alone: there order is promised. */
function shuffled(event: unknown, random: () => number): unknown {
  const { Records } = (event ?? {}) as { Records?: { eventSource?: string }[] };
  if (!Array.isArray(Records) || Records.some((record) => record.eventSource !== "aws:sqs")) return event;
  const order = Records.map((record) => ({ record, at: random() })).sort((a, b) => a.at - b.at);
  return { ...(event as object), Records: order.map(({ record }) => record) };
}
