import { type ProblemType, problems } from "@atelier/core/kernel";
import * as z from "zod";
import type { Operation } from "../operation.ts";
import { ProblemDocument } from "../schemas.ts";
import { headers, problemHeaders, successHeaders } from "./headers.ts";

type Json = Record<string, unknown>;

const areas: Record<string, string> = {
  Service: "Whether it runs.",
  Accounts: "Sign-up, sign-in, and who you are.",
  Generation: "From words to images.",
  Library: "Images, uploads and reviews.",
  Texts: "Words by models of text, and what they cost.",
  Publishing: "Channels and posts.",
};

/** Problems that any operation of this kind may answer, beside its own. */
function commonProblems(op: Operation): ProblemType[] {
  const {
    malformed,
    invalid,
    unauthenticated,
    suspended,
    rateLimited,
    tooLarge,
    unsupportedMediaType,
    idempotencyMismatch,
    internal,
    unavailable,
  } = problems;
  return [
    ...(op.auth === "user" || op.auth === "optional" ? [unauthenticated, suspended] : []),
    ...(op.auth === "open" ? [] : [rateLimited]),
    // Also a path that is not percent-encoded, a body where none belongs, or a key that cannot be one.
    malformed,
    ...(op.body ? [invalid, tooLarge, unsupportedMediaType] : []),
    ...(op.query ? [invalid] : []),
    ...(op.idempotent ? [idempotencyMismatch, problems.conflict] : []),
    internal,
    unavailable,
  ];
}

export const problemsOf = (op: Operation): ProblemType[] => [
  ...new Map([...op.problems, ...commonProblems(op)].map((type) => [type.code, type])).values(),
];

/** The OpenAPI 3.1 document, from the same values that route and validate. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const op of operations) {
    paths[op.path] ??= {};
    Object.assign(paths[op.path] ?? {}, { [op.method.toLowerCase()]: operationObject(op, schemas) });
  }
  schemaOf(ProblemDocument, "output", schemas);
  return {
    openapi: "3.1.0",
    info: {
      title: "Atelier",
      version: "1",
      summary: "Generate images, review them, publish them on schedule.",
      description:
        "Times are RFC 3339 in UTC, ids are prefixed ULIDs, money is in micro-dollars. Lists are paged: pass `nextCursor` as `cursor`. Errors are RFC 9457 problem details.",
      contact: { name: "Whoever operates this Atelier" },
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "Whatever served this document: production, staging, or a local Atelier.", "x-internal": false }],
    tags: Object.entries(areas).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description:
            "The access token of a sign-in. It is checked as RFC8725 advises: an RS256 signature by the pool's own key, its issuer, its client, its kind and its time.",
        },
      },
      examples: Object.fromEntries(operations.flatMap(problemsOf).map((type) => [exampleName(type), { value: exampleOf(type) }])),
      headers,
    },
  };
}

function operationObject(op: Operation, schemas: Json): Json {
  const status = String(op.status);
  return {
    operationId: op.id,
    tags: [op.area],
    summary: op.summary,
    description: op.description ?? `${op.summary}.`,
    ...(op.auth === "user" ? { security: [{ token: [] }] } : op.auth === "optional" ? { security: [{ token: [] }, {}] } : { security: [] }),
    parameters: [...parameters(op.params, "path", schemas), ...parameters(op.query, "query", schemas), ...headerParameters(op)],
    ...(op.body && {
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: schemaOf(op.body, "input", schemas),
            ...(op.example?.body !== undefined && { example: op.example.body }),
          },
        },
      },
    }),
    responses: {
      [status]: {
        description: op.response ? "Done as asked." : "Done; there is nothing more to say.",
        headers: successHeaders(op),
        ...(op.response && {
          content: {
            [op.produces ?? "application/json"]: {
              schema: schemaOf(op.response, "output", schemas),
              ...(op.example?.response !== undefined && { example: op.example.response }),
            },
          },
        }),
      },
      ...problemResponses(op),
    },
  };
}

/** One response for each status; its examples are the kinds of problems that have it. */
function problemResponses(op: Operation): Json {
  const byStatus = Map.groupBy(problemsOf(op), (type) => type.status);
  return Object.fromEntries(
    [...byStatus].map(([status, types]) => [
      String(status),
      {
        description: types.map((type) => type.title).join("; "),
        headers: problemHeaders(op, status, types),
        content: {
          "application/problem+json": {
            schema: { $ref: "#/components/schemas/Problem" },
            examples: Object.fromEntries(types.map((type) => [exampleName(type), { $ref: `#/components/examples/${exampleName(type)}` }])),
          },
        },
      },
    ]),
  );
}

const exampleName = ({ code }: ProblemType): string => code.replaceAll("/", ".");

const exampleOf = ({ code, title, status }: ProblemType): Json => ({
  type: `https://atelier.example.org/docs/problems/${code}`,
  title,
  status,
  detail: "What happened here, and what to do.",
  instance: "/v1/images/img_01JD5S3W6Z9QF3V2N8XK4T7B1D",
  requestId: "req_01JD5S3W6Z9QF3V2N8XK4T7B1C",
});

function parameters(schema: z.ZodType | undefined, place: "path" | "query", schemas: Json): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input", schemas) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(typeof description === "string" && { description }),
    schema: rest,
  }));
}

function headerParameters(op: Operation): Json[] {
  const conditional = op.problems.some((type) => type.code === problems.preconditionFailed.code);
  return [
    ...(op.idempotent
      ? [
          {
            name: "Idempotency-Key",
            in: "header",
            required: false,
            description: "Repeating the request with the same key, within 24 h, makes nothing new.",
            schema: { type: "string", minLength: 1, maxLength: 257, pattern: "^[!-~]+$" },
          },
        ]
      : []),
    ...(conditional
      ? [
          {
            name: "If-Match",
            in: "header",
            required: false,
            description: "The `ETag` that you have seen, or `*`.",
            schema: { type: "string", maxLength: 100 },
          },
        ]
      : []),
  ];
}

/** A schema as JSON Schema 2020-12; what has an id goes to the components and is referred to. */
function schemaOf(schema: z.ZodType, io: "input" | "output", schemas: Json): Json {
  const made = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json;
  const { $schema: _dialect, $defs = {}, ...rest } = made;
  for (const [name, definition] of Object.entries($defs as Json)) schemas[name] ??= referring(definition);
  const { id, ...own } = rest;
  if (typeof id !== "string") return referring(rest) as Json;
  schemas[id] ??= referring(own);
  return { $ref: `#/components/schemas/${id}` };
}

function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries({ ...value, ...sizeOf(value) })
      .filter(([key, item]) => key !== "id" || typeof item !== "string")
      .map(([key, item]) => [
        key,
        key === "$ref" && typeof item === "string" ? item.replace("#/$defs/", "#/components/schemas/") : referring(item),
      ]),
  );
}

/** How many bits a client needs for a whole number. */
function sizeOf(schema: { type?: unknown; minimum?: unknown; maximum?: unknown }): { format?: string } {
  if (schema.type !== "integer") return {};
  const small = Math.max(Math.abs(Number(schema.minimum)), Math.abs(Number(schema.maximum))) < 2 ** 31;
  return { format: small ? "int32" : "int64" };
}
