import { createServer } from "node:http";
import { type AddressInfo, createServer as createPlainServer } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeOutside } from "../outside/index.ts";
import { imageModels as models } from "./models/index.ts";
import { makeProvider } from "./registry.ts";
import { pictureOf, rigNames, rigs } from "./rigs.fixture.ts";

const key = "key-that-nobody-repeats-0123456789";
type Reply = { status: number; headers: Record<string, string>; body: string };

let reply: Reply = { status: 200, headers: {}, body: "" };
let requests = 0;
const server = createServer((incoming, outgoing) => {
  requests += 1;
  incoming.resume().on("end", () => outgoing.writeHead(reply.status, reply.headers).end(reply.body));
});
let baseUrl = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close().closeAllConnections());

/** Words that some provider's answers are made of, so that what comes is nearly right. */
const words = [
  "id",
  "status",
  "output",
  "error",
  "detail",
  "title",
  "next",
  "results",
  "images",
  "seeds",
  "finish_reasons",
  "data",
  "b64_json",
  "usage",
  "candidates",
  "content",
  "parts",
  "inlineData",
  "finishReason",
  "promptFeedback",
  "blockReason",
  "choices",
  "message",
  "code",
  "result",
  "description",
  "prompt_id",
  "inferenceProviderMapping",
  "provider",
  "providerId",
  "imageUrl",
  "failReason",
  "outputs",
  "queue_running",
  "queue_pending",
  "details",
  "errors",
  "name",
];
const value = fc.oneof(
  fc.constantFrom(
    "succeeded",
    "failed",
    "SUCCESS",
    "FAILURE",
    "live",
    "together",
    "http://127.0.0.1:1/x.png",
    "",
    key,
    "💥",
    0,
    1,
    22,
    24,
    -1,
    1e308,
    null,
    true,
  ),
  fc.string({ maxLength: 20 }),
);
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    value,
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...words), tie("node"), { maxKeys: 6 }),
  ),
})).node;

const answer: fc.Arbitrary<Reply> = fc.record({
  status: fc.constantFrom(
    200,
    200,
    200,
    201,
    202,
    301,
    302,
    400,
    401,
    402,
    403,
    404,
    408,
    409,
    413,
    418,
    422,
    429,
    498,
    500,
    501,
    502,
    503,
    504,
    529,
  ),
  headers: fc.record(
    {
      "content-type": fc.constantFrom("application/json", "image/png", "text/html"),
      "retry-after": fc.constantFrom("0", "1", "-1", "1e9", "soon", "Fri, 20 Nov 2099 12:00:00 GMT", "NaN"),
      "finish-reason": fc.constantFrom("SUCCESS", "CONTENT_FILTERED"),
      seed: fc.constantFrom("7", "x"),
      location: fc.constantFrom("/", "http://169.254.169.254/", "http://[::1]/"),
      "x-amzn-errortype": fc.constantFrom("ValidationException", "ResourceNotFoundException:"),
    },
    { requiredKeys: [] },
  ),
  body: fc.oneof(
    tree.map((json) => JSON.stringify(json)),
    fc.constantFrom("", "<html>", "{", "null", "[]", `{"error":{"message":"${key}"}}`),
  ),
});

const classes = ["retry", "fall-back", "refused", "bad-request", "reauthorise", "out-of-credit", "unknown-outcome"];

describe.each(rigNames)("%s", (name) => {
  const provider = () =>
    makeProvider(name, { key, baseUrl, webhookSecret: "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0cw==" }, { outside: makeOutside(), models });
  const picture = pictureOf(rigs[name].model);

  test("whatever it answers, one request is made of each kind, nothing is thrown, and no key is told", async () => {
    const { submit, poll, lookUp, cancel, fetchOutput } = provider();
    await fc.assert(
      fc.asyncProperty(answer, async (given) => {
        reply = given;
        requests = 0;
        const submitted = await submit(picture);
        // Hugging Face asks the hub first.
        expect(requests).toBeLessThanOrEqual(name === "huggingface" ? 2 : 1);
        const told = [
          submitted,
          await poll?.("reference"),
          await lookUp?.({ picture, startedAt: new Date().toISOString() }),
          await cancel?.("reference"),
          submitted.kind === "done" && submitted.outputs[0]?.kind === "bytes" ? await fetchOutput(submitted.outputs[0]) : undefined,
        ];
        for (const one of told) {
          if (one === undefined || !("failure" in one)) continue;
          const { failure } = one;
          expect(classes).toContain(failure.class);
          expect(failure.detail.length).toBeLessThan(600);
          if (failure.class === "retry") expect(failure.retryAfterMs).toBeGreaterThanOrEqual(0);
          if (failure.retryAfterMs !== undefined) expect(failure.retryAfterMs).toBeLessThanOrEqual(900_000);
          expect(failure.detail).not.toContain(key);
        }
        if (submitted.kind === "done") expect(submitted.costMicroUsd).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  test("where nobody listens nothing was sent, and the next one is asked", async () => {
    const closed = createPlainServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const lonely = makeProvider(name, { key, baseUrl: `http://127.0.0.1:${port}` }, { outside: makeOutside(), models });
    // The hub of Hugging Face is asked a question first, which may be asked again.
    expect(await lonely.submit(picture)).toMatchObject({ failure: { class: name === "huggingface" ? "retry" : "fall-back" } });
  });
});
