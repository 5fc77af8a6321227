/** A template as the CDK writes it. */
export type Template = { Resources: Record<string, Resource>; Outputs?: Record<string, unknown> };
export type Resource = { Type: string; Properties?: Record<string, unknown>; Metadata?: Record<string, unknown> };

/** Says what `Ref` and `Fn::GetAtt` of a logical id give here; pseudo parameters (`AWS::Region`, …) come as refs too. Throws for what it does not know. */
export type Names = { ref(logicalId: string): string; attribute(logicalId: string, attribute: string): string };

/** Replaces CloudFormation's functions by their values. A function that is not known stops the start. */
export function resolve(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, names));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && (first[0] === "Ref" || first[0].startsWith("Fn::"))) return call(first[0], first[1], names);
  return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, names)]));
}

function call(name: string, argument: unknown, names: Names): unknown {
  switch (name) {
    case "Ref":
      return names.ref(String(argument));
    case "Fn::GetAtt": {
      const [id, attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split(".", 2);
      return names.attribute(id ?? "", attribute ?? "");
    }
    case "Fn::Join": {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => String(resolve(part, names))).join(separator);
    }
    case "Fn::Sub":
      return String(argument).replace(/\$\{([^}]+)\}/g, (_, id: string) => names.ref(id));
    case "Fn::Select": {
      const [index, list] = argument as [number | string, unknown];
      return (resolve(list, names) as unknown[])[Number(index)];
    }
    case "Fn::Split": {
      const [separator, text] = argument as [string, unknown];
      return String(resolve(text, names)).split(separator);
    }
    default:
      throw new Error(
        `The template uses ${name}, which the embedded cloud does not know. Teach packages/local/src/template/intrinsics.ts.`,
      );
  }
}
