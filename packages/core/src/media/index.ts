export { arrivalAt, processArrival } from "./arrivals.ts";
export { type Examined, type Expected, examine, type Facts } from "./examine.ts";
export { digitalSourceTypeIn, xmpPacket } from "./provenance.ts";
