export { type Misdeed, type Network, type NetworkOptions, type NetworkPost, startNetwork } from "./network.ts";
