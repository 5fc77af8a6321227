import { assertAffordable, type BudgetDeps, type Expense, reservation, settlement, watch } from "../budgets/index.ts";
import type { Capacity, Place } from "../capacity/index.ts";
import { actorId, Conflict, type Context, instant, isBusy, newId, Problem, problems, type Write } from "../kernel/index.ts";
import { countText, type MetricsStore } from "../metrics/index.ts";
import type { Failed, Failure, TextDone, TextModel, TextPicture, TextRequest } from "../providers/index.ts";
import type { Rating } from "../safety/index.ts";
import { type Call, detailOf, verdictOf } from "./call.ts";
import { type TextCatalogue, type TextOffered, textRouteOf } from "./catalogue.ts";
import { deadlineMs, leastMs, lineOf, patienceMsOf } from "./limits.ts";
import { writingProblems } from "./problems.ts";
import type { CallStore } from "./store.ts";

export type WritingDeps = BudgetDeps & {
  calls: CallStore;
  metrics: Pick<MetricsStore, "addition">;
  capacity: Capacity;
  catalogue: TextCatalogue;
  /** Whoever writes, by name; undefined where it is not set up. */
  models(provider: string): TextModel | undefined;
};

export type Wanted<Value> = Pick<TextRequest<Value>, "system" | "maxTokens" | "schema"> & {
  /** Of the call, where it is named after what it is for: whoever asks for the same again meets a `Conflict`, and pays nothing. */
  id?: string;
  prompt: string;
  /** What the prompt is about. Only who sees is asked. */
  picture?: TextPicture;
  /** What the model is to know beside the prompt. It is said before it, by the user, and is not what the answer is to be picked from. */
  material?: string;
  purpose?: string | undefined;
  /** For whom the words are that are sent: those for adults go to those alone whose terms allow it. By default for everybody. */
  rating?: Rating;
  /** By default the workspace. */
  payer?: Call["payer"];
  /** Whose places at a provider it takes, by default those of all who write; what the operator pays has its own. */
  line?: "seen";
  /** Providers, or `provider/model`: these alone are asked, in this order. */
  models?: readonly string[] | undefined;
  /** For all of them together, milliseconds. */
  deadlineMs?: number;
  /** How long one that works may take, milliseconds; by default what so many tokens may take. */
  patienceMs?: number;
  /** Writes for the transaction that writes down the answer. */
  beside?: readonly Write[];
};

/** What was written, by whom, and what that call has cost; those that failed before it stand in the book. */
export type Written<Value> = Pick<TextDone<Value>, "text" | "value" | "tokensIn" | "tokensOut" | "costMicroUsd" | "cut"> &
  Pick<TextOffered, "provider" | "model" | "title">;

const retryAfter = (ms: number): Record<string, string> => ({ "retry-after": String(Math.ceil(ms / 1000)) });

/** All who would have been asked are full or paused: none of them was, and nothing is paid. */
export class NobodyFree extends Problem {
  /** When the first of them may be free, milliseconds from now. */
  readonly retryAfterMs: number;

