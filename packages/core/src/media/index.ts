export { arrivalAt, awaitedImage, giveUp, processArrival } from "./arrivals.ts";
export { type EditRef, giveUpEdit, makeEdit } from "./edits.ts";
export { type Examined, type Expected, examine } from "./examine.ts";
export { processVersion } from "./provider-edits.ts";
