import { randomUUID } from "node:crypto";
import { type Answer, file, json } from "./answer.ts";
import { callbacks, type Delivery } from "./callbacks.ts";
import type { Definition, Errors, House, Provider, ProviderOptions } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import { type Action, drawingOf, type Submitted, type Task, tasksOf, told } from "./midjourney-tasks.ts";
import { encode } from "./pictures/index.ts";
import { startProvider } from "./provider.ts";

export type MidjourneyOptions = ProviderOptions & {
  /** How many tasks run at once before one is told that it waits (code 22). Default 3. */
  concurrent?: number;
  /** A hook that was not taken is sent again after so long. ⚠ Not documented. Default never. */
  hookRetryMs?: readonly number[];
};

export type MidjourneyControls = { hooks: { deliveries(): Delivery[] } };

const dayMs = 86_400_000;

const plain = (status: number, text: string): Answer => ({ status, headers: { "content-type": "text/plain" }, pieces: [text] });

/** The proxy's answer to a submission: always 200, told apart by its code. */
const said = (code: number, description: string, result: unknown = null, properties: object = {}) =>
  json(200, { code, description, result, properties });

const errors: Errors = {
  // ⚠ An empty 401.
  badKey: () => plain(401, ""),
  notFound: () => plain(404, "Not Found"),
  badBody: (detail) => said(4, detail),
  tooLarge: () => plain(413, "Payload Too Large"),
  // There is no 429: the queue is full.
  throttle: () => said(23, "The queue is full, please try again later"),
  serverError: () => plain(500, "Internal Server Error"),
  unavailable: () => plain(503, "Service Unavailable"),
};

/**
 * midjourney-proxy (contracts.md §1.8) under `/mj`, its key being the `mj-api-secret`. Submissions are answered with 200 and a code, tasks are
 * polled or told to `notifyHook`, unsigned; pictures lie at `/attachments/…`, open to all, for a day.
 *
 * `throttle` is code 23; `refuse` is code 24 with the banned word; `refuseOtherwise` a task that ends in FAILURE with a moderator's words.
 */
export function startMidjourney(options: MidjourneyOptions = {}): Promise<Provider & MidjourneyControls> {
  return startProvider((house) => midjourney(house, options), { ...options, key: options.key ?? "simulated-mj-api-secret" });
}

