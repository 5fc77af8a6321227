export { isPublic } from "./address.ts";
export { type OneCall, oneCall } from "./one-call.ts";
export {
  makeOutside,
  type Outside,
  type OutsideAnswer,
  type OutsideLimits,
  type OutsideMeans,
  type OutsideRequest,
  type OutsideStream,
} from "./outside.ts";
export { OutsideError, type OutsideKind } from "./outside-error.ts";
export { type Delivered, signedBy } from "./signed.ts";
export type { Resolve } from "./target.ts";
