import { afterEach, describe, expect, test } from "vitest";
import { expectWhole, liveThrough, workers } from "../harness/chain.ts";
import { faults, type Order } from "../harness/faults.ts";
import { ownAtelier } from "../harness/own.ts";
import { signUp } from "../harness/person.ts";
import { asMany, seeds, tell } from "../harness/seeds.ts";

const { url } = await ownAtelier();
const trouble = faults({ url });
afterEach(() => trouble.clear());

const everyWorker = (order: Omit<Order, "service">): Order[] => workers.map((call) => ({ service: "lambda", call, ...order }));

/** The services that each worker calls. */
const called: Record<string, string[]> = {
  RenderImage: ["dynamodb", "s3", "sqs"],
  ProcessImage: ["s3", "dynamodb"],
  SettleGeneration: ["dynamodb"],
  PublishPost: ["sqs", "dynamodb", "s3"],
  FollowPosts: ["dynamodb"],
  DispatchDue: ["dynamodb", "sqs"],
  RelayEvents: ["eventbridge"],
};

/** What is ordered for a seed; a whole day of a person's work has to come out as if nothing had been. */
const weathers: Record<string, (seed: number) => Order[]> = {
  "every delivery comes 2 to 10 times at once": (seed) => everyWorker({ fault: "duplicate", copies: 2 + (seed % 9) }),

  "deliveries are late, shuffled and lost, before and after they took effect": (seed) => [
    ...everyWorker({ fault: "reorder", chance: 0.3, ms: 300, seed }),
    ...everyWorker({ fault: "delay", chance: 0.2, ms: 200, seed: seed + 100 }),
    ...everyWorker({ fault: "dropAfter", chance: 0.2, times: 3, seed: seed + 200 }),
    ...everyWorker({ fault: "dropBefore", chance: 0.2, times: 3, seed: seed + 300 }),
  ],

  "events and messages are taken and called lost": (seed) => [
    { service: "eventbridge", call: "PutEvents", fault: "partial", chance: 0.5, seed },
    { service: "eventbridge", call: "PutEvents", fault: "throttle", chance: 0.2, seed: seed + 1 },
    { service: "eventbridge", call: "PutEvents", fault: "dropAfter", chance: 0.2, seed: seed + 2 },
    { service: "sqs", call: "*", fault: "dropAfter", chance: 0.3, seed: seed + 3 },
    { service: "sqs", call: "SendMessageBatch", fault: "partial", chance: 0.5, seed: seed + 4 },
    { service: "sqs", call: "*", fault: "throttle", chance: 0.2, seed: seed + 5 },
  ],

  "the database throttles, conflicts and breaks off, 10 to 50 % of all calls": (seed) => {
    const chance = (0.1 + (0.4 * ((seed * 7) % 20)) / 19) / 3;
    return (["throttle", "conflict", "dropAfter"] as const).map((fault, index) => ({
      service: "dynamodb",
      call: "*",
      fault,
      chance,
      seed: seed + index,
    }));
  },

  "the storage answers 503, tears what is written and what is read": (seed) =>
    (["throttle", "tornRequest", "tornAnswer", "dropAfter", "error"] as const).map((fault, index) => ({
      service: "s3",
      call: "*",
      fault,
      chance: 0.08,
      seed: seed + index,
    })),

  "every worker is killed, before one of its calls and after one": (seed) =>
    Object.entries(called).flatMap(([worker, services], index) =>
      (["killBefore", "killAfter"] as const).map((fault, at) => ({
        service: services[(seed + at) % services.length] ?? "",
        call: "*",
        function: worker,
        fault,
        skip: (seed * 3 + index + at * 2) % 5,
        times: 1,
      })),
    ),
};

const size = { generations: asMany(1, 2), posts: asMany(2, 3) };

describe.each(seeds)("seed %i", (seed) => {
  test.each(Object.entries(weathers))("all is done once where %s", async (what, orders) => {
    const ada = await signUp(url);
    for (const order of orders(seed)) await trouble.add(order);
    const lived = await liveThrough(url, ada, size);
    const counts = await trouble.counts();
    await trouble.clear();
    tell(what, seed, counts);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(2);
    await expectWhole(ada, lived);
  });
});
