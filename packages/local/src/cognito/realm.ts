import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";
import type { Keys } from "./keys.ts";
import type { Turns } from "./turns.ts";

/** A mail that carries a code to its owner. It is sent after the code is stored, never inside a transaction. */
export type CodeMail = { to: string; subject: string; text: string; code?: string };

/** What every action works with. */
export type Realm = {
  database: DatabaseSync;
  clock: Clock;
  /** Tokens' `iss` is `${issuerBase}/${poolId}`. */
  issuerBase: string;
  mail: (message: CodeMail) => void | Promise<void>;
  keys: Keys;
  turns: Turns;
};

/**
 * The name under which codes, mails and wrong passwords are counted. It exists for strangers too: a count that only
 * real users had would tell who is one.
 */
export type Login = { poolId: string; emailKey: string };
