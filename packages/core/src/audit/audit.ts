import { actorId, type Context, insert, instant, newId, type Page, type Table, type Write } from "../kernel/index.ts";

export const outcomes = ["allowed", "refused"] as const;

/** What was decided, and on what grounds. No words of anybody's, and no secrets: it is kept long. */
export type Decided = {
  /** `domain.noun.past` */
  act: string;
  outcome: (typeof outcomes)[number];
  /** The object that it is about, where there is one. */
  subject?: string;
  details: Record<string, string | number | boolean | readonly string[]>;
};

/** A row that is written once and never changed. */
export type AuditEntry = Decided & { id: string; workspaceId: string; at: string; actor: string; correlationId: string; version: 1 };

/** Port of the audit log of each workspace. Whoever makes it tamper-evident chains the entries here: nothing else writes them. */
export type AuditStore = {
  /** The entry as a write, for the transaction of what was decided. */
  entry(ctx: Context, decided: Decided): Write;
  /** Writes it alone, where nothing else came of the decision. */
  keep(ctx: Context, decided: Decided): Promise<void>;
  /** Newest first. */
  list(workspaceId: string, page: { limit: number; cursor?: string | undefined }): Promise<Page<AuditEntry>>;
};

const partition = (workspaceId: string): string => `workspace/${workspaceId}/audit`;

export function auditStore(table: Table): AuditStore {
  const entry = (ctx: Context, decided: Decided): Write => {
    const at = ctx.clock.now();
    const id = newId("aud", at);
    const { workspaceId, correlationId } = ctx;
    const kept: AuditEntry = { id, workspaceId, at: instant(at), actor: actorId(ctx), correlationId, ...decided, version: 1 };
    return insert({ pk: partition(workspaceId), sk: id, ...kept });
  };
  return {
    entry,
    keep: (ctx, decided) => table.write(entry(ctx, decided)),
    list: (workspaceId, page) => table.page<AuditEntry>({ pk: partition(workspaceId), ...page }),
  };
}
