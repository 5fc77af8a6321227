export type RequestLine = { method: string; path: string; status: number; ms: number; requestId: string };
export type Log = { request(line: RequestLine): void; fromFunction(name: string, line: string): void; say(text: string): void };

/** What nobody sees as late. */
const togetherMs = 25;

const colours = { red: 31, yellow: 33, grey: 90 } as const;

/** One readable line for each request and each invocation, to standard output. */
export function makeLog(quiet: boolean): Log {
  const coloured = process.stdout.isTTY === true;
  const paint = (colour: keyof typeof colours, text: string) => (coloured ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text);
  // Many lines go out in one write.
  let waiting = "";
  const flush = () => {
    process.stdout.write(waiting);
    waiting = "";
  };
  const write = (text: string) => {
    if (quiet) return;
    if (waiting === "") setTimeout(flush, togetherMs);
    waiting += `${paint("grey", new Date().toISOString().slice(11, 23))} ${text}\n`;
  };
  return {
    say: write,
    request({ method, path, status, ms, requestId }) {
      const outcome = status >= 500 ? paint("red", String(status)) : status >= 400 ? paint("yellow", String(status)) : String(status);
      write(`${method.padEnd(6)} ${path} ${outcome} ${ms.toFixed(0)} ms ${paint("grey", requestId)}`);
    },
    fromFunction(name, line) {
      // Figures are for /_local/figures; the gateway has told of the request.
      if (isFigures(line)) return;
      const told = readable(line);
      if (!told) return write(`${name}: ${line}`);
      const text = `${told.message}${told.ms === undefined ? "" : ` ${told.ms} ms`}${told.error ? ` – ${told.error}` : ""}`;
      write(`${"·".padEnd(6)} ${told.level === "ERROR" ? paint("red", text) : text} ${paint("grey", told.correlationId ?? "")}`);
    },
  };
}

/** A line of figures (EMF), as Powertools writes it. */
export const isFigures = (line: string): boolean => line.startsWith('{"_aws"');

type Told = { level: string; message: string; ms?: number; correlationId?: string; error?: string };

/** A structured line of a function in the words of a person; undefined if it is none. */
function readable(line: string): Told | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { level, message, ms, correlationId, requestId, error } = JSON.parse(line) as Record<string, unknown>;
    const cause = error as { name?: string; message?: string; stack?: string; cause?: { message?: string; stack?: string } } | undefined;
    return {
      level: String(level),
      message: String(message),
      ms: typeof ms === "number" ? ms : undefined,
      correlationId: (correlationId ?? requestId) as string | undefined,
      error: cause && (cause.cause?.stack ?? cause.cause?.message ?? cause.stack ?? cause.message),
    };
  } catch {
    return undefined;
  }
}