  constructor(detail: string, retryAfterMs: number) {
    super(writingProblems.failed, detail, { headers: retryAfter(retryAfterMs) });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Why a model of the route has written nothing. */
type Trouble = {
  row: TextOffered;
  why: Failure["class"] | "budget-spent" | "busy";
  detail: string;
  microUsd: number;
  retryAfterMs?: number;
};

/**
 * Has one model after the other asked until one has written. Each paid call is in the book, with its money, before it is made, and is made once. Who fails,
 * is paused or full, or is too dear for the caps is followed by the next; a refusal ends it.
 *
 * With an Idempotency-Key the answer is kept with the price, so that whoever repeats the request is told the same and nothing is paid again.
 *
 * @throws Problem `writing/refused`, `generation/budget-spent`, `writing/unfit`, `writing/late`, `writing/failed`, and those of the route; NobodyFree where nobody could be asked
 */
export async function write<Value>(ctx: Context, deps: WritingDeps, wanted: Wanted<Value>): Promise<Written<Value>> {
  const route = textRouteOf(deps.catalogue, wanted);
  const until = performance.now() + (wanted.deadlineMs ?? deadlineMs);
  const troubles: Trouble[] = [];
  for (const row of route) {
    const model = deps.models(row.provider);
    if (!model) continue;
    const isFree = row.tokenPriceMicroUsd.in + row.tokenPriceMicroUsd.out === 0;
    if (!isFree && until - performance.now() < leastMs) continue;
    const ended = await (isFree ? askFree : askPaid)(ctx, deps, wanted, { row, model, until });
    if ("text" in ended) return ended;
    if (ended.why === "refused") throw new Problem(writingProblems.refused, ended.detail);
    troubles.push(ended);
  }
  const purse = purseOf(ctx.workspaceId, wanted.payer);
  throw await problemOf({ ...ctx, workspaceId: purse }, deps, troubles, until);
}

type Turn = { row: TextOffered; model: TextModel; until: number };

const requestOf = <Value>(
  { system, material, prompt, picture, maxTokens, schema }: Wanted<Value>,
  { row, until }: Turn,
): TextRequest<Value> => ({
  model: row.model,
  messages: [...(material ? [{ content: material }] : []), { content: prompt, ...(picture && { picture }) }].map((message) => ({
    role: "user",
    ...message,
  })),
  ...{ maxTokens, until },
  ...(system !== undefined && { system }),
  ...(schema && { schema }),
});

/** What is built in costs nothing and calls nobody, so it leaves no row in the book. */
async function askFree<Value>(ctx: Context, deps: WritingDeps, wanted: Wanted<Value>, turn: Turn): Promise<Written<Value> | Trouble> {
  const ended = await turn.model.complete(requestOf(wanted, turn));
  if (ended.kind === "failed") return troubleOf(turn.row, ended, 0);
  const written = writtenBy(turn.row, ended);
  const beside = besideOf(ctx, wanted, written);
  if (beside.length > 0) await deps.calls.keep(...beside);
  return written;
}

async function askPaid<Value>(ctx: Context, deps: WritingDeps, wanted: Wanted<Value>, turn: Turn): Promise<Written<Value> | Trouble> {
  const { row, model, until } = turn;
  const request = requestOf(wanted, turn);
  const call = blank(ctx, wanted, row, model.estimate(request));
  const line = lineOf(row.provider, call.payer ?? wanted.line);
  const taken = await deps.capacity.take(line, {
    id: call.id,
    at: ctx.clock.now(),
    leaseMs: Math.ceil(until - performance.now()) + leaseMs,
  });
  if (taken.kind === "full" && call.payer === "operator") throw readAtOnce();
  if (taken.kind !== "place") {
    const why = taken.kind === "full" ? "is asked for as much as it may be" : "fails at the moment, and is paused";
    const retryAfterMs = Math.max(1_000, (taken.until ?? 0) - ctx.clock.now());
    return { row, why: "busy", detail: `${row.title} ${why}.`, microUsd: 0, retryAfterMs };
  }
  const leave = (verdict: ReturnType<typeof verdictOf>, retryAfterMs?: number) =>
    left(ctx, deps, { line, id: call.id, place: taken.place, verdict, retryAfterMs });
  const isBegun = await begin(ctx, deps, call).catch(async (error: unknown) => {
    await leave("neither");
    throw error;
  });
  if (!isBegun) {
    await leave("neither");
    return { row, why: "budget-spent", detail: `The budget has no room for ${row.title}.`, microUsd: call.reservedMicroUsd };
  }
  const givenMs = until - performance.now();
  const ended = await model.complete(request);
  const isLate = performance.now() > until - timersMs;
  const patienceMs = wanted.patienceMs ?? patienceMsOf({ maxTokens: wanted.maxTokens, tries: wanted.schema ? 2 : 1 });
  const wasCutShort = isLate && givenMs < patienceMs;
  const known = ended.kind === "done" ? answered(call, ended) : failedCall(call, ended.failure);
  const written = ended.kind === "done" ? writtenBy(row, ended) : undefined;
  try {
    await settle(ctx, deps, { begun: call, known }, written ? besideOf(ctx, wanted, written) : []);
  } finally {
    // A place that is not given back is free when its lease is over: an answer that is paid is not thrown away for that.
    await leave(verdictOf(known, wasCutShort), ended.kind === "failed" ? ended.failure.retryAfterMs : undefined).catch(unlessBusy);
  }
  return written ?? troubleOf(row, ended as Failed, call.reservedMicroUsd);
}

const unlessBusy = (error: unknown): void => {
  if (!isBusy(error)) throw error;
};

/** A timer may go off so much before its time, milliseconds. */
const timersMs = 20;

/** A call may end a moment after its deadline, and its place is given back a moment after that. */
const leaseMs = 10_000;

function blank(
  ctx: Context,
  { id, purpose, payer }: Pick<Wanted<unknown>, "id" | "purpose" | "payer">,
  { provider, model }: TextOffered,
  reservedMicroUsd: number,
): Call {
  const at = ctx.clock.now();
  return {
    id: id ?? newId("txt", at),
    workspaceId: ctx.workspaceId,
    requestedBy: actorId(ctx),
    correlationId: ctx.correlationId,
    ...(purpose !== undefined && { purpose }),
    ...(payer && { payer }),
    ...{ provider, model, reservedMicroUsd },
    outcome: "unknown",
    costMicroUsd: reservedMicroUsd,
    startedAt: instant(at),
    version: 1,
  };
}

/** Where money is counted. What the operator pays for a workspace has the caps of one that has set none, and nobody can set them. */
const purseOf = (workspaceId: string, payer: Call["payer"]): string => (payer ? `${workspaceId}/${payer}` : workspaceId);

/** Whose money a call takes. Always the same for the same call, so that what was reserved is what is settled. */
const expenseOf = ({ workspaceId, payer, requestedBy, provider, reservedMicroUsd, startedAt }: Call): Expense => ({
  workspaceId: purseOf(workspaceId, payer),
  userId: requestedBy,
  provider,
  microUsd: reservedMicroUsd,
  at: Date.parse(startedAt),
});

/** What a workspace's own calls add to its figures. Of those that the operator pays, its budgets know nothing either. */
function figuresOf({ metrics }: WritingDeps, is: Call, was?: Call): Write[] {
  const counted = is.payer ? undefined : countText(metrics, is, was);
  return counted ? [counted] : [];
}

/** Writes the call and its money, before which nobody is paid. False where no cap has room for it: then nothing is written. */
async function begin(ctx: Context, deps: WritingDeps, call: Call): Promise<boolean> {
  const held = await reservation(expenseOf(call), deps);
  try {
    await deps.calls.create(call, [...(held ? [held] : []), ...figuresOf(deps, call)]);
    // Whoever is not told now is told with the next expense.
    if (!call.payer) await watch(ctx, deps, expenseOf(call)).catch(unlessBusy);
    return true;
  } catch (error) {
    if (held && error instanceof Conflict && error.index === 1) return false;
    throw error;
  }
}

const answered = (call: Call, { tokensIn, tokensOut, costMicroUsd }: TextDone<unknown>): Call => ({
  ...call,
  outcome: "answered",
  ...{ tokensIn, tokensOut, costMicroUsd },
});

function failedCall(call: Call, { class: reason, billedMicroUsd = 0 }: Failure): Call {
  const told = { ...call, reason, detail: detailOf[reason] };
  // It may be billed: what was reserved, which is never less, stays booked.
  if (reason === "unknown-outcome") return told;
  return { ...told, outcome: reason === "refused" ? "refused" : "failed", costMicroUsd: billedMicroUsd };
}

/** Writes what a call has come to, what it has cost, and what belongs to its answer. */
async function settle(
  ctx: Context,
  deps: WritingDeps,
  { begun, known }: { begun: Call; known: Call },
  beside: readonly Write[],
): Promise<void> {
  const ended: Call = { ...known, endedAt: instant(ctx.clock.now()), version: known.version + 1 };
  const corrected = settlement(deps, expenseOf(begun), ended.costMicroUsd);
  const own = [...(corrected ? [corrected] : []), ...figuresOf(deps, ended, begun)];
  try {
    await deps.calls.save(ended, [...own, ...beside]);
  } catch (error) {
    if (!(error instanceof Conflict) || error.index <= own.length) throw error;
    // The same request was answered meanwhile. This call has cost what it has, and whoever asked is told what is kept.
    await deps.calls.save(ended, own);
    throw error;
  }
}

const besideOf = <Value>({ once }: Context, { beside = [] }: Wanted<Value>, written: Written<Value>): Write[] => [
  ...beside,
  ...(once ? [once.record(written)] : []),
];

/** Nobody makes room for words that are not read by sending more of them. */
const readAtOnce = (): Problem =>
  new Problem(problems.rateLimited, "More words are being read for safety than can be at once. Ask again in a moment.", {
    headers: { "retry-after": "1" },
  });

type Leaving = {
  line: string;
  id: string;
  place: Place | undefined;
  verdict: ReturnType<typeof verdictOf>;
  retryAfterMs?: number | undefined;
};

async function left({ clock }: Context, { capacity }: WritingDeps, { line, id, place, verdict, retryAfterMs }: Leaving): Promise<void> {
  if (place) await capacity.giveBack(line, place, { id, at: clock.now(), verdict, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

const writtenBy = <Value>(
  { provider, model, title }: TextOffered,
  { text, value, tokensIn, tokensOut, costMicroUsd, cut }: TextDone<Value>,
): Written<Value> => ({
  text,
  ...(value !== undefined && { value }),
  ...{ provider, model, title, tokensIn, tokensOut, costMicroUsd, cut },
});

const troubleOf = (row: TextOffered, { failure: { class: why, detail, retryAfterMs } }: Failed, microUsd: number): Trouble => ({
  row,
  ...{ why, detail, microUsd },
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

/** Why nothing was written: money first, since whoever asked can do something about it. */
async function problemOf(ctx: Context, deps: WritingDeps, troubles: readonly Trouble[], until: number): Promise<unknown> {
  const dear = troubles.find(({ why }) => why === "budget-spent");
  if (dear) {
    const spent = await assertAffordable(ctx, deps, { provider: dear.row.provider, microUsd: dear.microUsd }).catch(
      (error: unknown) => error,
    );
    if (spent !== undefined) return spent;
  }
  const said = troubles.map(({ detail }) => detail).join(" ");
  if (troubles.length > 0 && troubles.every(({ why }) => why === "misfit" || why === "bad-request"))
    return new Problem(writingProblems.unfit, said);
  const waits = troubles.flatMap(({ retryAfterMs }) => (retryAfterMs === undefined ? [] : [retryAfterMs]));
  if (troubles.length > 0 && troubles.every(({ why }) => why === "busy")) return new NobodyFree(said, Math.min(...waits));
  if (until - performance.now() < leastMs)
    return new Problem(writingProblems.late, `There was no answer in time. ${said} Ask for fewer tokens, or name a quicker model.`);
  const headers = waits.length > 0 ? retryAfter(Math.min(...waits)) : {};
  return new Problem(writingProblems.failed, said || "None of the models is set up here.", { headers });
}
