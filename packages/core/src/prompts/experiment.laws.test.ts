import { assert, integer, property, string, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { assign, evidence, evidenceNeeded, type Sample, verdictOf, wilson } from "./experiment.ts";

/** Chance that is the same in each run: xorshift32, 0 to 1. */
function chance(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

type Run = { winner: number | undefined; reviews: number };

/** Reviewers who like each arm at its rate, and an experiment that looks after every single review of them, which is as often as one can. */
function simulate(
  rates: readonly number[],
  seed: number,
  { mostReviews, weights = rates.map(() => 1) }: { mostReviews: number; weights?: number[] },
): Run {
  const next = chance(seed);
  for (let warmUp = 0; warmUp < 20; warmUp += 1) next();
  const arms = rates.map((_, place) => ({ version: place + 1, weight: weights[place] ?? 1 }));
  const experiment = { arms, minimumSample: 30, confidencePercent: 95 };
  const shares = arms.flatMap(({ weight }, place) => Array<number>(weight).fill(place));
  const samples: Sample[] = rates.map(() => ({ approved: 0, rejected: 0 }));
  for (let review = 1; review <= mostReviews; review += 1) {
    const place = shares[Math.floor(next() * shares.length)] ?? 0;
    const sample = samples[place];
    const liked = next() < (rates[place] ?? 0);
    if (sample) samples[place] = liked ? { ...sample, approved: sample.approved + 1 } : { ...sample, rejected: sample.rejected + 1 };
    const { winner } = verdictOf(experiment, samples);
    if (winner !== undefined) return { winner, reviews: review };
  }
  return { winner: undefined, reviews: mostReviews };
}

const runs = 200;
const winners = (rates: readonly number[], options: Parameters<typeof simulate>[2]) =>
  Array.from({ length: runs }, (_, seed) => simulate(rates, seed, options));
const share = (all: readonly Run[], is: (run: Run) => boolean): number => all.filter(is).length / all.length;

describe("an experiment that is looked at after every review", () => {
  test("finds the better of two arms, 0.5 against 0.7, in at least 95 of 100 runs, and mostly before 600 reviews", () => {
    const all = winners([0.5, 0.7], { mostReviews: 1_500 });
    expect(share(all, ({ winner }) => winner === 2)).toBeGreaterThanOrEqual(0.95);
    expect(all.map(({ reviews }) => reviews).sort((a, b) => a - b)[runs / 2]).toBeLessThan(600);
  });

  test("names a winner among equals in at most 5 of 100 runs, whatever they are liked", () => {
    for (const rate of [0.5, 0.9])
      expect([rate, share(winners([rate, rate], { mostReviews: 800 }), ({ winner }) => winner !== undefined) <= 0.05]).toEqual([
        rate,
        true,
      ]);
  });

  test("keeps that promise for three equal arms, and for shares as uneven as 9 to 1", () => {
    expect(share(winners([0.6, 0.6, 0.6], { mostReviews: 500 }), ({ winner }) => winner !== undefined)).toBeLessThanOrEqual(0.05);
    expect(share(winners([0.6, 0.6], { mostReviews: 600, weights: [9, 1] }), ({ winner }) => winner !== undefined)).toBeLessThanOrEqual(
      0.05,
    );
  });

  test("decides nothing before each arm has its sample, however clear it looks", () => {
    const experiment = {
      arms: [
        { version: 1, weight: 1 },
        { version: 2, weight: 1 },
      ],
      confidencePercent: 95,
      minimumSample: 30,
    };
    const clear = (n: number) =>
      verdictOf(experiment, [
        { approved: n, rejected: 0 },
        { approved: 0, rejected: 1_000 },
      ]);
    expect(clear(29)).toMatchObject({ leader: 1 });
    expect(clear(29).winner).toBeUndefined();
    expect(clear(30).winner).toBe(1);
  });
});

describe("evidence", () => {
  const sample = tuple(integer({ min: 0, max: 400 }), integer({ min: 0, max: 400 })).map(([approved, rejected]) => ({
    approved,
    rejected,
  }));

  test("is only ever for the arm that is ahead", () => {
    assert(property(sample, sample, (a, b) => !(Number.isFinite(evidence(a, b)) && Number.isFinite(evidence(b, a)))));
  });

  test("has the mean 1 at most over all that two equal arms can come to, which is what bounds a false alarm", () => {
    // All ways in which n reviews of each arm can end, by their probability. The mean of an e-value is at most 1 at every time, and at every rate.
    for (const n of [1, 5, 20])
      for (const rate of [0.1, 0.5, 0.8]) {
        let mean = 0;
        for (let a = 0; a <= n; a += 1)
          for (let b = 0; b <= n; b += 1) {
            const [mine, other] = [
              { approved: a, rejected: n - a },
              { approved: b, rejected: n - b },
            ];
            const e = Math.max(evidence(mine, other), evidence(other, mine));
            mean += binomial(n, a, rate) * binomial(n, b, rate) * Math.exp(e);
          }
        expect([n, rate, mean <= 1]).toEqual([n, rate, true]);
      }
  });

  test("needed is ln 20 of two arms at 95 %, and more the more rivals there are", () => {
    const of = (count: number) => evidenceNeeded({ arms: Array(count).fill({ version: 1, weight: 1 }), confidencePercent: 95 });
    expect(of(2)).toBeCloseTo(Math.log(20));
    expect(of(5)).toBeCloseTo(Math.log(80));
  });
});

function binomial(n: number, k: number, p: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i += 1) ways *= (n - k + i) / i;
  return ways * p ** k * (1 - p) ** (n - k);
}

test("a subject has the same arm for ever, and the arms their shares", () => {
  const arms = [
    { version: 1, weight: 1 },
    { version: 4, weight: 3 },
  ];
  assert(
    property(string(), string(), (id, subject) => {
      const again = assign({ id, arms: [...arms] }, subject);
      return assign({ id, arms }, subject) === again;
    }),
  );
  const fourth = Array.from({ length: 4_000 }, (_, i) => assign({ id: "exp_a", arms }, `req_${i}`)).filter(({ version }) => version === 4);
  expect(fourth.length / 4_000).toBeCloseTo(0.75, 1);
  const differs = Array.from({ length: 100 }, (_, i) => assign({ id: "exp_a", arms }, `${i}`) !== assign({ id: "exp_b", arms }, `${i}`));
  expect(differs).toContain(true);
});

test("Wilson's interval is that of the tables, and never leaves 0 to 1", () => {
  // 8 of 10 at 95 %: Newcombe, Statistics in Medicine 17 (1998), method 3.
  const { low, high } = wilson({ approved: 8, rejected: 2 }, 95);
  expect([low, high].map((bound) => Math.round(bound * 1_000) / 1_000)).toEqual([0.49, 0.943]);
  expect(wilson({ approved: 0, rejected: 0 }, 95)).toEqual({ low: 0, high: 1 });
  assert(
    property(integer({ min: 0, max: 50 }), integer({ min: 1, max: 50 }), integer({ min: 80, max: 99 }), (approved, rejected, percent) => {
      const { low, high } = wilson({ approved, rejected }, percent);
      const rate = approved / (approved + rejected);
      return low >= 0 && high <= 1 && low <= rate + 1e-9 && rate <= high + 1e-9;
    }),
  );
});
