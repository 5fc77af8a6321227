export type ToChild =
  | { kind: "clock"; offsetMs: number }
  /** Source files that invocations will need; answered by `ready`. */
  | { kind: "load"; entries: string[] }
  /** `deadline` in real epoch milliseconds, as Lambda's own. */
  | { kind: "invoke"; id: string; functionName: string; entry: string; event: unknown; deadline: number };

export type FromChild =
  | { kind: "ready" }
  | { kind: "done"; id: string; result: unknown }
  | { kind: "failed"; id: string; error: { name: string; message: string; stack: string } };
