export type { Delivery } from "./callbacks.ts";
export type { Provider, ProviderOptions, SeenRequest } from "./contract.ts";
export type { Fault, Order } from "./faults.ts";
export type { Prediction } from "./ledger.ts";
export { type Misdeed, type Network, type NetworkOptions, type NetworkPost, startNetwork } from "./network.ts";
export { type ReplicateControls, type ReplicateOptions, startReplicate } from "./replicate.ts";
export type { ReplicateModel } from "./replicate-models.ts";
