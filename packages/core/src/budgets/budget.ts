/** Whose money a cap guards. `account`: what one person spends in this workspace; `provider`: what goes to one provider from it. */
export const scopes = ["workspace", "account", "provider"] as const;
export type Scope = (typeof scopes)[number];

/** Calendar days and months of UTC, so that all processes agree on them. */
export const periods = ["day", "month"] as const;
export type Period = (typeof periods)[number];

/** At most so much in each period; 1,000,000 micro-dollars are a dollar. 0 allows nothing that costs. */
export type Cap = { scope: Scope; period: Period; capMicroUsd: number; provider?: string };

export type Caps = { workspaceId: string; caps: Cap[]; version: number };

/** Without a cap of their own choice nobody shall wake up to a bill: 5 dollars a day. */
export const defaultCap: Cap = { scope: "workspace", period: "day", capMicroUsd: 5_000_000 };

/** The workspace, a person, and a dozen providers, by day and by month. */
export const maxCaps = 30;

/** The caps that hold: the chosen ones, and the default as long as the workspace's day has none. */
export const capsInForce = (chosen: readonly Cap[]): readonly Cap[] =>
  chosen.some(({ scope, period }) => scope === "workspace" && period === "day") ? chosen : [defaultCap, ...chosen];

/** What something costs, or may cost at most: for whom, to which provider, and when it was begun, epoch milliseconds. */
export type Expense = { workspaceId: string; userId: string; provider: string; microUsd: number; at: number };

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

/** Names of the sums that an expense belongs to; one row holds those of a workspace's month. */
export const sumsOf = ({ userId, provider, at }: Pick<Expense, "userId" | "provider" | "at">) => {
  const day = dayOf(at).slice(8);
  return {
    workspace: { month: "all", day: `all/${day}` },
    account: { month: `user/${userId}`, day: `user/${userId}/${day}` },
    provider: { month: `to/${provider}`, day: `to/${provider}/${day}` },
  } as const satisfies Record<Scope, Record<Period, string>>;
};

/** Whether a cap has a say in an expense. */
export const concerns = (cap: Cap, { provider }: Pick<Expense, "provider">): boolean =>
  cap.scope !== "provider" || cap.provider === provider;

/** Micro-dollars that are spoken for, spent or reserved, by the names of {@link sumsOf}. */
export type Sums = Readonly<Record<string, number>>;

/** A cap and how far it is used up. */
export type Standing = Cap & { usedMicroUsd: number; leftMicroUsd: number; endsAt: string };

export function standingOf(cap: Cap, sums: Sums, { userId, at }: { userId: string; at: number }): Standing {
  const usedMicroUsd = sums[sumsOf({ userId, provider: cap.provider ?? "", at })[cap.scope][cap.period]] ?? 0;
  return {
    ...cap,
    usedMicroUsd,
    leftMicroUsd: Math.max(0, cap.capMicroUsd - usedMicroUsd),
    endsAt: new Date(endOf(cap.period, at)).toISOString(),
  };
}

/** The first moment of the next period, epoch milliseconds. */
export function endOf(period: Period, at: number): number {
  const date = new Date(at);
  return period === "day"
    ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1)
    : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** Shares of a cap at which people are told, once in its period. */
export const alertShares = [0.8, 1] as const;
