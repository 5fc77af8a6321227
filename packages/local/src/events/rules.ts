import type { Pattern } from "./pattern.ts";
import { readPattern } from "./pattern.ts";
import { nextAfter } from "./schedule.ts";

/** An event as targets get it (EventBridge's envelope, version 0). `time` is ISO 8601 in whole seconds. */
export type BusEvent = {
  version: "0";
  id: string;
  "detail-type": string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
};

export type RuleTarget = {
  id: string;
  arn: string;
  /** JSON text that the target gets instead of the event. */
  input?: string;
  /** The part of the event that the target gets: `$` or `$.field.field`. */
  inputPath?: string;
  /** Not to be had here: refused. */
  inputTransformer?: never;
  deadLetterArn?: string;
  /** AWS's defaults and ranges: 185 retries (0–185), 86,400 s (60–86,400). */
  retry?: { maximumRetryAttempts?: number; maximumEventAgeSeconds?: number };
};

export type RuleDefinition = {
  name: string;
  /** `default`, if it is not given. */
  bus?: string;
  pattern?: unknown;
  /** `rate(…)` or `cron(…)`; on the default bus only. */
  schedule?: string;
  enabled: boolean;
  targets: RuleTarget[];
};

export type Rule = {
  name: string;
  bus: string;
  arn: string;
  pattern?: Pattern;
  schedule?: string;
  enabled: boolean;
  targets: RuleTarget[];
};

/** A rule that AWS would refuse, or that asks for something that is not here. */
export class RuleError extends Error {}

const pathForm = /^\$(\.[\w-]+)*$/;

/** Checks a rule as a whole; throws {@link RuleError}, PatternError or ScheduleError. */
export function readRule({ name, bus = "default", pattern, schedule, enabled, targets }: RuleDefinition, arnPrefix: string): Rule {
  const refuse = (why: string) => new RuleError(`The rule ${name} ${why}.`);
  if (!/^[\w.-]{1,64}$/.test(name)) throw refuse("has a name that EventBridge does not take");
  if (pattern === undefined && schedule === undefined) throw refuse("has neither a pattern nor a schedule");
  if (schedule !== undefined && bus !== "default") throw refuse("has a schedule, which only rules of the default bus can have");
  if (schedule !== undefined) nextAfter(schedule, 0);
  if (new Set(targets.map((target) => target.id)).size < targets.length) throw refuse("has two targets of one id");
  for (const target of targets) checkTarget(target, refuse);
  return {
    name,
    bus,
    arn: `${arnPrefix}:rule/${bus === "default" ? "" : `${bus}/`}${name}`,
    ...(pattern !== undefined && { pattern: readPattern(pattern, `the pattern of ${name}`) }),
    ...(schedule !== undefined && { schedule }),
    enabled,
    targets,
  };
}

function checkTarget({ id, input, inputPath, inputTransformer, retry = {} }: RuleTarget, refuse: (why: string) => RuleError): void {
  if (inputTransformer !== undefined)
    throw refuse(`has an input transformer on target ${id}, which the embedded EventBridge does not have`);
  if (input !== undefined && inputPath !== undefined) throw refuse(`has both an input and an input path on target ${id}`);
  if (inputPath !== undefined && !pathForm.test(inputPath)) throw refuse(`has an input path on target ${id} that is not of the form $.a.b`);
  if (input !== undefined) {
    try {
      JSON.parse(input);
    } catch {
      throw refuse(`has an input on target ${id} that is not JSON`);
    }
  }
  const within = (value: number, from: number, to: number) => Number.isInteger(value) && value >= from && value <= to;
  const { maximumRetryAttempts: attempts = 0, maximumEventAgeSeconds: age = 60 } = retry;
  if (!within(attempts, 0, 185) || !within(age, 60, 86_400)) throw refuse(`has a retry policy on target ${id} that is out of range`);
}

/** What a target gets of an event. A path that leads nowhere gives null. */
export function inputOf({ input, inputPath }: RuleTarget, event: BusEvent): unknown {
  if (input !== undefined) return JSON.parse(input);
  let value: unknown = event;
  for (const field of inputPath?.split(".").slice(1) ?? [])
    value = typeof value === "object" && value !== null && Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : null;
  return value;
}
