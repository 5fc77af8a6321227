import { randomBytes } from "node:crypto";
import type { House } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import type { Prediction } from "./ledger.ts";
import { type Drawing, drawing, encode, type Measure, type Picture } from "./pictures/index.ts";
import { drawnSides, type ReplicateModel } from "./replicate-models.ts";

export type ReplicateStatus = "starting" | "processing" | "succeeded" | "failed" | "canceled" | "aborted";

export type WebhookEvent = "start" | "output" | "logs" | "completed";

/** How a prediction is to end, as it was ordered when it was taken. */
export type Fate = "succeed" | "refuse" | "refuseOtherwise" | "fail" | "stuck";

export type Asked = {
  model: string;
  definition: ReplicateModel;
  input: Record<string, unknown>;
  webhook: string | undefined;
  events: readonly WebhookEvent[];
  /** Epoch milliseconds after which it is stopped. */
  deadline: number | undefined;
  fate: Fate;
  /** Of the picture that the input holds, for models that change one. */
  source: Measure | undefined;
};

/** What Replicate knows of one prediction. Times are epoch milliseconds. */
export type Run = Asked & {
  id: string;
  seed: number;
  status: ReplicateStatus;
  error: string | null;
  createdAt: number;
  startedAt?: number;
  completedAt?: number;
  booked: Prediction;
};

const hourMs = 3_600_000;
const runsMax = 10_000;

export const isFinal = ({ status }: Run): boolean => status !== "starting" && status !== "processing";

/** Predictions and what becomes of them. `tell` is called at each event of a prediction that webhooks know. */
export function predictionsOf(house: House, tell: (run: Run, event: WebhookEvent) => void) {
  const runs = new Map<string, Run>();
  const waiters = new Map<string, (() => void)[]>();

  function end(run: Run, status: ReplicateStatus, error: string | null = null): void {
    run.status = status;
    run.error = error;
    run.completedAt = house.now();
    const { booked } = run;
    booked.state = bookedState(run);
    // A deadline that passes before the start costs nothing on public models; what was canceled while it ran is billed.
    // ⚠ That a failure, or a cancel before the start, costs nothing is not stated.
    if (status === "failed" || status === "aborted" || (status === "canceled" && run.startedAt === undefined)) booked.costMicroUsd = 0;
    if (status === "succeeded") tell(run, "output");
    tell(run, "completed");
    for (const wake of waiters.get(run.id) ?? []) wake();
    waiters.delete(run.id);
  }

  function step(run: Run): boolean {
    refresh(run);
    if (isFinal(run)) return false;
    if (run.status === "starting") {
      run.status = "processing";
      run.startedAt = house.now();
      tell(run, "start");
      tell(run, "logs");
      return run.fate !== "stuck";
    }
    if (run.fate === "refuse") end(run, "failed", "NSFW content detected. Try running it again, or try a different prompt.");
    else if (run.fate === "refuseOtherwise")
      end(run, "failed", "The input or output was flagged as sensitive. Please try again with different inputs. (E005)");
    else if (run.fate === "fail") end(run, "failed", "Prediction interrupted; please retry (code: PA)");
    else end(run, "succeeded");
    return false;
  }

  /** What the clock alone changes: the deadline. */
  function refresh(run: Run): void {
    if (isFinal(run) || run.deadline === undefined || house.now() < run.deadline) return;
    end(run, run.startedAt === undefined ? "aborted" : "canceled");
  }

  return {
    create(asked: Asked, exchange: Exchange): Run {
      const id = idOf();
      const given = asked.input.seed;
      const seed = typeof given === "number" ? given : Math.floor(house.random() * 2 ** 31);
      const count = typeof asked.input.num_outputs === "number" ? asked.input.num_outputs : 1;
      const booked = exchange.accept({
        id,
        model: asked.model,
        prompt: String(asked.input.prompt ?? ""),
        parameters: { ...asked.input, seed },
        costMicroUsd: asked.definition.microUsdPerImage * count,
      });
      const run: Run = { ...asked, id, seed, status: "starting", error: null, createdAt: house.now(), booked };
      runs.set(id, run);
      for (const old of runs.keys()) {
        if (runs.size <= runsMax) break;
        runs.delete(old);
      }
      house.jobs.start(() => step(run));
      const msLeft = run.deadline === undefined ? undefined : run.deadline - house.now();
      if (msLeft !== undefined) void house.sleep(msLeft).then(() => refresh(run));
      return run;
    },
    find(id: string | undefined): Run | undefined {
      const run = runs.get(id ?? "");
      if (run) refresh(run);
      return run;
    },
    /** Newest first. */
    all(): Run[] {
      for (const run of runs.values()) refresh(run);
      return [...runs.values()].toReversed();
    },
    cancel(run: Run): void {
      if (!isFinal(run)) end(run, "canceled");
    },
    /** Resolves when it is final, or after `ms`. */
    async ended(run: Run, ms: number): Promise<void> {
      if (isFinal(run)) return;
      const final = new Promise<void>((resolve) => waiters.set(run.id, [...(waiters.get(run.id) ?? []), resolve]));
      await Promise.race([final, house.sleep(ms)]);
    },
    /** Deleted an hour after its end: input, output, logs and files (contracts.md §1.1). */
    isRemoved: (run: Run): boolean => run.completedAt !== undefined && house.now() >= run.completedAt + hourMs,
  };
}

