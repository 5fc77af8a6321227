import type { Experiment as ExperimentRow, Reported } from "@atelier/core/prompts";
import * as z from "zod";
import { Amount, Instant, idOf, text, Version } from "../schemas.ts";
import { Reasons, VersionNumber } from "../templates/schemas.ts";

const weight = z.int().min(1).max(1_000);
const rate = z.number().min(0).max(1);

const experiment = {
  id: idOf("exp"),
  name: text(120),
  templateId: idOf("tpl"),
  state: z.enum(["running", "decided", "stopped"]).describe("`decided`: by its own rule; `stopped`: by a person."),
  arms: z.array(z.object({ version: VersionNumber, weight })).max(5),
  minimumSample: Amount,
  confidencePercent: Amount.max(99),
  whenDecided: z.enum(["tell", "promote"]),
  winner: VersionNumber.optional(),
  endedAt: Instant.optional(),
  createdAt: Instant,
  updatedAt: Instant,
  version: Version,
};

export const Experiment = z.object(experiment).meta({ id: "Experiment" });

const Arm = z.object({
  version: VersionNumber,
  weight,
  approved: Amount,
  rejected: Amount,
  approvalRate: rate.optional(),
  interval: z
    .object({ low: rate, high: rate })
    .describe("Wilson's, for the rate of approval at the experiment's confidence: to read the figures by, not to decide by."),
  costMicroUsd: Amount.describe("Of its reviewed images."),
  costPerApprovedMicroUsd: Amount.optional(),
  meanRenderMs: Amount.optional(),
  reasons: Reasons,
});

export const ReportedExperiment = z
  .object({
    ...experiment,
    report: z.object({
      leader: VersionNumber.optional().describe("The arm that is ahead."),
      evidence: z.number().min(0).max(1_000_000).describe("For the leader, against its nearest rival: the logarithm of an e-value."),
      needed: z.number().min(0).max(100).describe("Evidence at which the experiment decides. Looking often does not spoil it."),
      winner: VersionNumber.optional(),
      arms: z.array(Arm).max(5),
    }),
  })
  .meta({ id: "ReportedExperiment", description: "An experiment, and how it stands." });

export function experimentBody(row: ExperimentRow) {
  const { workspaceId: _workspace, createdBy: _by, id, ...shown } = row;
  return { id, ...shown };
}

export const reportedView = ({ experiment: row, report }: Reported) => ({ body: { ...experimentBody(row), report }, version: row.version });

export const exampleExperiment = {
  id: "exp_01JD5S2B1Z9QF3V2N8XK4T7B3A",
  name: "Boats or none",
  templateId: "tpl_01JD5S2B1Z9QF3V2N8XK4T7B2A",
  state: "running" as const,
  arms: [
    { version: 1, weight: 1 },
    { version: 2, weight: 1 },
  ],
  minimumSample: 30,
  confidencePercent: 95,
  whenDecided: "tell" as const,
  createdAt: "2026-11-20T10:00:00.000Z",
  updatedAt: "2026-11-20T10:00:00.000Z",
  version: 1,
};

export const exampleReported = {
  ...exampleExperiment,
  report: {
    leader: 2,
    evidence: 1.2041,
    needed: 2.9957,
    arms: [
      {
        ...{ version: 1, weight: 1, approved: 21, rejected: 22, approvalRate: 0.4884 },
        ...{ interval: { low: 0.3464, high: 0.6322 }, costMicroUsd: 0, costPerApprovedMicroUsd: 0, meanRenderMs: 310 },
        reasons: { composition: 14, quality: 8 },
      },
      {
        ...{ version: 2, weight: 1, approved: 33, rejected: 12, approvalRate: 0.7333 },
        ...{ interval: { low: 0.5895, high: 0.8404 }, costMicroUsd: 0, costPerApprovedMicroUsd: 0, meanRenderMs: 305 },
        reasons: { composition: 5 },
      },
    ],
  },
};
