export { type Denied, failuresMax, type Place, pauseMs, type Taken, type Verdict } from "./capacity.ts";
export { capacityStore } from "./store.dynamo.ts";
export type { Capacity } from "./store.ts";