function midjourney(house: House, { concurrent = 3, hookRetryMs = [] }: MidjourneyOptions): Definition & { controls: MidjourneyControls } {
  const hooks = callbacks(house, { retryMs: hookRetryMs, headers: () => ({}) });
  const tasks = tasksOf(house, (task) => {
    const last = task.finishTime !== undefined;
    const body = JSON.stringify(told(task, house.url()));
    if (task.notifyHook) hooks.send({ id: randomUUID(), url: task.notifyHook, subject: task.id, event: task.status, body, last });
  });
  const tell = (task: Task) => told(task, house.url());

  function submit(exchange: Exchange, submitted: Submitted): Answer {
    if (submitted.notifyHook !== undefined && !URL.canParse(submitted.notifyHook)) return said(4, "notifyHook is no URL");
    if (exchange.does("refuse")) {
      const bannedWord = submitted.prompt.split(" ")[0] ?? "";
      return said(24, "The prompt may contain a banned word", null, { promptEn: submitted.prompt, bannedWord });
    }
    const before = tasks.open();
    const { id } = tasks.submit(exchange, submitted);
    if (before < concurrent) return said(1, "Submitted", id);
    const waiting = before - concurrent;
    return said(22, `In the queue, ${waiting} tasks before it`, id, { numberOfQueues: waiting });
  }

  function change(exchange: Exchange, taskId: unknown, action: unknown, index: unknown, body: Record<string, unknown>): Answer {
    const changed = (["UPSCALE", "VARIATION", "REROLL"] as const).find((known) => known === action);
    if (!changed) return said(4, "action is UPSCALE, VARIATION or REROLL");
    const source = tasks.find(taskId);
    if (!source) return said(3, "The task does not exist or has lapsed");
    if (source.status !== "SUCCESS" || source.action === "UPSCALE") return said(4, "The task is not in a state to be changed");
    const at = changed === "REROLL" ? undefined : Number(index);
    if (at !== undefined && ![1, 2, 3, 4].includes(at)) return said(4, "index is 1 to 4");
    const known = tasks.all().find((task) => task.of === source.id && task.action === changed && task.index === at);
    if (known && changed === "UPSCALE") return said(21, "The task exists", known.id, tell(known));
    const change: Submitted = { ...common(body), action: changed, prompt: source.prompt, of: source.id };
    return submit(exchange, at === undefined ? change : { ...change, index: at });
  }

  const post = (path: string, run: (exchange: Exchange, body: Record<string, unknown>) => Answer) => ({
    method: "POST",
    path: new RegExp(`^/mj/submit/${path}$`),
    places: ["work"] as const,
    run: (exchange: Exchange) => run(exchange, exchange.json()),
  });

  return {
    name: "midjourney",
    faults: [
      ...transportFaults.filter((fault) => fault !== "throttleWithoutRetryAfter"),
      ...pictureFaults,
      "refuse",
      "refuseOtherwise",
      "fail",
      "stuck",
      "webhookReplay",
      "webhookReordered",
      "webhookLost",
    ],
    bodyBytesMax: 32 * 1024 * 1024,
    admits: (headers) => headers["mj-api-secret"] === house.key,
    errors,
    controls: { hooks: { deliveries: hooks.deliveries } },
    routes: [
      post("imagine", (exchange, body) => {
        if (typeof body.prompt !== "string" || body.prompt.trim() === "") return said(4, "prompt is empty");
        return submit(exchange, { ...common(body), action: "IMAGINE", prompt: body.prompt });
      }),
      post("change", (exchange, body) => change(exchange, body.taskId, body.action, body.index, body)),
      post("simple-change", (exchange, body) => {
        const [, id, letter, index] = /^(\w+) ([UVR])(\d?)$/i.exec(String(body.content)) ?? [];
        const actions: Readonly<Record<string, Action>> = { U: "UPSCALE", V: "VARIATION", R: "REROLL" };
        return change(exchange, id, actions[letter?.toUpperCase() ?? ""], index, body);
      }),
      post("blend", (exchange, body) => {
        const pictures = Array.isArray(body.base64Array) ? body.base64Array : [];
        if (pictures.length < 2 || pictures.length > 5) return said(4, "base64Array has 2 to 5 pictures");
        return submit(exchange, { ...common(body), action: "BLEND", prompt: `blend of ${pictures.length}` });
      }),
      post("describe", (exchange, body) => {
        if (typeof body.base64 !== "string") return said(4, "base64 is empty");
        return submit(exchange, { ...common(body), action: "DESCRIBE", prompt: "describe" });
      }),
      {
        method: "GET",
        path: /^\/mj\/task\/(?<id>\w+)\/fetch$/,
        run({ params }) {
          const task = tasks.find(params.id);
          // ⚠ A task that it does not know is an empty 200.
          return task ? json(200, tell(task)) : { status: 200, headers: {}, pieces: [] };
        },
      },
      // ⚠ The list is known from the project's documents alone.
      { method: "GET", path: /^\/mj\/task\/list$/, run: () => json(200, tasks.all().toReversed().slice(0, 1_000).map(tell)) },
      {
        method: "GET",
        path: /^\/attachments\/(?<id>\w+)\/grid\.png$/,
        open: true,
        places: ["result"],
        run(exchange) {
          const task = tasks.find(exchange.params.id);
          // ⚠ How long Discord's URLs live.
          const isThere = task?.status === "SUCCESS" && house.now() < (task.finishTime ?? 0) + dayMs;
          return isThere ? file(exchange.shape(encode(drawingOf(task, tasks.find)))) : errors.notFound();
        },
      },
    ],
  };
}

function common({ state, notifyHook }: Record<string, unknown>): Pick<Submitted, "state" | "notifyHook"> {
  return {
    state: typeof state === "string" ? state : undefined,
    notifyHook: typeof notifyHook === "string" && notifyHook !== "" ? notifyHook : undefined,
  };
}
