import { seeded } from "./random.ts";

/**
 * What a provider can be ordered to do wrong. A provider's `faults` lists those that make sense for it.
 *
 * Before anything is taken:
 * - `throttle`: 429, with Retry-After where the provider sends one; `throttleWithoutRetryAfter`: 429 without it
 * - `serverError` 500, `unavailable` 503, `badKey` and `outOfCredit`: as the provider says it
 * - `garbage`: 200 with a page of HTML, as from a proxy in between
 * - `resetBefore`: the socket is destroyed; `hangBefore`: never answered
 *
 * After the work was taken, and is billed:
 * - `resetAfter`: the socket is destroyed; `hang`: never answered
 *
 * In what the work brings:
 * - `refuse`: the provider's most usual refusal of content; `refuseOtherwise`: its other way, where it has two
 * - `fail`: an asynchronous piece of work ends failed; `stuck`: it never ends
 * - `brokenJson`: a text model that was asked for JSON stops in the middle of it
 *
 * In the answer that carries the result:
 * - `truncatedImage`: half of the file's bytes; `wrongType`: says image/png (or what was asked) and is an SVG
 * - `slowDrip`: the body in tiny pieces, slowly; `endlessBody`: the body goes on until the other side closes; `cutShort`: the socket is
 *   destroyed in the middle of the body
 *
 * In callbacks, one fault for each delivery:
 * - `webhookReplay`: sent twice, the same; `webhookOld`: its timestamp is ten minutes past, rightly signed; `webhookForged`: signed
 *   with another secret; `webhookReordered`: held back until the last one of its work was sent; `webhookLost`: never sent
 */
export type Fault = (typeof allFaults)[number];

const before = [
  "throttle",
  "throttleWithoutRetryAfter",
  "serverError",
  "unavailable",
  "badKey",
  "outOfCredit",
  "garbage",
  "resetBefore",
  "hangBefore",
] as const;
const after = ["resetAfter", "hang"] as const;
const work = ["refuse", "refuseOtherwise", "fail", "stuck", "brokenJson"] as const;
const body = ["truncatedImage", "wrongType", "slowDrip", "endlessBody", "cutShort"] as const;
const webhook = ["webhookReplay", "webhookOld", "webhookForged", "webhookReordered", "webhookLost"] as const;

const allFaults = [...before, ...after, ...work, ...body, ...webhook] as const;

/** What any provider over HTTP can do wrong, its money and its content aside. */
export const transportFaults = [
  "throttle",
  "throttleWithoutRetryAfter",
  "serverError",
  "unavailable",
  "badKey",
  "garbage",
  "resetBefore",
  "hangBefore",
  "resetAfter",
  "hang",
  "slowDrip",
  "endlessBody",
  "cutShort",
] as const satisfies readonly Fault[];

export const pictureFaults = ["truncatedImage", "wrongType"] as const satisfies readonly Fault[];

/**
 * Where a request stands: `work` asks for something that is paid, `result` carries what came of it, `read` is any other,
 * `webhook` is a delivery of the provider's own. A synchronous request is both `work` and `result`.
 */
export type Place = "work" | "result" | "read" | "webhook";

export type Order = {
  /** How often at most. By default once, or without end where a `chance` is given. */
  times?: number;
  /** The chance at each request that could have it, 0–1. By default 1. */
  chance?: number;
  /** The same seed goes the same way. By default 0. */
  seed?: number;
  /** Another place than the fault's own, for those that strike before the work or in the answer: such as a 500 while polling. */
  at?: Exclude<Place, "webhook">;
  /** Only requests whose body or path holds these words, so that tests at the same time do not take each other's faults. */
  match?: string;
  /** What a `throttle` says to wait, whole seconds. By default 2. */
  retryAfterS?: number;
};

type Standing = {
  fault: Fault;
  place: Place;
  left: number;
  chance: number;
  random: () => number;
  match: string | undefined;
  retryAfterS: number;
};

/** A fault that was drawn for one request; `done` counts it, `giveBack` leaves it for the next one. */
export type Drawn = { fault: Fault; retryAfterS: number; done(): void; giveBack(): void };

const includes = (list: readonly Fault[], fault: Fault) => list.includes(fault);

function placeOf(fault: Fault): Place {
  if (includes(webhook, fault)) return "webhook";
  return includes(body, fault) ? "result" : "work";
}

/** The faults that were ordered of one provider. */
export function orderBook(known: readonly Fault[]) {
  let standing: Standing[] = [];
  const counts: Partial<Record<Fault, number>> = {};

  return {
    /** @throws RangeError where this provider has no such fault, or a number is none. */
    order(fault: Fault, { times, chance = 1, seed = 0, at, match, retryAfterS = 2 }: Order = {}): void {
      if (!known.includes(fault)) throw new RangeError(`${fault} is none of this provider's faults: ${known.join(", ")}`);
      const left = times ?? (chance < 1 ? Number.POSITIVE_INFINITY : 1);
      if (!(left >= 1 && chance >= 0 && chance <= 1)) throw new RangeError("times is 1 or more, chance is 0–1");
      const movable = includes(before, fault) || includes(after, fault) || isOfTransfer(fault);
      if (at !== undefined && !movable) throw new RangeError(`${fault} happens where it happens: it has no \`at\``);
      standing.push({ fault, place: at ?? placeOf(fault), left, chance, random: seeded(seed), match, retryAfterS });
    },
    /** The first order that fits the request and whose chance is drawn. `holds` tells whether the request holds the words. */
    draw(places: readonly Place[], holds: (words: string) => boolean): Drawn | undefined {
      for (const order of standing) {
        if (order.left < 1 || !places.includes(order.place)) continue;
        if (order.match !== undefined && !holds(order.match)) continue;
        if (order.chance < 1 && order.random() >= order.chance) continue;
        order.left -= 1;
        return {
          fault: order.fault,
          retryAfterS: order.retryAfterS,
          done: () => {
            counts[order.fault] = (counts[order.fault] ?? 0) + 1;
          },
          giveBack: () => {
            order.left += 1;
          },
        };
      }
      return undefined;
    },
    /** From now on all goes well. Counts stay. */
    behave(): void {
      standing = [];
    },
    /** How often each fault was done; those never done are 0. */
    counts: (): Partial<Record<Fault, number>> => ({ ...Object.fromEntries(known.map((fault) => [fault, 0])), ...counts }),
  };
}

export type OrderBook = ReturnType<typeof orderBook>;

/** Whether a fault strikes before the provider has read what is asked. */
export const strikesBefore = (fault: Fault): fault is (typeof before)[number] => includes(before, fault);
/** Whether a fault keeps the answer from who asked, once the work was taken. */
export const strikesAfter = (fault: Fault): fault is (typeof after)[number] => includes(after, fault);
/** Whether a fault is in how the body is sent, whatever is in it. */
export const isOfTransfer = (fault: Fault): boolean => fault === "slowDrip" || fault === "endlessBody" || fault === "cutShort";
/** Whether a word names a fault at all. */
export const isFault = (word: unknown): word is Fault => allFaults.some((fault) => fault === word);
