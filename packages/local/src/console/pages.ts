import type { Standing } from "../faults/index.ts";
import type { Mail } from "../ses/index.ts";
import type { Simulated } from "../simulators.ts";
import type { Figure, Step } from "../story.ts";
import type { QueueView } from "./queues.ts";

type Process = { functions: string[]; pid: number; running: string[] };

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const text = (value: unknown): string => String(value).replace(/[&<>"]/g, (c) => escapes[c] ?? c);

const style = `:root{color-scheme:light dark}body{font:15px/1.55 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1.5rem}
nav a{margin-right:1rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .7rem .3rem 0;border-bottom:1px solid #8884;vertical-align:top}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0}.code{font-size:1.5rem;letter-spacing:.15em;font-weight:700}.quiet{opacity:.7}button{font:inherit;padding:.2rem .6rem}`;

const frame = (title: string, content: string): string => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${text(title)} · Atelier, local</title><style>${style}</style></head><body>
<nav><a href="/_local">Overview</a><a href="/_local/inbox">Inbox</a><a href="/_local/queues">Queues</a><a href="/_local/figures">Figures</a><a href="/_local/tables">Table</a><a href="/_local/clock">Clock</a><a href="/_local/faults">Faults</a><a href="/_local/simulators">Simulators</a><a href="/docs">API</a></nav>
<h1>${text(title)}</h1>${content}</body></html>`;

const table = (head: string[], rows: string[][]): string =>
  `<table><thead><tr>${head.map((cell) => `<th>${text(cell)}</th>`).join("")}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`)
    .join("")}</tbody></table>`;

const countsOf = ({ visible, inFlight, delayed, oldestMs }: QueueView): string[] => [
  ...[visible, inFlight, delayed].map(text),
  oldestMs === undefined ? "–" : `${text(Math.round(oldestMs / 1000))} s`,
];
const counts = ["Waiting", "In hand", "Delayed", "Oldest"];
const held = ({ visible, inFlight, delayed }: QueueView): number => visible + inFlight + delayed;

function workingTable(queues: QueueView[]): string {
  const heldBy = new Map(queues.map((queue) => [queue.name, held(queue)]));
  return table(
    ["Queue", ...counts, "Its dead letters"],
    queues
      .filter((queue) => !queue.deadLetterOf)
      .map((queue) => [
        text(queue.name),
        ...countsOf(queue),
        queue.deadLetterQueue ? `${text(queue.deadLetterQueue)}: ${heldBy.get(queue.deadLetterQueue) ?? 0}` : "–",
      ]),
  );
}

export function overviewPage(state: { now: string; offsetMs: number; queues: QueueView[]; processes: Process[]; mails: number }): string {
  const dead = state.queues.filter((queue) => queue.deadLetterOf && queue.visible + queue.inFlight > 0);
  return frame(
    "Embedded cloud",
    `<p>Clock: <b>${text(state.now)}</b>${state.offsetMs === 0 ? "" : ` <span class="quiet">(turned by ${text(state.offsetMs)} ms)</span>`}.
    <a href="/_local/inbox">${state.mails === 1 ? "One mail</a> was" : `${text(state.mails)} mails</a> were`} sent.
    ${dead.length === 0 ? "No dead letters." : `<b><a href="/_local/queues">Dead letters: ${dead.map((queue) => text(queue.name)).join(", ")}</a></b>`}</p>
    <h2>Queues</h2>${workingTable(state.queues)}
    <h2>Processes</h2>${table(
      ["Process", "Functions", "Running now"],
      state.processes.map((process) => [text(process.pid), text(process.functions.join(", ")), text(process.running.join(", ") || "–")]),
    )}`,
  );
}

export function inboxPage(mails: Mail[]): string {
  const shown = mails.map(
    (mail) => `<article><h2>${text(mail.subject)}</h2><p class="quiet">to ${text(mail.to.join(", "))}, ${text(mail.at)}</p>
    ${mail.code ? `<p class="code">${text(mail.code)}</p>` : ""}<pre>${text(mail.text)}</pre></article>`,
  );
  return frame("Inbox", shown.join("<hr>") || "<p>Nothing was sent yet. Sign-up and forgotten passwords send mail.</p>");
}

export function queuesPage(queues: QueueView[]): string {
  const dead = queues.filter((queue) => queue.deadLetterOf);
  const button = (queue: QueueView) => (held(queue) > 0 ? `<button data-queue="${text(queue.name)}">Send again</button>` : "");
  const letters = dead.flatMap((queue) =>
    (queue.messages ?? []).map(
      ({ messageId, sentAt, receives, error, body }) =>
        `<h3>${text(queue.name)}</h3><p>${text(messageId)}, sent ${text(sentAt)}, received ${text(receives)} times. ${error ? `<b>${text(error)}</b>` : "No error is known."}</p><pre>${text(body)}</pre>`,
    ),
  );
  return frame(
    "Queues",
    `${workingTable(queues)}<h2>Dead letters</h2>${table(
      ["Queue", ...counts, ""],
      dead.map((queue) => [text(queue.name), ...countsOf(queue), button(queue)]),
    )}${letters.join("")}
    <p>Also from a terminal: <code>npm run redrive</code>. docs/guides/runbook.md says for each queue whether sending again is safe.</p>
    <script>for (const button of document.querySelectorAll("[data-queue]")) button.onclick = async () => {
      button.disabled = true;
      await fetch("/_local/queues", { method: "POST", body: JSON.stringify({ redrive: button.dataset.queue }) });
      location.reload();
    };</script>`,
  );
}

/** What was done under an id, one line a step. */
export const tracePage = (id: string, steps: Step[]): string =>
  frame(
    `Trace of ${id}`,
    steps.length === 0
      ? "<p>Nothing was written under this id, or it is too long ago.</p>"
      : table(
          ["Time", "Function", "What", "About", "State", "ms", "Error"],
          steps.map((step) =>
            [step.at, step.function, [step.what, step.type].filter(Boolean).join(": "), step.subject, step.state, step.ms, step.error].map(
              (cell) => text(cell ?? ""),
            ),
          ),
        ),
  );

/** Totals over the lines that are kept. */
export const figuresPage = (figures: Figure[]): string =>
  frame(
    "Figures",
    `<p class="quiet">Over the newest lines of the functions' log; CloudWatch gets the same.</p>${table(
      ["Figure", "Of", "Samples", "Sum", "Mean", "Highest"],
      figures.map(({ name, of, unit, samples, sum, max }) => [
        ...[name, of, samples].map(text),
        ...(unit === "Count" ? [sum, "", ""] : ["", `${Math.round(sum / samples)} ms`, `${max} ms`]).map(text),
      ]),
    )}`,
  );

export const clockPage = ({ now, offsetMs }: { now: string; offsetMs: number }): string =>
  frame(
    "Clock",
    `<p>It is <b>${text(now)}</b> here${offsetMs === 0 ? ", as everywhere" : `, ${text(offsetMs)} ms from real time`}.</p>
    <p>Turn it: <code>curl -X POST /_local/clock -d '{"advanceMs": 3600000}'</code>, <code>{"set": "2026-12-01T09:30:00Z"}</code> or <code>{"reset": true}</code>.
    Due posts, delays, rules and codes follow it; signatures and tokens stay in real time.</p>`,
  );

export const faultsPage = (rules: Standing[]): string =>
  frame(
    "Faults",
    `${table(
      ["Rule", "Service", "Call", "Fault", "More", "Seen", "Struck"],
      rules.map(({ id, service, call, fault, seen, applied, ...more }) =>
        [id, service, call, fault, JSON.stringify(more), seen, applied].map((cell) => text(cell)),
      ),
    )}
    <p>${rules.length === 0 ? "Nothing is made to go wrong. " : ""}Order something: <code>curl -X POST /_local/faults -d '{"service": "dynamodb", "call": "PutItem", "fault": "throttle", "chance": 0.3}'</code>.
    End it all: <code>curl -X DELETE /_local/faults</code></p>`,
  );

export function tablesPage(name: string, items: Record<string, unknown>[]): string {
  const keyOf = (item: Record<string, unknown>, key: string) => text((item[key] as { S?: string } | undefined)?.S ?? "");
  return frame(
    `Table ${name}`,
    `<p class="quiet">The first ${items.length} rows.</p>${table(
      ["pk", "sk", "Row"],
      items.map((item) => [
        keyOf(item, "pk"),
        keyOf(item, "sk"),
        `<details><summary>show</summary><pre>${text(JSON.stringify(item, null, 1))}</pre></details>`,
      ]),
    )}`,
  );
}

export const simulatorsPage = (items: readonly Simulated[]): string =>
  frame(
    "Simulators",
    items.length === 0
      ? "<p>None. <code>npm start -- --simulate</code> starts one of each provider.</p>"
      : table(
          ["Kind", "Name", "What it was asked"],
          items.map(({ kind, name, url }) => [text(kind), text(name), `<a href="${text(url)}/_simulator">${text(url)}/_simulator</a>`]),
        ),
  );
