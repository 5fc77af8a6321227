export { catalogue, type Model, type Quality, qualities, sketchStyles } from "./catalogue.ts";
export { type Job, type JobState, jobStates, leaseMs, maxAttempts, maxSeed, type TemplateUse } from "./job.ts";
export { cancel, find, type Later, lookAfter, type RenderDeps, render, request, retry, settle } from "./jobs.ts";
export { generationProblems } from "./problems.ts";
export type { Drawn, ImageProvider, Providers } from "./provider.ts";
export { type Quote, quote } from "./quote.ts";
export { GenerationRequest, tags } from "./request.ts";
export { jobStore } from "./store.dynamo.ts";
export type { JobRef, JobStore, Library, Shelf } from "./store.ts";
