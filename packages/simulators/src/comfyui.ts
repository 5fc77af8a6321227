import { randomUUID } from "node:crypto";
import { type Answer, file, json, retryAfter } from "./answer.ts";
import { graphOf, type Wanted } from "./comfyui-graph.ts";
import type { Definition, Errors, House, Provider, ProviderOptions } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import type { Prediction } from "./ledger.ts";
import { drawing, encode } from "./pictures/index.ts";
import { startProvider } from "./provider.ts";

type Run = {
  id: string;
  number: number;
  graph: object;
  wanted: Wanted;
  /** Of its first file. */
  fileNumber: number;
  seed: number;
  status: "pending" | "running" | "success" | "error";
  fate: "succeed" | "fail" | "stuck";
  booked: Prediction;
};

const runsMax = 10_000;
const plain = (status: number, text: string): Answer => ({ status, headers: { "content-type": "text/plain" }, pieces: [text] });

const errors: Errors = {
  badKey: () => plain(401, "Unauthorized"),
  notFound: () => plain(404, "404: Not Found"),
  badBody: (detail) => json(400, { error: { type: "no_prompt", message: detail, details: detail, extra_info: {} }, node_errors: {} }),
  tooLarge: () => plain(413, "Maximum request body size exceeded"),
  // It has no limits of its own: a proxy in front of it has.
  throttle: (retryAfterS) => ({
    ...plain(429, "Too Many Requests"),
    headers: retryAfter(retryAfterS),
  }),
  serverError: () => plain(500, "500 Internal Server Error"),
  unavailable: () => plain(503, "Service Unavailable"),
};

/**
 * ComfyUI (contracts.md §1.7, ⚠ most of it from knowledge of the project): `/prompt`, `/history/{id}`, `/view`, `/queue`, `/interrupt`,
 * `/system_stats`. It asks for no key, so `badKey` is no fault of it; its web socket is left out, and what is drawn costs nothing.
 *
 * A `prompt_id` that the caller chose is the one that its history stands under.
 */
export function startComfyui(options: Omit<ProviderOptions, "key"> = {}): Promise<Provider> {
  return startProvider(comfyui, { ...options, key: "" });
}

function comfyui(house: House): Definition & { controls: object } {
  const runs = new Map<string, Run>();
  let filesMade = 0;

  function step(run: Run): boolean {
    if (run.status === "pending") {
      run.status = "running";
      return run.fate !== "stuck";
    }
    if (run.status !== "running") return false;
    run.status = run.fate === "fail" ? "error" : "success";
    run.booked.state = run.fate === "fail" ? "failed" : "succeeded";
    return false;
  }

  function submit(exchange: Exchange): Answer {
    const { prompt: graph, prompt_id: given } = exchange.json();
    const read = graphOf(graph);
    if ("error" in read) return json(400, { error: read.error, node_errors: read.nodeErrors });
    const { wanted } = read;
    const id = typeof given === "string" && given !== "" ? given : randomUUID();
    // ⚠ That an id that was used before is run again, and replaces the first in the history.
    const { prompt, count, width, height } = wanted;
    const seed = wanted.seed ?? 0;
    const booked = exchange.accept({ id, model: "comfyui", prompt, parameters: { ...wanted, seed, width, height }, costMicroUsd: 0 });
    const fate = exchange.does("fail") ? "fail" : exchange.does("stuck") ? "stuck" : "succeed";
    const run: Run = {
      id,
      number: runs.size,
      graph: graph as object,
      wanted,
      fileNumber: filesMade + 1,
      seed,
      status: "pending",
      fate,
      booked,
    };
    filesMade += count;
    if (runs.size >= runsMax) runs.delete(runs.keys().next().value ?? "");
    runs.set(id, run);
    house.jobs.start(() => step(run));
    return json(200, { prompt_id: id, number: run.number, node_errors: {} });
  }

  const inQueue = (status: Run["status"]) =>
    [...runs.values()].filter((run) => run.status === status).map((run) => [run.number, run.id, run.graph, {}, [run.wanted.node]]);

  return {
    name: "comfyui",
    faults: [...transportFaults.filter((fault) => fault !== "badKey"), ...pictureFaults, "fail", "stuck"],
    bodyBytesMax: 100 * 1024 * 1024,
    admits: () => true,
    errors,
    controls: {},
    routes: [
      { method: "POST", path: /^\/prompt$/, places: ["work"], run: submit },
      {
        method: "GET",
        path: /^\/history\/(?<id>[^/]+)$/,
        run({ params }) {
          const run = runs.get(params.id ?? "");
          return json(200, run && isDone(run) ? { [run.id]: toldOf(run) } : {});
        },
      },
      {
        method: "GET",
        path: /^\/history$/,
        run: () => json(200, Object.fromEntries([...runs.values()].filter(isDone).map((run) => [run.id, toldOf(run)]))),
      },
      {
        method: "GET",
        path: /^\/view$/,
        places: ["result"],
        run(exchange) {
          const name = exchange.query.get("filename");
          for (const run of runs.values()) {
            const index = filesOf(run).findIndex(({ filename }) => filename === name);
            if (index < 0 || run.status !== "success") continue;
            const { prompt, negative, width, height } = run.wanted;
            return file(exchange.shape(encode(drawing([prompt, negative, run.seed + index].join("\0"), width, height))));
          }
          return errors.notFound();
        },
      },
      { method: "GET", path: /^\/queue$/, run: () => json(200, { queue_running: inQueue("running"), queue_pending: inQueue("pending") }) },
      {
        method: "POST",
        path: /^\/queue$/,
        run(exchange) {
          const { delete: gone } = exchange.json();
          for (const id of Array.isArray(gone) ? gone : []) cancel(runs.get(String(id)), "pending");
          return plain(200, "");
        },
      },
      {
        method: "POST",
        path: /^\/interrupt$/,
        run() {
          for (const run of runs.values()) cancel(run, "running");
          return plain(200, "");
        },
      },
      { method: "GET", path: /^\/system_stats$/, run: () => json(200, { system: { comfyui_version: "simulated" }, devices: [] }) },
    ],
  };

  function cancel(run: Run | undefined, status: Run["status"]): void {
    if (run?.status !== status) return;
    run.status = "error";
    run.booked.state = "canceled";
    // What never started leaves no history.
    if (status === "pending") runs.delete(run.id);
  }
}

const isDone = ({ status }: Run): boolean => status === "success" || status === "error";

function filesOf({ wanted, fileNumber }: Run) {
  return Array.from({ length: wanted.count }, (_, index) => ({
    filename: `${wanted.prefix}_${String(fileNumber + index).padStart(5, "0")}_.png`,
    subfolder: "",
    type: wanted.isPreview ? "temp" : "output",
  }));
}

function toldOf(run: Run): object {
  const good = run.status === "success";
  const messages = good ? [] : [["execution_error", { prompt_id: run.id, exception_message: "CUDA out of memory" }]];
  return {
    prompt: [run.number, run.id, run.graph, {}, [run.wanted.node]],
    outputs: good ? { [run.wanted.node]: { images: filesOf(run) } } : {},
    status: { status_str: run.status, completed: good, messages },
  };
}
