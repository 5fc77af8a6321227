import { createHash } from "node:crypto";
import { type Context, type Key, Problem, problems } from "@atelier/core/kernel";
import { table } from "../clients.ts";
import type { Operation } from "./operation.ts";

const keptSeconds = 24 * 60 * 60;

type Kept = { hash: string; answer: unknown; expiresAt?: number; until: number };

/** One repeatable request: its record goes into the transaction that does the work, so there is never one without the other. */
export type Repeatable = { context: Context; replay(): Promise<{ outcome: unknown } | undefined> };

/** `header` is the key as it came: bare, or quoted as a structured field. @see contracts.md §3.4 */
export function repeatable(ctx: Context, op: Operation, header: string, path: string, body: string): Repeatable {
  const name = /^"([\x21\x23-\x5b\x5d-\x7e]{1,255})"$/.exec(header)?.[1] ?? /^([\x21\x23-\x5b\x5d-\x7e]{1,255})$/.exec(header)?.[1];
  if (name === undefined)
    throw new Problem(problems.malformed, "Idempotency-Key takes 1 to 255 printable characters without blanks, bare or in double quotes.");
  const key: Key = { pk: `workspace/${ctx.workspaceId}/idempotency`, sk: digest(`${op.id}\n${name}`) };
  const hash = digest(`${op.method} ${path}\n${body}`);
  const now = ctx.clock.now();

  return {
    context: {
      ...ctx,
      once: {
        record: (answer) => ({
          put: {
            attributes: ["until"],
            ...key,
            hash,
            answer,
            until: now + keptSeconds * 1000,
            expiresAt: Math.ceil(now / 1000) + keptSeconds,
            version: 1,
          },
          // A row past its time may still lie there.
          condition: "attribute_not_exists(pk) OR #until < :now",
          names: { "#until": "until" },
          values: { ":now": now },
        }),
      },
    },
    async replay() {
      const record = await table().get<Kept>(key);
      if (!record || record.until < now) return undefined;
      if (record.hash !== hash)
        throw new Problem(problems.idempotencyMismatch, "Use a new key for a new request, or repeat the first one exactly.");
      return { outcome: record.answer };
    },
  };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
