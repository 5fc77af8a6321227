import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { safetyOn } from "../../../../tests/harness/safety.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { newJob } from "../generation/new-job.ts";
import { type Context, newId, Problem } from "../kernel/index.ts";
import { imageStore, ReviewRequest, review, shelfFor } from "../library/index.ts";
import {
  addVersion,
  countOutcome,
  createTemplate,
  ExperimentRequest,
  fill,
  findTemplate,
  lookAtTemplate,
  PromptRequest,
  promptStore,
  reportExperiment,
  startExperiment,
  stopExperiment,
  TemplateRequest,
  VersionRequest,
} from "./index.ts";

let database: TestTable;
let deps: ReturnType<typeof makeDeps>;
const makeDeps = ({ table }: TestTable) => ({ prompts: promptStore(table), images: imageStore(table), safety: safetyOn(table) });
beforeAll(async () => {
  database = await startTable();
  deps = makeDeps(database);
});
afterAll(() => database.close());

let ctx: Context;
let requests = 0;
beforeEach(() => {
  ctx = {
    actor: { kind: "user", userId: "ada" },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_test",
    clock: { now: Date.now, sleepUntil: async () => undefined },
  };
});

const twoVersions = async () => {
  const { id } = await createTemplate(
    ctx,
    deps,
    TemplateRequest.parse({ name: "Harbour", category: "landscape", text: "a quiet harbour" }),
  );
  await addVersion(ctx, deps, id, VersionRequest.parse({ text: "a busy harbour", negativePrompt: "extra fingers" }));
  return id;
};
const experimentOn = (templateId: string, more: object = {}) =>
  startExperiment(ctx, deps, ExperimentRequest.parse({ name: "Busy?", templateId, arms: [{ version: 1 }, { version: 2 }], ...more }));

/** An image in review, made by a request from a template as `POST /generations` makes it. */
async function drawn(body: object): Promise<string> {
  requests += 1;
  const as = { ...ctx, correlationId: `req_${requests}` };
  const job = newJob(as, await fill(as, deps, PromptRequest.parse(body)));
  const [id = ""] = job.imageIds;
  await deps.images.write(shelfFor(deps).announce(as, id, job, job.seed));
  const image = await deps.images.get(ctx.workspaceId, id);
  if (!image?.making) throw new Error("It was not announced.");
  const making = { ...image.making, costMicroUsd: 40_000, renderMs: 300 };
  await deps.images.write(deps.images.replacement({ ...image, making, state: "in_review", version: 2 }));
  return id;
}
const say = (id: string, decision: string, reasons: string[] = []) => review(ctx, deps, id, ReviewRequest.parse({ decision, reasons }));
/** As an edit leaves an image. */
async function edited(id: string): Promise<void> {
  const image = await deps.images.get(ctx.workspaceId, id);
  if (!image) throw new Error("There is no such image.");
  const { review: _withdrawn, ...kept } = image;
  await deps.images.write(deps.images.replacement({ ...kept, state: "in_review", version: image.version + 1 }));
}
const versionOf = async (id: string) => (await deps.images.get(ctx.workspaceId, id))?.making?.template?.version ?? 0;
const reviewed = async (body: object, decision: string, reasons: string[] = []) => {
  const id = await drawn(body);
  await say(id, decision, reasons);
  await countOutcome(ctx, deps, id);
  return id;
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => (error instanceof Problem ? error.type.code : error),
  );

