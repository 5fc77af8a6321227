import { type Config, defaults } from "../../stacks/config.ts";
import { template } from "../../stacks/template.ts";

/** What CloudFormation writes where one resource names another; `Fn::Join` builds longer ARNs on it. */
export type Reference = string | { Ref: string } | { "Fn::GetAtt": [string, string] } | { "Fn::Join": [string, Reference[]] };

export type Statement = {
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: Reference | Reference[];
  Principal?: "*" | { Service: string };
  Condition?: Record<string, Record<string, unknown>>;
};
export type PolicyDocument = { Statement: Statement[] };

export type Resource<Properties = Record<string, unknown>> = {
  Type: string;
  Properties: Properties;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Metadata?: Record<string, unknown>;
};

export type Resources = Record<string, Resource>;

/** The resources of the stacks as configured, by logical id. */
export const resourcesOf = (config: Partial<Config> = {}): Resources => template({ ...defaults, ...config }).Resources as Resources;

/** All resources of one type, by logical id. Throws if there is none: a test over nothing would promise nothing. */
export function ofType<Properties = Record<string, unknown>>(resources: Resources, type: string): Record<string, Resource<Properties>> {
  const found = Object.entries(resources).filter(([, resource]) => resource.Type === type);
  if (found.length === 0) throw new Error(`The template has no ${type}.`);
  return Object.fromEntries(found) as Record<string, Resource<Properties>>;
}

/** The logical id that a reference leads to. */
export function idOf(reference: Reference): string {
  if (typeof reference === "string") throw new Error(`${reference} is no reference.`);
  if ("Ref" in reference) return reference.Ref;
  if ("Fn::GetAtt" in reference) return reference["Fn::GetAtt"][0];
  const first = reference["Fn::Join"][1][0];
  if (first === undefined) throw new Error("An empty Fn::Join leads nowhere.");
  return idOf(first);
}

/** A logical id without the eight digits that the CDK puts behind it. */
export const nameOf = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, "");

export const list = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

/** A reference as one reads it: `Media/incoming/*`, `Table.StreamArn`, `Bus`. */
export function readable(reference: Reference): string {
  if (typeof reference === "string") return reference;
  if ("Ref" in reference) return reference.Ref.startsWith("AWS::") ? `<${reference.Ref.slice(5)}>` : nameOf(reference.Ref);
  if ("Fn::GetAtt" in reference) {
    const [id, attribute] = reference["Fn::GetAtt"];
    return attribute === "Arn" ? nameOf(id) : `${nameOf(id)}.${attribute}`;
  }
  return reference["Fn::Join"][1].map(readable).join("");
}
