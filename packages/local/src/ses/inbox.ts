import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../clock.ts";

/** A mail as it was handed over. `from`, `replyTo` and the recipients may carry display names; `at` is epoch milliseconds of the product's clock. */
export type Mail = {
  id: string;
  to: string[];
  cc?: string[];
  bcc?: string[];
  replyTo?: string[];
  from: string;
  subject: string;
  text: string;
  html?: string;
  /** The one-time code in it, if the sender told so. */
  code?: string;
  at: number;
};

export type Inbox = {
  /** Keeps the mail; when this returns it outlives the process. */
  keep(mail: Omit<Mail, "id" | "at">): Mail;
  /** Newest first. */
  list(): Mail[];
};

/** Mails are files, one each, named by time and written whole or not at all: a person may read them, and throw them away. */
export function openInbox(folder: string, clock: Clock): Inbox {
  mkdirSync(folder, { recursive: true });
  const names = () => readdirSync(folder).filter((name) => name.endsWith(".json"));
  for (const name of readdirSync(folder)) if (name.endsWith(".part")) rmSync(join(folder, name));

  // Counts on over restarts, so that mails of one moment, or of a clock turned back, keep their order.
  let last = Math.max(0, ...names().map((name) => Number.parseInt(name, 10) || 0));
  const read = new Map<string, Mail>();

  return {
    keep(message) {
      const mail: Mail = { id: randomUUID(), ...message, at: clock.now() };
      last += 1;
      const name = `${String(last).padStart(9, "0")}-${mail.id}.json`;
      writeFileSync(join(folder, `${name}.part`), `${JSON.stringify(mail, null, 2)}\n`);
      renameSync(join(folder, `${name}.part`), join(folder, name));
      read.set(name, mail);
      return mail;
    },
    list: () =>
      names()
        .sort()
        .reverse()
        .map((name) => {
          const mail = read.get(name) ?? (JSON.parse(readFileSync(join(folder, name), "utf8")) as Mail);
          read.set(name, mail);
          return mail;
        }),
  };
}
