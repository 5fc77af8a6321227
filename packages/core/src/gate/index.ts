export { type Lease, leaseMs, type Standing, signedIn, type Window, type WindowState } from "./gate.ts";
export { type Gate, makeGate, type Passage, rateLimitHeaders } from "./pass.ts";
export { gateStore } from "./store.dynamo.ts";
export type { GateStore } from "./store.ts";
