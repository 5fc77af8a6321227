export type Key = { pk: string; sk: string };

/** One conditional change; several together are one transaction. */
export type Write =
  | { put: Record<string, unknown>; condition?: string; names?: Record<string, string>; values?: Record<string, unknown> }
  | { update: Key; expression: string; condition: string; names?: Record<string, string>; values?: Record<string, unknown> };
