export { type Capabilities, catalogue, type Model, type Quality, qualities, sketchStyles } from "./catalogue.ts";
export { GenerationRequest, type Job, type JobState, jobStates, leaseMs, maxAttempts, maxSeed, newJob, tags } from "./job.ts";
export { cancel, find, type Later, lookAfter, type RenderDeps, type Rendered, render, request, retry, settle } from "./jobs.ts";
export { generationProblems } from "./problems.ts";
export type { Drawn, DrawRequest, ImageProvider, Providers } from "./provider.ts";
export { jobStore } from "./store.dynamo.ts";
export type { JobRef, JobStore, Library } from "./store.ts";
