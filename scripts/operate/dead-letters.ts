/** A queue of dead letters. `name` is the word that people use, `queue` what it is called where it is. */
export type DeadQueue = { name: string; queue: string; count: number; oldestMs?: number };

/** The dead letters of one place. */
export type DeadLetters = {
  list(): Promise<DeadQueue[]>;
  /** Sends all of them again, and says what became of it. */
  redrive(dead: DeadQueue): Promise<string>;
};

/** `dev-atelier-main-PublishPostQueueDead1A2B3C4D-x7Yz` or `PublishPostQueueDead1A2B3C4D` → `PublishPost`. `prefix` is `dev-atelier-main-`, or empty. */
export const wordFor = (queue: string, prefix: string): string =>
  queue
    .replace(prefix, "")
    .replace(/-\w+$/, "")
    .replace(/[0-9A-F]{8}$/, "")
    .replace(/(Queue)?Dead$/, "");
