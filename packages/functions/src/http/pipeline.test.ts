import { Problem } from "@atelier/core/kernel";
import { afterEach, expect, test, vi } from "vitest";
import { logger } from "../log.ts";
import { operation } from "./operation.ts";
import { area } from "./pipeline.ts";

afterEach(() => vi.restoreAllMocks());

const failing = (error: Error) =>
  operation({
    ...{
      id: "fails",
      method: "GET",
      path: "/v1/fails",
      area: "Service",
      summary: "Fails",
      description: "It fails.",
      auth: "open",
      status: 204,
    },
    example: {},
    run: async () => {
      throw error;
    },
  } as never);

/** What one failed request leaves in the log, beside its line of figures, and its status. */
async function logged(error: Error) {
  const lines: unknown[] = [];
  vi.spyOn(logger, "error").mockImplementation((...said) => void lines.push(...said));
  const event = {
    rawPath: "/v1/fails",
    rawQueryString: "",
    headers: {},
    requestContext: { http: { method: "GET", sourceIp: "127.0.0.1" } },
  };
  const answer = await area("Test", [failing(error)])(event as never, {} as never);
  return { lines, status: answer.statusCode };
}

test("an answer that is a failure of ours is logged by its kind, and not in the words that only whoever asked is told", async () => {
  const type = { code: "writing/failed", status: 502, title: "No model could write this" };
  const { lines, status } = await logged(new Problem(type, "OpenAI says: “my secret words”"));
  expect([status, lines[0]]).toEqual([502, "writing/failed"]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

test("what nobody has foreseen is logged with its error", async () => {
  const bug = new Error("undefined is not a function");
  const { lines, status } = await logged(bug);
  expect([status, lines]).toEqual([500, ["server/internal", expect.objectContaining({ error: bug })]]);
});
