import { newId } from "@atelier/core/kernel";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { handler } from "./look-at-image.ts";

beforeAll(() => {
  // Gemini alone is set up, and nobody answers for the table.
  const environment = { GEMINI_API_KEY: "a key of many letters", OPENAI_API_KEY: "", PROVIDER_SETTINGS_PATH: "", TABLE: "Table" };
  const unreachable = { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  const bucket = { MEDIA_BUCKET: "media", LOOK_QUEUE_URL: "http://127.0.0.1:1/looks" };
  for (const [name, value] of Object.entries({ ...environment, ...unreachable, ...bucket })) vi.stubEnv(name, value);
});
afterAll(() => vi.unstubAllEnvs());

/** What of the messages fails, of one that says that an image is ready. */
async function failures(visionModel: string): Promise<number> {
  vi.stubEnv("VISION_MODEL", visionModel);
  const now = Date.now();
  const ids = { id: newId("evt", now), workspaceId: newId("wks", now), subject: newId("img", now) };
  const detail = { ...ids, correlationId: "req_test", version: 2, at: new Date(now).toISOString(), actor: "system" };
  const body = JSON.stringify({ source: "atelier", "detail-type": "library.image.processed", detail });
  const attributes = { ApproximateReceiveCount: "1", SentTimestamp: String(now), ApproximateFirstReceiveTimestamp: String(now) };
  const { batchItemFailures } = await handler({ Records: [{ messageId: "1", body, attributes } as SQSRecord] } satisfies SQSEvent);
  return batchItemFailures.length;
}

describe("news of an image that is ready", () => {
  test("is done with at once, and nobody is reached for, where no model is set", async () => {
    expect(await failures("")).toBe(0);
  });

  test("is done with where the setting names no model that can be asked: trying again would not mend it", async () => {
    expect(await failures("gemni/flash")).toBe(0);
    expect(await failures("openai/gpt-5-mini")).toBe(0);
  });

  test("fails where the table does not answer, so that it comes again", async () => {
    expect(await failures("gemini/gemini-3.5-flash-lite")).toBe(1);
  });
});
