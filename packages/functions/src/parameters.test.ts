import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createSsm } from "../../local/src/ssm/index.ts";
import { type Listening, serve } from "../../local/src/wire/http.ts";
import { parametersUnder } from "./parameters.ts";

const key = { accessKeyId: "AKIDLOCAL", secretAccessKey: "local-secret" };
const secrets = Object.fromEntries(Array.from({ length: 23 }, (_, index) => [`NAME_${index}`, `värde ${index} & mer`]));
let server: Listening;
beforeAll(async () => {
  const { handle } = createSsm({
    region: "eu-west-1",
    account: "000000000000",
    credentials: (id) => (id === key.accessKeyId ? { ...key, principal: "test" } : undefined),
    parameters: {
      ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`/atelier/test/providers/${name}`, value])),
      "/atelier/test/other": "not this",
      "/atelier/test/providers/deeper/NAME": "nor this",
      "/atelier/test/providersbeside/NAME": "nor that",
    },
  });
  server = await serve(handle);
  vi.stubEnv("AWS_ENDPOINT_URL_SSM", server.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", key.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", key.secretAccessKey);
  vi.stubEnv("AWS_SESSION_TOKEN", "");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

describe("parameters under a path", () => {
  test("are all there, decrypted, over as many pages as it takes, and no others", async () => {
    expect(await parametersUnder("/atelier/test/providers")).toEqual(secrets);
    expect(await parametersUnder("/atelier/prod/providers")).toEqual({});
  });

  test("are not given to a wrong secret, and the error tells none", async () => {
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "another-secret");
    const error: unknown = await parametersUnder("/atelier/test/providers").catch((reason: unknown) => reason);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", key.secretAccessKey);
    expect(String(error)).toBe("Error: SSM refuses GetParametersByPath with 403 InvalidSignatureException");
  });

  test("are asked for in words that the store knows", async () => {
    await expect(parametersUnder("atelier")).rejects.toThrow("400 ValidationException");
  });
});