describe("what reviewers say", () => {
  test("is counted for the version that made the image, and its reasons are offered as negative prompts", async () => {
    const templateId = await twoVersions();
    await reviewed({ templateId, templateVersion: 2 }, "approved");
    for (const reasons of [["anatomy"], ["anatomy", "colour"], ["duplicate"]])
      await reviewed({ templateId, templateVersion: 2 }, "rejected", reasons);
    await reviewed({ templateId }, "rejected", ["unsafe"]);
    const { outcomes, suggestedNegatives } = await lookAtTemplate(ctx, deps, templateId);
    expect(outcomes).toEqual([
      { version: 2, approved: 1, rejected: 3, score: 0.4, reasons: { anatomy: 2, colour: 1, duplicate: 1 } },
      { version: 1, approved: 0, rejected: 1, score: 0.25, reasons: { unsafe: 1 } },
    ]);
    expect(suggestedNegatives.slice(0, 3)).toEqual(["deformed hands", "extra limbs", "distorted face"]);
    expect(suggestedNegatives).not.toContain("extra fingers");
    expect(suggestedNegatives).toContain("nudity");
  });

  test("is counted once, however often and in whatever order its news come", async () => {
    const templateId = await twoVersions();
    const id = await drawn({ templateId });
    await say(id, "approved");
    await Promise.all([1, 2, 3, 4].map(() => countOutcome(ctx, deps, id)));
    await countOutcome(ctx, deps, id);
    expect((await lookAtTemplate(ctx, deps, templateId)).outcomes).toMatchObject([{ approved: 1, rejected: 0 }]);
  });

  test("is what was said last: another review takes the place of the one before, and holding it takes it back", async () => {
    const templateId = await twoVersions();
    const id = await reviewed({ templateId }, "rejected", ["quality"]);
    const then = async (decision: string) => {
      await say(id, decision);
      await countOutcome(ctx, deps, id);
      return (await lookAtTemplate(ctx, deps, templateId)).outcomes;
    };
    expect(await then("approved")).toEqual([{ version: 1, approved: 1, rejected: 0, score: 0.667, reasons: {} }]);
    expect(await then("held")).toEqual([]);
    expect(await then("rejected")).toMatchObject([{ approved: 0, rejected: 1 }]);
  });

  test("is taken back by an edit, and what is said of the edited image counts", async () => {
    const templateId = await twoVersions();
    const id = await reviewed({ templateId }, "approved");
    const counted = async () => (await lookAtTemplate(ctx, deps, templateId)).outcomes;
    expect(await counted()).toMatchObject([{ approved: 1 }]);
    await edited(id);
    await countOutcome(ctx, deps, id);
    expect(await counted()).toEqual([]);
    await say(id, "rejected");
    await countOutcome(ctx, deps, id);
    expect(await counted()).toMatchObject([{ approved: 0, rejected: 1 }]);
  });

  test("of an image without a template, or without a review, is nothing to count", async () => {
    const plain = await drawn({ prompt: "a harbour" });
    await say(plain, "approved");
    expect(await countOutcome(ctx, deps, plain)).toBeUndefined();
    expect(await countOutcome(ctx, deps, await drawn({ templateId: await twoVersions() }))).toBeUndefined();
    expect(await countOutcome(ctx, deps, newId("img", Date.now()))).toBeUndefined();
  });
});

