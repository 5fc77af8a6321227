import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { type Answer, Refused } from "./answer.ts";
import type { Drawn, Fault } from "./faults.ts";
import type { Prediction, Work } from "./ledger.ts";
import type { Picture } from "./pictures/index.ts";

/** One request, read whole, and what may be done with it. */
export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** What the named groups of the route's path matched, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body as a JSON object. @throws Refused in the provider's words. */
  json(): Record<string, unknown>;
  /** The body as multipart/form-data. @throws Refused in the provider's words. */
  form(): Promise<Form>;
  /** Whether this fault was ordered of this request. Who asks has to do it then. */
  does(fault: Fault): boolean;
  /** Takes paid work. */
  accept(work: Work): Prediction;
  /** The picture as it is sent: cut off or of a wrong type, if that was ordered. */
  shape(picture: Picture): Picture;
};

export type Form = {
  names(): string[];
  text(name: string): string | undefined;
  files(name: string): { bytes: Buffer; type: string; name: string }[];
};

type Parts = Pick<Exchange, "method" | "path" | "query" | "headers" | "params" | "body"> & {
  drawn: Drawn | undefined;
  badBody: (detail: string) => Answer;
  accept: (work: Work) => Prediction;
};

/** `taken` counts the paid work that the request brought, `used` tells whether its fault was done by whoever answered it. */
export function exchangeOf({ drawn, badBody, accept, ...request }: Parts): Exchange & { outcome(): { taken: number; used: boolean } } {
  let taken = 0;
  let used = false;
  const does = (fault: Fault) => {
    if (drawn?.fault !== fault) return false;
    used = true;
    return true;
  };
  return {
    ...request,
    does,
    outcome: () => ({ taken, used }),
    json() {
      try {
        const value: unknown = JSON.parse(request.body.toString("utf8"));
        if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
      } catch {
        // Answered below, like a body that is JSON but no object.
      }
      throw new Refused(badBody("the body is not a JSON object"));
    },
    async form() {
      try {
        return formOf(await parsedForm(request.headers, request.body));
      } catch {
        throw new Refused(badBody("the body is not multipart/form-data"));
      }
    },
    accept(work) {
      taken += 1;
      return accept(work);
    },
    shape({ bytes, type }) {
      if (does("truncatedImage")) return { bytes: bytes.subarray(0, Math.floor(bytes.length / 2)), type };
      if (does("wrongType")) return { bytes: Buffer.from(svg), type };
      return { bytes, type };
    },
  };
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="red"/></svg>';

/** Node's own parser of Web requests. It refuses any other content type. */
function parsedForm(headers: IncomingHttpHeaders, body: Buffer) {
  const contentType = headers["content-type"] ?? "";
  if (!contentType.startsWith("multipart/form-data")) throw new TypeError("not multipart");
  return new Request("http://127.0.0.1", {
    method: "POST",
    headers: { "content-type": contentType },
    body: new Uint8Array(body),
  }).formData();
}

async function formOf(data: Awaited<ReturnType<Request["formData"]>>): Promise<Form> {
  const texts = new Map<string, string>();
  const files: { field: string; bytes: Buffer; type: string; name: string }[] = [];
  for (const [field, value] of data.entries())
    if (typeof value === "string") texts.set(field, value);
    else files.push({ field, bytes: Buffer.from(await value.arrayBuffer()), type: value.type, name: value.name });
  return {
    names: () => [...new Set(data.keys())],
    text: (name) => texts.get(name),
    files: (name) => files.filter(({ field }) => field === name || field === `${name}[]`),
  };
}

/** The body, or undefined where it is longer than `bytesMax`: the rest of it is read and dropped, so that the answer can be read. */
export async function bodyOf(incoming: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
    else if (bytes > droppedBytesMax) throw new Error("the body has no end");
  }
  return bytes > bytesMax ? undefined : Buffer.concat(chunks);
}

const droppedBytesMax = 256 * 1024 * 1024;

/** The names of a form's fields, or the start of anything else that is text. For people, and for tests to look at. */
export function summaryOf(headers: IncomingHttpHeaders, body: Buffer): string {
  const type = headers["content-type"] ?? "";
  if (body.length === 0) return "";
  if (type.startsWith("multipart/"))
    return [...body.toString("latin1").matchAll(/ name="([^"]{1,64})"/g)].map(([, name]) => name).join(" ");
  if (type.includes("json") || type.startsWith("text/")) return body.toString("utf8", 0, 400);
  return `${body.length} bytes`;
}
