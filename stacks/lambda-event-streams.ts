/**
 * Stands in a bundle for `@smithy/core/event-streams`. No call of ours sends or gets a stream of events, but the SDK imports that module where it
 * would need it, and what is imported so late cannot be picked apart: with it come all of the modules behind it, used or not.
 */
const absent = (): never => {
  throw new Error("Bundles have no event streams: stacks/bundle.ts leaves them out.");
};

/** For a client's configuration, which is left as it is. */
export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;

export const eventStreamSerdeProvider = absent;

export const EventStreamSerde = absent;
