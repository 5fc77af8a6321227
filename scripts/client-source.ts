/** Writes the client's types and its table of operations from the OpenAPI document. */

type Schema = {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  description?: string;
};
type Described = {
  operationId: string;
  summary: string;
  parameters: { name: string; in: string; required: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
};
type Document = { paths?: unknown; components?: unknown };

export function clientSource(document: Document): string {
  const { schemas } = document.components as { schemas: Record<string, Schema> };
  const operations = Object.entries(document.paths as Record<string, Record<string, Described>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, op]) => ({ ...op, path, method: method.toUpperCase() })),
  );
  return [
    "// Generated from the OpenAPI document by “npm run generate”. Do not edit.",
    "",
    ...Object.entries(schemas).map(([name, schema]) => `${comment(schema.description)}export type ${name} = ${typeOf(schema)};\n`),
    "/** Input and answer of each operation, by its id. */",
    "export type Operations = {",
    ...operations.map((op) => `  /** ${op.summary}. */\n  ${op.operationId}: { input: ${inputOf(op)}; answer: ${answerOf(op)} };`),
    "};",
    "",
    "/** Where each operation is found. */",
    "export const routes = {",
    ...operations.map((op) => `  ${op.operationId}: { method: "${op.method}", path: "${op.path}" },`),
    "} as const satisfies Record<keyof Operations, { method: string; path: string }>;",
    "",
  ].join("\n");
}

const comment = (text: string | undefined): string => (text ? `/** ${text} */\n` : "");

function inputOf({ parameters, requestBody }: Described): string {
  const inPlace = (place: string) => parameters.filter((parameter) => parameter.in === place);
  const members = [
    ...(inPlace("path").length > 0
      ? [
          `params: { ${inPlace("path")
            .map((p) => `${p.name}: string`)
            .join("; ")} }`,
        ]
      : []),
    ...(inPlace("query").length > 0
      ? [
          `query?: { ${inPlace("query")
            .map((p) => `${p.name}?: ${typeOf(p.schema)}`)
            .join("; ")} }`,
        ]
      : []),
    ...(requestBody ? [`body: ${typeOf(requestBody.content["application/json"]?.schema ?? {})}`] : []),
    ...(inPlace("header").some((p) => p.name === "Idempotency-Key") ? ["idempotencyKey?: string"] : []),
    ...(inPlace("header").some((p) => p.name === "If-Match") ? ["ifMatch?: string"] : []),
  ];
  return members.length === 0 ? "Record<string, never>" : `{ ${members.join("; ")} }`;
}

function answerOf({ responses }: Described): string {
  const success = Object.entries(responses).find(([status]) => status.startsWith("2"))?.[1];
  const schema = Object.values(success?.content ?? {})[0]?.schema;
  return schema ? typeOf(schema) : "undefined";
}

/** A JSON Schema as a TypeScript type. */
function typeOf(schema: Schema): string {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(" | ");
  if (schema.allOf) return schema.allOf.map(typeOf).join(" & ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array":
      return `(${typeOf(schema.items ?? {})})[]`;
    case "object":
      return objectType(schema);
    default:
      return "unknown";
  }
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const members = Object.entries(properties).map(([name, schema]) => `${name}${required.includes(name) ? "" : "?"}: ${typeOf(schema)}`);
  if (members.length > 0) return `{ ${members.join("; ")} }`;
  return typeof additionalProperties === "object" ? `Record<string, ${typeOf(additionalProperties)}>` : "Record<string, unknown>";
}
