import { describe, expect, test } from "vitest";
import { type Answered, ContractBroken, checkAnswer, checkedFetch, documentedOperations, faultsOf } from "../harness/contract.ts";
import { sharedUrl } from "../harness/shared.ts";

const problem = {
  type: "https://atelier.example.org/docs/problems/request/not-found",
  title: "There is nothing here",
  status: 404,
  detail: "There is no such post in this workspace.",
  instance: "/v1/posts/pst_1",
  requestId: "req_1",
};
const limits = { ratelimit: '"burst";r=19;t=1', "ratelimit-policy": '"burst";q=20;w=1' };
const answer = (body: unknown, more: { status?: number; headers?: Record<string, string> } = {}): Answered => ({
  status: more.status ?? 404,
  headers: new Headers(more.headers ?? { "x-request-id": "req_1", "content-type": "application/problem+json", ...limits }),
  text: JSON.stringify(body),
});
const asked = { method: "GET", path: "/v1/posts/pst_1" };

describe("the check that every other test relies on", () => {
  test("takes an answer that is as documented", () => {
    expect(() => checkAnswer(asked, answer(problem))).not.toThrow();
  });

  test.each([
    ["a status that is not documented", answer({ ...problem, status: 418 }, { status: 418 })],
    ["a kind of problem that is not documented", answer({ ...problem, type: problem.type.replace("not-found", "gone") })],
    ["a problem without its detail", answer({ ...problem, detail: undefined })],
    ["a body that names another status", answer({ ...problem, status: 400 })],
    ["a body that names another request", answer({ ...problem, requestId: "req_2" })],
    ["plain JSON for a problem", answer(problem, { headers: { "x-request-id": "req_1", "content-type": "application/json", ...limits } })],
    ["no request id", answer(problem, { headers: { "content-type": "application/problem+json", ...limits } })],
    ["no limits", answer(problem, { headers: { "x-request-id": "req_1", "content-type": "application/problem+json" } })],
    [
      "limits in words of their own",
      answer(problem, { headers: { "x-request-id": "req_1", "content-type": "application/problem+json", ...limits, ratelimit: "19" } }),
    ],
    [
      "a header that is not documented",
      answer(problem, { headers: { "x-request-id": "req_1", "content-type": "application/problem+json", ...limits, etag: '"1"' } }),
    ],
    [
      "a refusal that does not say how to sign in",
      answer({ ...problem, status: 401, type: problem.type.replace("request/not-found", "auth/unauthenticated") }, { status: 401 }),
    ],
    [
      "a success that lacks its members",
      answer({ id: "pst_1" }, { status: 200, headers: { "x-request-id": "req_1", "content-type": "application/json", ...limits } }),
    ],
  ])("refuses %s", (_what, answered) => {
    expect(() => checkAnswer(asked, answered)).toThrow(ContractBroken);
  });
});

describe("the OpenAPI document", () => {
  test("is served as it was generated", async () => {
    const served = (await (await fetch(`${sharedUrl()}/v1/openapi.json`)).json()) as { openapi: string; paths: Record<string, object> };
    expect(served.openapi).toBe("3.1.0");
    const paths = Object.entries(served.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(paths).toEqual(documentedOperations.map(({ method, path }) => `${method} ${path}`));
  });

  test.each(documentedOperations.map((op) => [op.operationId, op] as const))(
    "gives examples for %s that its own schemas accept",
    (_id, op) => {
      const place = ["paths", op.path, op.method.toLowerCase()];
      const contents = [
        ...Object.entries(op.requestBody?.content ?? {}).map(([type, content]) => [["requestBody", "content", type], content] as const),
        ...Object.entries(op.responses).flatMap(([status, { content = {} }]) =>
          Object.entries(content).map(([type, described]) => [["responses", status, "content", type], described] as const),
        ),
      ];
      for (const [within, { example }] of contents) {
        if (example !== undefined) expect(faultsOf([...place, ...within, "schema"], example)).toBeUndefined();
      }
      if (op.requestBody) expect(op.requestBody.content["application/json"]?.example).toBeDefined();
    },
  );

  test("explains every problem that it names on a page of its own", async () => {
    const codes = new Set(
      documentedOperations.flatMap(({ responses }) =>
        Object.values(responses).flatMap(({ content }) => Object.keys(content?.["application/problem+json"]?.examples ?? {})),
      ),
    );
    expect(codes.size).toBeGreaterThan(15);
    for (const code of codes) {
      const page = await fetch(`${sharedUrl()}/docs/problems/${code.replace(".", "/")}`);
      expect([code, page.status]).toEqual([code, 200]);
      expect(await page.text()).toContain(code.replace(".", "/"));
    }
    expect((await fetch(`${sharedUrl()}/docs/problems/request/of-no-kind`)).status).toBe(404);
  });
});

describe("without any sign-in", () => {
  test("health says ok, the documentation is a page, and an unknown path is a problem", async () => {
    expect(await (await checkedFetch(`${sharedUrl()}/v1/health`)).json()).toEqual({ status: "ok" });
    const docs = await fetch(`${sharedUrl()}/docs`);
    expect(docs.status).toBe(200);
    expect(docs.headers.get("content-security-policy")).toContain("default-src 'none'");
    const words = await docs.text();
    for (const { operationId } of documentedOperations) expect(words).toContain(`id="${operationId}"`);
    expect((await checkedFetch(`${sharedUrl()}/v1/nothing-here`)).status).toBe(404);
    expect((await checkedFetch(`${sharedUrl()}/v1`)).status).toBe(404);
  });
});
