export { arrivalAt, awaitedImage, giveUp, processArrival } from "./arrivals.ts";
export { type Examined, type Expected, examine } from "./examine.ts";
export { digitalSourceTypeIn, xmpPacket } from "./provenance.ts";