export type Predictions = ReturnType<typeof predictionsOf>;

function bookedState({ status, fate }: Run): Prediction["state"] {
  if (status === "succeeded") return "succeeded";
  if (status === "canceled" || status === "aborted") return "canceled";
  return fate === "refuse" || fate === "refuseOtherwise" ? "refused" : "failed";
}

/** How Replicate tells a prediction; without what was deleted. */
export function told(run: Run, url: string, removed: boolean): Record<string, unknown> {
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  const self = `${url}/v1/predictions/${run.id}`;
  const ran =
    run.startedAt !== undefined && run.completedAt !== undefined ? { predict_time: (run.completedAt - run.startedAt) / 1000 } : {};
  return {
    id: run.id,
    model: run.model,
    version: run.definition.official ? "hidden" : run.definition.version,
    // ⚠ Of a deleted input only "removed" is documented: an empty object is our choice.
    input: removed ? {} : run.input,
    output: removed ? null : outputOf(run, url),
    error: run.error,
    logs: removed || run.startedAt === undefined ? "" : `Using seed: ${run.seed}\n`,
    status: run.status,
    created_at: iso(run.createdAt),
    started_at: iso(run.startedAt),
    completed_at: iso(run.completedAt),
    data_removed: removed,
    source: "api",
    metrics: ran,
    urls: { get: self, cancel: `${self}/cancel`, web: `${url}/p/${run.id}` },
  };
}

function outputOf(run: Run, url: string): string | string[] | null {
  if (run.status !== "succeeded") return null;
  const count = typeof run.input.num_outputs === "number" ? run.input.num_outputs : 1;
  const urls = Array.from({ length: count }, (_, index) => `${url}/files/${run.id}/out-${index}.${extensionOf(run)}`);
  return run.definition.output === "many" ? urls : (urls[0] ?? null);
}

const extensionOf = ({ input, definition }: Run) => (definition.does === "cutOut" ? "png" : String(input.output_format ?? "png"));

/** The file behind one of its output's URLs, made when it is asked for. */
export function fileOf(run: Run, index: number): Picture {
  const extension = extensionOf(run);
  return encode(drawingOf(run, index), extension === "jpg" ? "jpeg" : extension === "webp" ? "webp" : "png");
}

function drawingOf({ definition, input, model, seed, source }: Run, index: number): Drawing {
  const words = [model, input.prompt, input.negative_prompt, input.image, seed + index].join("\0");
  const { width, height } = source ?? { width: 512, height: 512 };
  if (definition.does === "cutOut") return drawing(words, width, height, true);
  const scale = Number(input.scale ?? /^(\d)x$/.exec(String(input.upscale_factor))?.[1] ?? 1);
  if (definition.does === "enlarge") return drawing(words, Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const sides = drawnSides(input);
  return drawing(words, sides.width, sides.height);
}

/** Such as `gm3qorzdhgbfurvjtvhg6dckhu`: 26 letters and digits. */
function idOf(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  return Array.from(randomBytes(26), (byte) => letters[byte & 31]).join("");
}
