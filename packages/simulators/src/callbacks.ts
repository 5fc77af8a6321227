import type { House } from "./contract.ts";
import type { Fault } from "./faults.ts";

/** A callback that was sent, or was not. */
export type Delivery = {
  /** The same on every attempt. */
  readonly id: string;
  readonly url: string;
  /** The id of the work that it tells of. */
  readonly subject: string;
  readonly event: string;
  readonly body: string;
  /** The receiver's status at each attempt, or what went wrong. */
  readonly attempts: (number | string)[];
  fault?: Fault;
};

export type Callback = Pick<Delivery, "id" | "url" | "subject" | "event" | "body"> & {
  /** Whether no further callback of this subject follows. */
  last: boolean;
};

type Manner = {
  /** How long it waits before each further attempt. A receiver that answers 2xx ends them. */
  retryMs: readonly number[];
  /** The headers of one attempt. `forged` asks for those of somebody who does not know the secret. */
  headers(callback: Callback, timestampS: number, forged: boolean): Record<string, string>;
};

const deliveriesMax = 10_000;
const attemptMs = 10_000;
const oldS = 600;

/** Sends callbacks, those of one subject in their order, and does the `webhook…` faults that were ordered. Only to loopback. */
export function callbacks(house: Pick<House, "now" | "sleep" | "closing" | "orders">, { retryMs, headers }: Manner) {
  const deliveries: Delivery[] = [];
  const tails = new Map<string, Promise<void>>();
  const heldBack = new Map<string, (() => void)[]>();

  async function attempt(delivery: Delivery, sent: Record<string, string>): Promise<boolean> {
    if (!isLoopback(delivery.url)) {
      delivery.attempts.push("not sent: a simulator calls back to loopback alone");
      return true;
    }
    try {
      const response = await fetch(delivery.url, {
        method: "POST",
        headers: { "content-type": "application/json", ...sent },
        body: delivery.body,
        redirect: "manual",
        signal: AbortSignal.any([house.closing, AbortSignal.timeout(attemptMs)]),
      });
      await response.body?.cancel();
      delivery.attempts.push(response.status);
      return response.ok;
    } catch (error) {
      delivery.attempts.push((error as Error).name);
      return false;
    }
  }

  async function retry(delivery: Delivery, callback: Callback): Promise<void> {
    for (const ms of retryMs) {
      await house.sleep(ms);
      if (house.closing.aborted || (await attempt(delivery, headersNow(callback)))) return;
    }
  }

  const timestampS = () => Math.floor(house.now() / 1000);
  const headersNow = (callback: Callback) => headers(callback, timestampS(), false);

  async function deliver(callback: Callback, delivery: Delivery): Promise<void> {
    const fault = delivery.fault;
    if (fault === "webhookLost") return;
    const past = fault === "webhookOld" ? oldS : 0;
    const sent = headers(callback, timestampS() - past, fault === "webhookForged");
    const arrived = await attempt(delivery, sent);
    if (fault === "webhookReplay") await attempt(delivery, sent);
    // What an ill-doer sends is sent once.
    if (!arrived && fault !== "webhookForged" && fault !== "webhookOld") void retry(delivery, callback);
  }

  function enqueue(subject: string, task: () => Promise<void>): void {
    const tail = (tails.get(subject) ?? Promise.resolve()).then(task);
    tails.set(subject, tail);
    // A subject of which nothing waits any more is forgotten.
    void tail.then(() => {
      if (tails.get(subject) === tail) tails.delete(subject);
    });
  }

  return {
    send(callback: Callback): void {
      const { last, ...fields } = callback;
      const delivery: Delivery = { ...fields, attempts: [] };
      deliveries.push(delivery);
      if (deliveries.length > deliveriesMax) deliveries.shift();
      const drawn = house.orders.draw(["webhook"], (words) => `${callback.url}\n${callback.body}`.includes(words));
      // The last of all has none to be held back for.
      if (drawn?.fault === "webhookReordered" && last) drawn.giveBack();
      else if (drawn) {
        drawn.done();
        delivery.fault = drawn.fault;
      }
      const { subject } = callback;
      const task = () => deliver(callback, delivery);
      if (delivery.fault === "webhookReordered") {
        heldBack.set(subject, [...(heldBack.get(subject) ?? []), () => enqueue(subject, task)]);
        return;
      }
      enqueue(subject, task);
      if (!last) return;
      for (const release of heldBack.get(subject) ?? []) release();
      heldBack.delete(subject);
    },
    /** In the order in which they came up; of more than 10,000 the oldest are forgotten. */
    deliveries: (): Delivery[] => deliveries.map((delivery) => ({ ...delivery, attempts: [...delivery.attempts] })),
    /** Sends one again: same id and body, a timestamp and signature of now. */
    async resend(id: string): Promise<void> {
      const delivery = deliveries.find((known) => known.id === id);
      if (!delivery) throw new RangeError(`no delivery ${id}`);
      await attempt(delivery, headersNow({ ...delivery, last: true }));
    },
  };
}

export type Callbacks = ReturnType<typeof callbacks>;

function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
