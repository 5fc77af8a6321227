import { idOf, isNamed, misspelling } from "./spelling.ts";

/** What can go wrong with a call over HTTP. */
export const callFaults = [
  /** Refused for going too fast, in the service's own words. */
  "throttle",
  /** Refused because another transaction is at the same row just then; calls that cannot meet one pass. */
  "conflict",
  /** Fails inside the service: 500, or `status`. */
  "error",
  /** Done, but the answer says of some of a batch's entries that they were not. */
  "partial",
  /** Passed on after `ms`. */
  "delay",
  /** Held until the rule is deleted; then it goes on. */
  "hang",
  /** Reaches the service `copies` times; the caller hears of the first. */
  "duplicate",
  /** Held until the next call that the rule is for has been answered, at most `ms`. */
  "reorder",
  /** The connection breaks before the service has heard of it. */
  "dropBefore",
  /** The connection breaks instead of the answer: it was done. */
  "dropAfter",
  /** Half of the request reaches the service. */
  "tornRequest",
  /** Half of the answer reaches the caller. */
  "tornAnswer",
  /** `kill -9` of the caller's process before the service has heard of it. */
  "killBefore",
  /** `kill -9` of the caller's process when it was done, before it learns so. */
  "killAfter",
] as const;

/** What can go wrong with an invocation of a function (`service: "lambda"`), seen from whatever invokes it. */
export const deliveryFaults = ["delay", "hang", "duplicate", "reorder", "dropBefore", "dropAfter", "killAfter"] as const;

/** `service: "clock"`: the clock of a function's processes is `ms` ahead, or behind if it is negative. */
export const clockFaults = ["skew"] as const;

export type Fault = (typeof callFaults)[number] | (typeof clockFaults)[number];

/** One kind of trouble, made to order. */
export type Rule = {
  /** `lambda`, `clock`, or a service that functions call. */
  service: string;
  /** An action of AWS (`PutItem`, `GetObject`), `METHOD /path` for what is not AWS, a function's id for `lambda` and `clock`; `*` for any. */
  call: string;
  fault: Fault;
  /** Only calls that this function makes; its id in stacks/. */
  function?: string;
  /** Only calls whose path, body or event contains this text. */
  match?: string;
  /** 0 to 1, for each call. */
  chance: number;
  /** Strikes after which it rests; unlimited if left out. */
  times?: number;
  /** Calls that pass before it begins. */
  skip: number;
  /** The same seed and the same order of calls strike the same calls. */
  seed: number;
  ms?: number;
  copies: number;
  status?: number;
  /** Where a service is that the embedded cloud does not know: `http://127.0.0.1:PORT`. */
  url?: string;
};

/** What a rule may not be, in words for whoever wrote it. */
export class BadRule extends Error {}

const longestMs = 600_000;

/**
 * Reads a rule that came as JSON, with `services` and `functions` as those that exist; without `functions`, any name may be one.
 * Throws {@link BadRule} with what is allowed: a rule that could never strike would let a test pass that tests nothing.
 */
export function parseRule(input: unknown, services: readonly string[], functions?: readonly string[]): Rule {
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw new BadRule("Send a JSON object.");
  const given = input as Record<string, unknown>;
  const stranger = Object.keys(given).find((name) => !known.includes(name));
  if (stranger !== undefined) throw new BadRule(`There is no \`${stranger}\`. A rule has ${known.join(", ")}.`);

  const url = text(given, "url");
  if (url !== undefined && !/^http:\/\/(127\.0\.0\.1|localhost):\d{1,5}$/.test(url))
    throw new BadRule("`url` is the address of a service on this machine, such as http://127.0.0.1:4500.");
  const service = text(given, "service") ?? "";
  const all = [...services, "lambda", "clock"];
  if (!all.includes(service) && !(url !== undefined && /^[a-z][a-z0-9-]*$/.test(service)))
    throw new BadRule(`\`service\` is one of ${all.join(", ")}, or another name together with its \`url\`.`);
  const allowed: readonly Fault[] = service === "lambda" ? deliveryFaults : service === "clock" ? clockFaults : callFaults;
  const fault = allowed.find((name) => name === (given.fault ?? (service === "clock" ? "skew" : undefined)));
  if (!fault) throw new BadRule(`\`fault\` for ${service} is one of ${allowed.join(", ")}.`);
  for (const [name, where] of Object.entries(onlyOf(service, fault)))
    if (given[name] !== undefined) throw new BadRule(`\`${name}\` ${where}.`);
  const ms = number(given, "ms", service === "clock" ? -longestMs : 0, longestMs);
  if ((fault === "delay" || fault === "skew") && ms === undefined) throw new BadRule(`\`${fault}\` needs \`ms\`.`);
  const call = text(given, "call") ?? "*";
  const caller = text(given, "function");
  if (service === "lambda" || service === "clock") assertFunction("call", call, functions, ["*"]);
  else if (url === undefined) assertSpelling(call);
  if (caller !== undefined) assertFunction("function", caller, functions);
  return {
    service,
    call,
    fault,
    function: caller,
    match: text(given, "match"),
    chance: number(given, "chance", 0, 1) ?? 1,
    times: whole(given, "times", 1, 1_000_000),
    skip: whole(given, "skip", 0, 1_000_000) ?? 0,
    seed: whole(given, "seed", 0, 4_294_967_295) ?? 1,
    ms,
    copies: whole(given, "copies", 2, 10) ?? 2,
    status: whole(given, "status", 500, 599),
    url,
  };
}

/** What a rule cannot have, since it would mean nothing, and why. */
const onlyOf = (service: string, fault: Fault): Record<string, string> => ({
  ...(fault !== "duplicate" && { copies: "is for `duplicate`" }),
  ...(fault !== "error" && { status: "is for `error`" }),
  ...(service === "clock" && { function: "is for calls: a clock's function stands in `call`", match: "is for what is sent" }),
});

const known = ["service", "call", "fault", "function", "match", "chance", "times", "skip", "seed", "ms", "copies", "status", "url"];

function assertFunction(member: string, id: string, functions: readonly string[] | undefined, more: string[] = []): void {
  if (functions === undefined || more.includes(id) || functions.some((name) => isNamed(id, name))) return;
  throw new BadRule(`\`${member}\` is one of ${[...functions.map(idOf).sort(), ...more].join(", ")}.`);
}

function assertSpelling(call: string): void {
  const wrong = misspelling(call);
  if (wrong !== undefined) throw new BadRule(wrong);
}

function text(given: Record<string, unknown>, name: string): string | undefined {
  const value = given[name];
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new BadRule(`\`${name}\` is a text.`);
}

function number(given: Record<string, unknown>, name: string, least: number, most: number): number | undefined {
  const value = given[name];
  if (value === undefined || (typeof value === "number" && value >= least && value <= most)) return value;
  throw new BadRule(`\`${name}\` is a number from ${least} to ${most}.`);
}

function whole(given: Record<string, unknown>, name: string, least: number, most: number): number | undefined {
  const value = number(given, name, least, most);
  if (value === undefined || Number.isInteger(value)) return value;
  throw new BadRule(`\`${name}\` is a whole number from ${least} to ${most}.`);
}
