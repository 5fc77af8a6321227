/** A scalar of an event or pattern. */
type Scalar = string | number | boolean | null;
type Affix = string | { "equals-ignore-case": string };

/** One way in which a field may match; an array of them means “any of these”. */
export type Matcher =
  | Scalar
  | { prefix: Affix }
  | { suffix: Affix }
  | { "equals-ignore-case": string }
  | { exists: boolean }
  | { numeric: (string | number)[] }
  | {
      "anything-but":
        | Scalar
        | Scalar[]
        | { prefix: string | string[] }
        | { suffix: string | string[] }
        | { "equals-ignore-case": string | string[] };
    };

/**
 * An event pattern in EventBridge's JSON form, as rules and the filters of event source mappings have it. All fields must match;
 * `$or` takes a list of patterns of which one must.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export type Pattern = { [field: string]: Pattern | Matcher[] | Pattern[] };

export class PatternError extends Error {}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is Scalar => value === null || ["string", "number", "boolean"].includes(typeof value);
const isText = (value: unknown): value is string => typeof value === "string";
const oneOrMany = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Reads a pattern as a rule gives it; throws {@link PatternError} for an operator that is not known here, rather than never matching. */
export function readPattern(value: unknown, path = "the pattern"): Pattern {
  if (!isObject(value) || Object.keys(value).length === 0) throw new PatternError(`${path} must be an object with at least one field.`);
  for (const [field, inner] of Object.entries(value)) {
    const at = `${path} → ${field}`;
    if (field === "$or") {
      if (!Array.isArray(inner) || inner.length < 2) throw new PatternError(`${at} must be a list of at least two patterns.`);
      for (const alternative of inner) readPattern(alternative, at);
    } else if (Array.isArray(inner)) {
      if (inner.length === 0) throw new PatternError(`${at} must not be an empty list.`);
      for (const matcher of inner) checkMatcher(matcher, at);
    } else {
      readPattern(inner, at);
    }
  }
  return value as Pattern;
}

function checkMatcher(matcher: unknown, at: string): void {
  if (isScalar(matcher)) return;
  const entries = isObject(matcher) ? Object.entries(matcher) : [];
  const [operator, operand] = entries[0] ?? [];
  if (entries.length !== 1 || operator === undefined)
    throw new PatternError(`${at}: a matcher is a scalar or an object with one operator.`);
  const sound = Object.hasOwn(operands, operator) ? operands[operator] : undefined;
  if (!sound) throw new PatternError(`${at}: the operator “${operator}” is not known here.`);
  if (!sound(operand)) throw new PatternError(`${at}: the operand of “${operator}” is not valid.`);
}

const isIgnoreCase = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 1 && isText(value["equals-ignore-case"]);
const isTexts = (value: unknown): boolean => oneOrMany(value).length > 0 && oneOrMany(value).every(isText);
const comparisons: Record<string, (value: number, bound: number) => boolean> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

/** Whether an operator's operand is sound. */
const operands: Record<string, (operand: unknown) => boolean> = {
  prefix: (operand) => isText(operand) || isIgnoreCase(operand),
  suffix: (operand) => isText(operand) || isIgnoreCase(operand),
  "equals-ignore-case": isText,
  exists: (operand) => typeof operand === "boolean",
  numeric: (operand) =>
    Array.isArray(operand) &&
    (operand.length === 2 || operand.length === 4) &&
    operand.every((part, index) => (index % 2 === 0 ? Object.hasOwn(comparisons, String(part)) : typeof part === "number")),
  "anything-but": (operand) => {
    if (!isObject(operand)) return oneOrMany(operand).length > 0 && oneOrMany(operand).every(isScalar);
    const [inner, ...others] = Object.entries(operand);
    return inner !== undefined && others.length === 0 && ["prefix", "suffix", "equals-ignore-case"].includes(inner[0]) && isTexts(inner[1]);
  },
};

/** Whether an event fits a pattern that {@link readPattern} accepts. A field that holds a list matches if one of its items does. */
export function matches(pattern: Pattern, event: unknown): boolean {
  if (Array.isArray(event)) return event.some((item) => matches(pattern, item));
  const fields = isObject(event) ? event : {};
  return Object.entries(pattern).every(([field, inner]) => {
    if (field === "$or") return (inner as Pattern[]).some((alternative) => matches(alternative, event));
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    return Array.isArray(inner) ? (inner as Matcher[]).some((matcher) => fits(matcher, value)) : matches(inner, value);
  });
}

/** `exists` looks at leaves only, as on AWS: an object is no leaf. */
function fits(matcher: Matcher, value: unknown): boolean {
  if (isObject(matcher) && "exists" in matcher) return matcher.exists === (value !== undefined && !isObject(value));
  return oneOrMany(value).some((item) => isScalar(item) && fitsScalar(matcher, item));
}

function fitsScalar(matcher: Matcher, value: Scalar): boolean {
  if (isScalar(matcher)) return matcher === value;
  if ("anything-but" in matcher) return !isExcluded(matcher["anything-but"], value);
  if ("numeric" in matcher) return typeof value === "number" && inRange(matcher.numeric, value);
  if (!isText(value)) return false;
  if ("equals-ignore-case" in matcher) return same(matcher["equals-ignore-case"], value);
  if ("prefix" in matcher) return hasAffix(matcher.prefix, value.slice(0, affixText(matcher.prefix).length));
  if ("suffix" in matcher) return hasAffix(matcher.suffix, value.slice(Math.max(0, value.length - affixText(matcher.suffix).length)));
  return false;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const affixText = (affix: Affix): string => (isText(affix) ? affix : affix["equals-ignore-case"]);
const hasAffix = (affix: Affix, end: string): boolean => (isText(affix) ? affix === end : same(affix["equals-ignore-case"], end));

function isExcluded(excluded: Extract<Matcher, { "anything-but": unknown }>["anything-but"], value: Scalar): boolean {
  if (!isObject(excluded)) return oneOrMany<Scalar>(excluded).includes(value);
  if (!isText(value)) return false;
  if ("prefix" in excluded) return oneOrMany(excluded.prefix).some((prefix) => value.startsWith(prefix));
  if ("suffix" in excluded) return oneOrMany(excluded.suffix).some((suffix) => value.endsWith(suffix));
  return oneOrMany(excluded["equals-ignore-case"]).some((text) => same(text, value));
}

function inRange(range: (string | number)[], value: number): boolean {
  for (let at = 0; at < range.length; at += 2) {
    if (!comparisons[String(range[at])]?.(value, Number(range[at + 1]))) return false;
  }
  return true;
}
