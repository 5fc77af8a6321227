export { digitalSourceTypeIn, xmpPacket } from "./provenance.ts";
