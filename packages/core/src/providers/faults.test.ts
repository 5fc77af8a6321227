import { type Fault, providers as simulators } from "@atelier/simulators";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { FailureClass } from "./contract.ts";
import { drawn, type Ending, pictureOf, type RigName, rigged, rigNames, tried } from "./rigs.fixture.ts";

/** What becomes of a picture: a failure's class, and at which call it is met if not at the submission; or that nothing happened to it. */
type Outcome = FailureClass | `${"poll" | "file"}: ${FailureClass}` | "still running" | "drawn";

const unknown = "unknown-outcome";

/** What holds for whoever sends the picture with the answer to the paid request, unless the provider has something of its own. */
const usual: Partial<Record<Fault, Outcome>> = {
  throttle: "retry",
  throttleWithoutRetryAfter: "retry",
  serverError: unknown,
  unavailable: "fall-back",
  badKey: "reauthorise",
  outOfCredit: "out-of-credit",
  garbage: unknown,
  resetBefore: unknown,
  hangBefore: unknown,
  resetAfter: unknown,
  hang: unknown,
  slowDrip: unknown,
  endlessBody: unknown,
  cutShort: unknown,
  truncatedImage: "file: fall-back",
  wrongType: "file: fall-back",
  refuse: "refused",
  refuseOtherwise: "refused",
};

/** A picture that lies at a URL can be fetched again: nothing is unknown then. */
const byUrl: Partial<Record<Fault, Outcome>> = {
  slowDrip: "file: retry",
  endlessBody: "file: fall-back",
  cutShort: "file: retry",
  truncatedImage: "file: retry",
};

/** Faults of models of text, and of work that is not asked for here. */
const notOfPictures: readonly Fault[] = ["brokenJson"];

const own: Readonly<Record<RigName, Partial<Record<Fault, Outcome>>>> = {
  replicate: { ...byUrl, refuse: "poll: refused", refuseOtherwise: "poll: refused", fail: "poll: retry", stuck: "still running" },
  stability: { serverError: "fall-back", fail: "drawn", stuck: "drawn" },
  openai: { refuseOtherwise: "drawn" },
  gemini: { serverError: "fall-back" },
  huggingface: { unavailable: "retry" },
  midjourney: { ...byUrl, refuseOtherwise: "poll: refused", fail: "poll: misfit", stuck: "still running" },
  blackbox: { ...byUrl, outOfCredit: "fall-back", refuseOtherwise: "drawn" },
  bedrock: {},
  automatic1111: { serverError: "fall-back", fail: "fall-back", stuck: unknown },
  comfyui: { ...byUrl, serverError: "fall-back", fail: "poll: fall-back", stuck: "still running" },
};

/** Faults at which the stand-in has taken work, and may have billed it. */
const taken: readonly Fault[] = [
  "resetAfter",
  "hang",
  "slowDrip",
  "endlessBody",
  "cutShort",
  "truncatedImage",
  "wrongType",
  "fail",
  "stuck",
];

function outcomeOf(ending: Ending): Outcome {
  if ("bytes" in ending) return "drawn";
  if ("state" in ending) return "still running";
  return ending.at === "submit" ? ending.failure.class : `${ending.at}: ${ending.failure.class}`;
}

const table = new Map<Fault, Partial<Record<RigName, Outcome>>>();

describe.each(rigNames)("%s", (name) => {
  test("brings a whole picture of about the size that was asked for, for one paid request and what it said at most", async () => {
    const { simulator, provider, model } = await rigged(name);
    const picture = pictureOf(model, { width: 1024, height: 1024 });
    expect(provider.missing()).toEqual([]);
    const ending = await drawn(provider, picture);
    if (!("bytes" in ending)) expect.unreachable(JSON.stringify(ending));
    const { format, width, height } = await sharp(ending.bytes).metadata();
    expect([`image/${format}`, width]).toEqual([ending.mimeType, height]);
    expect(width).toBeGreaterThanOrEqual(1000);
    const [paid, ...more] = simulator.predictions();
    expect(more).toEqual([]);
    expect(paid?.prompt).toContain(picture.prompt);
    expect(ending.costMicroUsd).toBe(paid?.costMicroUsd);
    expect(provider.estimate(picture)).toBeGreaterThanOrEqual(ending.costMicroUsd);
    if (ending.seed !== undefined) expect(ending.seed).toBe(7);
  });

  test("ends under each fault as this table says, posts once, and tells no key", async () => {
    const simulator = await simulators[name]();
    await simulator.close();
    const faults = simulator.faults.filter((fault) => !fault.startsWith("webhook") && !notOfPictures.includes(fault));
    const met: Partial<Record<Fault, Outcome>> = {};
    for (const fault of faults) {
      const { ending, paidFor, posts, key } = await tried(name, fault);
      const outcome = outcomeOf(ending);
      met[fault] = outcome;
      table.set(fault, { ...table.get(fault), [name]: outcome });
      expect(posts, fault).toBe(1);
      expect(paidFor, fault).toBeLessThanOrEqual(1);
      if (taken.includes(fault) && outcome !== "drawn") expect(paidFor, fault).toBe(1);
      const told = JSON.stringify(ending);
      for (const secret of [key, Buffer.from(key).toString("base64")]) expect(told).not.toContain(secret);
      // A caller is told when to come again.
      if ("failure" in ending && ending.failure?.class === "retry") expect(ending.failure.retryAfterMs).toBeGreaterThan(0);
    }
    expect(met).toEqual(Object.fromEntries(faults.map((fault) => [fault, own[name][fault] ?? usual[fault]])));
  }, 90_000);
});

test("the guide shows what was met", async () => {
  const rows = [...table].map(([fault, outcomes]) => `| \`${fault}\` | ${rigNames.map((name) => outcomes[name] ?? "–").join(" | ")} |`);
  const head = [`| Fault | ${rigNames.join(" | ")} |`, `|---|${rigNames.map(() => "---|").join("")}`];
  await expect(`${intro}\n${[...head, ...rows].join("\n")}\n`).toMatchFileSnapshot("../../../../docs/guides/providers.md");
});

const intro = `# What becomes of a picture when a provider fails

[Connect providers](connect-providers.md) tells how they are set up. Every provider stands behind one contract, \`packages/core/src/providers/contract.ts\`. Failures are values that say what to do next:

- **retry**: the same provider, after a while; nothing was taken.
- **fall-back**: the next provider, now.
- **misfit**: it has answered, but not with what was asked for; the next provider, and nothing is held against this one.
- **refused**: content; nobody is asked with the same words.
- **bad-request**: this model cannot do it.
- **reauthorise**: a person has to mend the key.
- **out-of-credit**: a person has to pay, or a day has to pass.
- **unknown-outcome**: the request may have reached them and no answer came that can be read. It may be billed, so it is never repeated blindly: Replicate, midjourney-proxy and ComfyUI can be asked whether they have it, of the others it is recorded.

The table is what the tests met, over real HTTP, against stand-ins that fail to order (\`packages/simulators/src/faults.ts\` tells what each fault is). In no case was more than one paid request made. “poll” and “file” are the calls at which it shows, if not at the submission; “file: retry” fetches the picture again, which costs nothing; “drawn” means that the fault is of other work than pictures; “–” that the stand-in does not have it. A 500 is a fall-back where the provider says that its errors are not billed, or the machine is one's own.

Written by \`vitest run packages/core/src/providers/faults.test.ts -u\`; the same test fails when it is behind.
`;
