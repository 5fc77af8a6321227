import { dollars } from "../budgets/index.ts";
import { Conflict, type Context, derivedIdAt, eventOf, instant, newId, type Page, type Write } from "../kernel/index.ts";
import { type Alert, inARow, overAt, type Watch } from "./alert.ts";
import type { MetricsStore } from "./store.ts";

type Told = Pick<Alert, "title" | "detail">;

const news = (ctx: Context, { id, workspaceId }: Pick<Alert, "id" | "workspaceId">, what: "raised" | "resolved") =>
  eventOf(ctx, `metrics.alert.${what}`, { id, workspaceId, version: what === "raised" ? 1 : 2 });

/** “model/replicate/flux” → “flux at replicate” */
const spoken = (model: string): string => {
  const [, provider = "", ...name] = model.split("/");
  return `${name.join("/")} at ${provider}`;
};

const words = {
  failures: (model: string): Told => ({
    title: `${spoken(model)} fails`,
    detail: `${inARow} attempts in a row have failed. GET /v1/generations tells what was said; name another provider until it is well.`,
  }),
  slow: (model: string, usual = 0): Told => ({
    title: `${spoken(model)} is slow`,
    detail: `${inARow} images in a row took longer than ${(usual / 1000).toFixed(1)} s, which 95 of 100 did not in the last seven days.`,
  }),
} as const;

/** Raises what has begun with a model, and ends what is over. Answers with the alerts that are open then. */
export function alertsOf(
  ctx: Context,
  metrics: MetricsStore,
  { model, usual }: { model: string; usual: number | undefined },
  watch: Watch,
) {
  const at = instant(ctx.clock.now());
  const writes: Write[] = [];
  const open = { ...watch.open };
  for (const kind of ["failures", "slow"] as const) {
    const id = open[kind];
    if (id === undefined && watch[kind] >= inARow) {
      const alert = made(ctx, newId("alr", ctx.clock.now()), { kind, subject: model, ...words[kind](model, usual) });
      writes.push(metrics.raise(alert, news(ctx, alert, "raised")));
      open[kind] = alert.id;
    } else if (id !== undefined && watch[kind] === 0) {
      writes.push(metrics.resolve(ctx.workspaceId, id, at, news(ctx, { id, workspaceId: ctx.workspaceId }, "resolved")));
      delete open[kind];
    }
  }
  return { open, writes };
}

const made = (ctx: Context, id: string, what: Pick<Alert, "kind" | "subject" | "until"> & Told): Alert => ({
  id,
  workspaceId: ctx.workspaceId,
  ...what,
  raisedAt: instant(ctx.clock.now()),
  version: 1,
});

/** What a budget's event says of a cap that is used up, or nearly. */
export type Reached = {
  scope: string;
  period: string;
  share: number;
  capMicroUsd: number;
  endsAt: string;
  provider?: string | undefined;
  userId?: string | undefined;
};

/** Tells of a cap, until its period ends. `at`: epoch milliseconds of the event, so that news that come twice are one alert. */
export async function tellOfBudget(ctx: Context, { metrics }: { metrics: MetricsStore }, reached: Reached, at: number): Promise<boolean> {
  const { scope, period, share, capMicroUsd, endsAt, provider, userId } = reached;
  const whose = { workspace: "The workspace's", account: "Your own", provider: `The ${provider ?? ""}` }[scope] ?? scope;
  const subject = ["budget", scope, provider ?? userId ?? "", period].filter((part) => part !== "").join("/");
  const percent = Math.round(share * 100);
  const alert = made(ctx, derivedIdAt("alr", at, subject, endsAt, String(share)), {
    kind: "budget",
    subject,
    title: `${whose} budget of the ${period} is ${percent} % used`,
    detail:
      share >= 1
        ? `Of ${dollars(capMicroUsd)} nothing is left until ${endsAt}. PUT /v1/budgets raises it.`
        : `Of ${dollars(capMicroUsd)} ${percent} % are spent or reserved. At 100 % nothing that costs is made until ${endsAt}.`,
    until: endsAt,
  });
  try {
    await metrics.write(metrics.raise(alert, news(ctx, alert, "raised")));
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}

/** Newest first, with when each was over, if it is. */
export async function listAlerts(
  ctx: Context,
  { metrics }: { metrics: MetricsStore },
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<Alert>> {
  const { items, nextCursor } = await metrics.alerts(ctx.workspaceId, page);
  const now = ctx.clock.now();
  return {
    items: items.map((alert) => {
      const over = overAt(alert, now);
      return over === undefined ? alert : { ...alert, resolvedAt: over };
    }),
    nextCursor,
  };
}

/** Who is written to, and how; undefined where nobody's address is known. */
export type Post = (workspaceId: string, mail: { subject: string; text: string }) => Promise<boolean>;

/** Writes to the people of a workspace that something has begun, or is over. A mail that went out before its note could be written goes out twice. */
export async function mailAlert(
  ctx: Context,
  { metrics, post }: { metrics: MetricsStore; post: Post },
  id: string,
  what: "raised" | "resolved",
): Promise<boolean> {
  const alert = await metrics.alert(ctx.workspaceId, id);
  if (!alert || alert[`${what}MailAt`] !== undefined) return false;
  const isOver = what === "resolved";
  const sent = await post(ctx.workspaceId, {
    subject: isOver ? `Over: ${alert.title}` : alert.title,
    text: isOver ? `${alert.title}: that is over since ${alert.resolvedAt ?? ""}.` : alert.detail,
  });
  if (sent) await metrics.write(metrics.told(ctx.workspaceId, id, what, instant(ctx.clock.now())));
  return sent;
}
