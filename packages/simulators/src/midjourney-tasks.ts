import { randomInt } from "node:crypto";
import type { House } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import type { Prediction } from "./ledger.ts";
import { type Drawing, drawing, gridOfFour, sidesOf } from "./pictures/index.ts";

export type TaskStatus = "NOT_START" | "SUBMITTED" | "IN_PROGRESS" | "FAILURE" | "SUCCESS";
export type Action = "IMAGINE" | "UPSCALE" | "VARIATION" | "REROLL" | "BLEND" | "DESCRIBE";

/** Epoch milliseconds, as the proxy has them. */
export type Task = {
  id: string;
  action: Action;
  status: TaskStatus;
  prompt: string;
  state: string | undefined;
  notifyHook: string | undefined;
  submitTime: number;
  startTime?: number;
  finishTime?: number;
  failReason?: string;
  /** What a change was made of: the task's id, the action and the index. */
  of?: string;
  index?: number;
  fate: "succeed" | "refuse" | "fail" | "stuck";
  booked: Prediction;
};

export type Submitted = Pick<Task, "action" | "prompt" | "state" | "notifyHook"> & { of?: string; index?: number };

const tasksMax = 10_000;

/** ⚠ A subscription is paid by time; this stands for a minute of it. */
const microUsdPerTask = 33_000;

/** The proxy's tasks. `changed` is called whenever one has changed. */
export function tasksOf(house: House, changed: (task: Task) => void) {
  const tasks = new Map<string, Task>();

  function step(task: Task): boolean {
    if (task.status === "NOT_START") {
      task.status = "SUBMITTED";
      task.startTime = house.now();
    } else if (task.status === "SUBMITTED") task.status = "IN_PROGRESS";
    else if (task.fate === "refuse")
      end(task, "FAILURE", "refused", "[Banned prompt detected] Midjourney's moderators refused this prompt.");
    else if (task.fate === "fail") end(task, "FAILURE", "failed", "[Internal error] The job failed.");
    else end(task, "SUCCESS", "succeeded");
    changed(task);
    if (task.status === "IN_PROGRESS") return task.fate !== "stuck";
    return task.finishTime === undefined;
  }

  function end(task: Task, status: TaskStatus, booked: Prediction["state"], failReason?: string): void {
    task.status = status;
    task.finishTime = house.now();
    if (failReason !== undefined) {
      task.failReason = failReason;
      task.booked.costMicroUsd = 0;
    }
    task.booked.state = booked;
  }

  const isOpen = ({ finishTime }: Task) => finishTime === undefined;

  return {
    submit(exchange: Exchange, submitted: Submitted): Task {
      // The proxy's own ids: milliseconds and some digits.
      const id = `${house.now()}${randomInt(1_000, 9_999)}${tasks.size}`;
      const { action, prompt, of, index } = submitted;
      const booked = exchange.accept({ id, model: "midjourney", prompt, parameters: { action, of, index }, costMicroUsd: microUsdPerTask });
      const fate = exchange.does("refuseOtherwise")
        ? "refuse"
        : exchange.does("fail")
          ? "fail"
          : exchange.does("stuck")
            ? "stuck"
            : "succeed";
      const task: Task = { ...submitted, id, status: "NOT_START", submitTime: house.now(), fate, booked };
      if (tasks.size >= tasksMax) tasks.delete(tasks.keys().next().value ?? "");
      tasks.set(id, task);
      house.jobs.start(() => step(task));
      return task;
    },
    find: (id: unknown): Task | undefined => tasks.get(String(id)),
    all: (): Task[] => [...tasks.values()],
    open: (): number => [...tasks.values()].filter(isOpen).length,
  };
}

/** How the proxy tells a task. A picture is where it was drawn; a grid of four, unless it was upscaled. */
export function told(task: Task, url: string): object {
  const progress = { NOT_START: "", SUBMITTED: "0%", IN_PROGRESS: "50%", FAILURE: "", SUCCESS: "100%" }[task.status];
  const done = task.status === "SUCCESS";
  return {
    id: task.id,
    action: task.action,
    status: task.status,
    prompt: done && task.action === "DESCRIBE" ? "1️⃣ a simulated description of the picture" : task.prompt,
    promptEn: task.prompt,
    description: `/${task.action.toLowerCase()} ${task.prompt}`,
    state: task.state ?? null,
    submitTime: task.submitTime,
    startTime: task.startTime ?? null,
    finishTime: task.finishTime ?? null,
    progress,
    imageUrl: done ? `${url}/attachments/${task.id}/grid.png` : null,
    failReason: task.failReason ?? null,
    properties: { finalPrompt: task.prompt },
  };
}

/** A grid of four at the ratio of `--ar`; one of them, in full, where it was upscaled. `--seed` and the words make it. */
export function drawingOf(task: Task, find: (id: string) => Task | undefined): Drawing {
  const { width, height } = sidesOf(/--ar (\d{1,3}:\d{1,3})\b/.exec(task.prompt)?.[1] ?? "1:1", 1_048_576);
  const source = task.of === undefined ? undefined : find(task.of);
  if (task.action === "UPSCALE" && source) return drawing(`${wordsOf(source)}\0${task.index}`, width, height);
  return gridOfFour(wordsOf(task), { width, height });
}

/** Without `--seed` each task is another drawing. */
const wordsOf = ({ prompt, id, action, index }: Task): string =>
  [prompt, action, index ?? "", prompt.includes("--seed ") ? "" : id].join("\0");
