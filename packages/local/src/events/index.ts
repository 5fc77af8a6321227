export { type Abandoned, createEvents, type Events, type EventsOptions } from "./events.ts";
export { matches, type Pattern, PatternError, readPattern } from "./pattern.ts";
export { type BusEvent, type RuleDefinition, RuleError, type RuleTarget } from "./rules.ts";
export { nextAfter, ScheduleError } from "./schedule.ts";
