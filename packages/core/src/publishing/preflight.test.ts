import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import type { Image } from "../library/index.ts";
import type { Channel } from "./channel.ts";
import { type Finding, preflight } from "./preflight.ts";

const image = (id: string, state: Image["state"]): Image => ({
  id,
  workspaceId: "wks_1",
  state,
  source: "upload",
  tags: [],
  stars: 0,
  createdBy: "ada",
  correlationId: "req_1",
  createdAt: "",
  updatedAt: "",
  version: 1,
});
const channel = (id: string, state: Channel["state"]): Channel => ({
  ...{ id, workspaceId: "wks_1", network: "feed", name: id, description: "", slug: id, state },
  ...{ createdBy: "ada", createdAt: "", updatedAt: "", version: 1 },
});
const images = new Map([image("img_1", "approved"), image("img_2", "approved"), image("img_3", "in_review")].map((one) => [one.id, one]));
const channels = new Map([channel("chn_1", "active"), channel("chn_2", "active"), channel("chn_3", "removed")].map((one) => [one.id, one]));

const wanted = record({
  channelIds: array(constantFrom("chn_1", "chn_2", "chn_3", "chn_4"), { minLength: 1, maxLength: 4 }),
  imageIds: array(constantFrom("img_1", "img_2", "img_3", "img_4"), { minLength: 1, maxLength: 5 }),
  caption: integer({ min: 0, max: 2_100 }).map((length) => "👩‍🎨".repeat(length)),
  overrides: constantFrom<Record<string, { caption?: string }>>(
    {},
    { chn_1: { caption: "x".repeat(2_001) } },
    { chn_2: { caption: "short" } },
  ),
});

test("the fix of a finding mends it, wherever there is one", () => {
  const same = (a: Finding, b: Finding) => a.channelId === b.channelId && a.rule === b.rule && a.detail === b.detail;
  assert(
    property(wanted, (post) => {
      const draft = { ...post, altTexts: {} };
      for (const finding of preflight(draft, images, channels)) {
        if (!finding.fix) continue;
        expect(preflight({ ...draft, ...finding.fix }, images, channels).filter((left) => same(left, finding))).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});

test("mending one finding after the other leads to a post without errors, or to one that nothing can mend", () => {
  assert(
    property(wanted, (post) => {
      let draft = { ...post, altTexts: {} };
      const errors = () => preflight(draft, images, channels).filter(({ severity }) => severity === "error");
      for (let step = 0; step < 20; step += 1) {
        const fix = errors().find((finding) => finding.fix)?.fix;
        if (!fix) break;
        draft = { ...draft, ...fix };
      }
      for (const left of errors()) expect(left.fix).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});
