export type ToChild =
  | { kind: "clock"; offsetMs: number }
  /** The functions that it will run; answered by `ready`. */
  | { kind: "load"; functions: { name: string; entry: string; environment: Record<string, string> }[] }
  /** `deadline` in real epoch milliseconds, as Lambda's own. */
  | { kind: "invoke"; id: string; functionName: string; entry: string; event: unknown; deadline: number };

export type FromChild =
  | { kind: "ready" }
  | { kind: "done"; id: string; result: unknown }
  | { kind: "failed"; id: string; error: { name: string; message: string; stack: string } };

/** A line that an invocation writes begins with its function's name between two of these: processes are shared. */
export const lineMark = "\u001e";

/** Tells the fault proxies which process and which function makes a request: `pid/function`. They take it away. */
export const callerHeader = "x-atelier-worker";
/** A process whose environment has this takes detours: ports and where they lead, as JSON. */
export const detoursVariable = "ATELIER_DETOURS";
