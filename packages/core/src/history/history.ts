import type { Page, Table } from "../kernel/index.ts";

/** What a workspace's history tells of: how pictures came to be, what was said of them, and what became of them. */
export const acts = [
  ...["requested", "succeeded", "failed", "refused", "canceled"].map((state) => `generation.job.${state}`),
  ...["processed", "quarantined", "approved", "rejected", "changes-requested", "held", "edited", "deleted", "restored"].map(
    (what) => `library.image.${what}`,
  ),
  ...["published", "partly-published"].map((state) => `publishing.post.${state}`),
];

/** One thing that happened. It is kept for a year. */
export type Happened = {
  /** That of its event. */
  id: string;
  workspaceId: string;
  /** RFC 3339 */
  at: string;
  /** One of {@link acts}. */
  act: string;
  /** Who did it: a user's id, or `system` for what came of itself. */
  actor: string;
  /** The generation, the image or the post. */
  subject: string;
  /** The request with which it began. */
  correlationId: string;
};

/** Port of the history of each workspace. */
export type HistoryStore = {
  /** However often it is called for one event, there is one entry. */
  keep(happened: Happened): Promise<void>;
  /** Newest first. */
  list(workspaceId: string, page: { limit: number; cursor?: string | undefined }): Promise<Page<Happened>>;
};

const keptSeconds = 366 * 24 * 60 * 60;
const partition = (workspaceId: string): string => `workspace/${workspaceId}/history`;

export function historyStore(table: Table): HistoryStore {
  return {
    keep: (happened) => {
      const expiresAt = Math.floor(Date.parse(happened.at) / 1_000) + keptSeconds;
      return table.write({ put: { pk: partition(happened.workspaceId), sk: happened.id, ...happened, version: 1, expiresAt } });
    },
    list: (workspaceId, page) => table.page<Happened>({ pk: partition(workspaceId), ...page }),
  };
}