describe("an experiment", () => {
  test("shares the requests that name no version among its arms, until it is stopped", async () => {
    const templateId = await twoVersions();
    const { id } = await experimentOn(templateId);
    const ids = await Promise.all(Array.from({ length: 24 }, () => drawn({ templateId })));
    expect(new Set(await Promise.all(ids.map(versionOf)))).toEqual(new Set([1, 2]));
    expect(await versionOf(await drawn({ templateId, templateVersion: 2 }))).toBe(2);
    expect((await stopExperiment(ctx, deps, id)).experiment).toMatchObject({ state: "stopped" });
    const after = await stopExperiment(ctx, deps, id);
    expect(after.experiment).toMatchObject({ state: "stopped", version: 2 });
    expect(await findTemplate(ctx, deps, templateId)).not.toHaveProperty("experiment");
    const later = await Promise.all(Array.from({ length: 8 }, () => drawn({ templateId })));
    expect(new Set(await Promise.all(later.map(versionOf)))).toEqual(new Set([1]));
  });

  test("reports each arm's reviews, costs, times and reasons, of the images that it assigned alone", async () => {
    const templateId = await twoVersions();
    const { id } = await experimentOn(templateId);
    await reviewed({ templateId, templateVersion: 1 }, "approved");
    const versions: number[] = [];
    for (let i = 0; i < 6; i += 1) versions.push(await versionOf(await reviewed({ templateId }, i % 2 ? "rejected" : "approved", [])));
    const { report } = await reportExperiment(ctx, deps, id);
    for (const arm of report.arms) {
      const reviews = versions.filter((version) => version === arm.version).length;
      expect(arm.approved + arm.rejected).toBe(reviews);
      expect(arm).toMatchObject({ costMicroUsd: 40_000 * reviews, ...(reviews > 0 && { meanRenderMs: 300 }) });
    }
    expect(report).not.toHaveProperty("winner");
  });

  test.each([
    ["tell", 1],
    ["promote", 2],
  ] as const)(
    "that finds its winner ends by itself, and where it is to %s, version %i is in production then",
    async (whenDecided, production) => {
      const templateId = await twoVersions();
      const { id } = await experimentOn(templateId, { minimumSample: 3, confidencePercent: 80, whenDecided });
      for (let i = 0; i < 60; i += 1) {
        const image = await drawn({ templateId });
        await say(image, (await versionOf(image)) === 2 ? "approved" : "rejected");
        await countOutcome(ctx, deps, image);
        if ((await reportExperiment(ctx, deps, id)).experiment.state !== "running") break;
      }
      const { experiment, report } = await reportExperiment(ctx, deps, id);
      expect(experiment).toMatchObject({ state: "decided", winner: 2 });
      expect(report.evidence).toBeGreaterThanOrEqual(report.needed);
      const template = await findTemplate(ctx, deps, templateId);
      expect(template.labels.production).toBe(production);
      expect(template).not.toHaveProperty("experiment");
    },
  );

  test("is refused on a shipped template, beside another, and with arms that are not there, alike, or filled otherwise", async () => {
    const templateId = await twoVersions();
    expect(await codeOf(experimentOn(templateId, { arms: [{ version: 1 }, { version: 3 }] }))).toBe("request/invalid");
    expect(await codeOf(experimentOn(templateId, { arms: [{ version: 1 }, { version: 1 }] }))).toBe("request/invalid");
    expect(await codeOf(experimentOn(newId("tpl", Date.now())))).toBe("request/invalid");
    await addVersion(
      ctx,
      deps,
      templateId,
      VersionRequest.parse({ text: "a {kind} harbour", variables: [{ type: "text", name: "kind", default: "quiet" }] }),
    );
    expect(await codeOf(experimentOn(templateId, { arms: [{ version: 1 }, { version: 3 }] }))).toBe("request/invalid");
    const begun = await Promise.allSettled([experimentOn(templateId), experimentOn(templateId)]);
    expect(begun.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await codeOf(experimentOn(templateId))).toBe("prompts/experiment-running");
  });

  test("costs two reads and one write to begin, one read to look at", async () => {
    const templateId = await twoVersions();
    const counted = async (work: () => Promise<unknown>) => {
      database.calls.length = 0;
      await work();
      return [...database.calls];
    };
    let id = "";
    const begin = async () => {
      ({ id } = await experimentOn(templateId));
    };
    expect(await counted(begin)).toEqual(["GetItemCommand", "BatchGetItemCommand", "TransactWriteItemsCommand"]);
    expect(await counted(() => reportExperiment(ctx, deps, id))).toEqual(["BatchGetItemCommand"]);
    expect(await counted(() => deps.prompts.listExperiments(ctx.workspaceId, { limit: 5 }))).toEqual(["QueryCommand"]);
    const image = await drawn({ templateId });
    await say(image, "approved");
    expect((await counted(() => countOutcome(ctx, deps, image))).sort()).toEqual([
      "BatchGetItemCommand",
      "GetItemCommand",
      "GetItemCommand",
      "TransactWriteItemsCommand",
    ]);
  });
});
