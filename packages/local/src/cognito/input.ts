import { AwsError } from "../wire/aws-json.ts";

type Input = Record<string, unknown>;

export const invalid = (message: string): AwsError => new AwsError("InvalidParameterException", message);
export const notAuthorized = (message: string): AwsError => new AwsError("NotAuthorizedException", message);

export const incorrect = (): AwsError => notAuthorized("Incorrect username or password.");

/** An entry of `AuthParameters` or `ChallengeResponses` that must be there. */
export function parameter(parameters: Record<string, string>, name: string): string {
  const value = parameters[name];
  if (!value) throw invalid(`Missing required parameter ${name}`);
  return value;
}

/** A member that must be there; InvalidParameterException in Cognito's words otherwise. */
export function required(input: Input, member: string): string {
  const value = optional(input, member);
  if (value === undefined) throw violation(member, "null", "Member must not be null");
  if (value === "") throw violation(member, "''", "Member must have length greater than or equal to 1");
  return value;
}

export function optional(input: Input, member: string): string | undefined {
  const value = input[member] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw new AwsError("SerializationException", `${member} must be a string.`);
}

/** A flag that may be left out. */
export function flag(input: Input, member: string): boolean {
  const value = input[member] ?? false;
  if (typeof value === "boolean") return value;
  throw new AwsError("SerializationException", `${member} must be a boolean.`);
}

/** `AuthParameters` and their like: a map of strings; empty when absent. */
export function textMap(input: Input, member: string): Record<string, string> {
  const value = input[member] ?? {};
  if (typeof value === "object" && !Array.isArray(value) && Object.values(value).every((entry) => typeof entry === "string"))
    return value as Record<string, string>;
  throw new AwsError("SerializationException", `${member} must be a map of strings.`);
}

/** `[{Name, Value}]` as Cognito gives attributes; InvalidParameterException for a name given twice. */
export function attributeMap(input: Input, member: string): Record<string, string> {
  const list = input[member] ?? [];
  if (!Array.isArray(list)) throw new AwsError("SerializationException", `${member} must be a list.`);
  const attributes: Record<string, string> = {};
  for (const entry of list as Input[]) {
    const name = required(entry ?? {}, "Name");
    if (Object.hasOwn(attributes, name)) throw invalid(`Attribute ${name} is given twice.`);
    attributes[name] = optional(entry, "Value") ?? "";
  }
  return attributes;
}

function violation(member: string, value: string, constraint: string): AwsError {
  const path = member.charAt(0).toLowerCase() + member.slice(1);
  return invalid(`1 validation error detected: Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`);
}
