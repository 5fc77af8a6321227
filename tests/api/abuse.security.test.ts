import { beforeAll, describe, expect, test } from "vitest";
import { ask, exampleOf } from "../harness/abuse.ts";
import { documentedOperations, faultsOf, openSchema, operationsAt } from "../harness/contract.ts";
import { forgeries } from "../harness/forgery.ts";
import { openClient, type Person, password, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { approved, gallery } from "../harness/work.ts";

const url = sharedUrl();
const named = <T extends { operationId: string }>(ops: readonly T[]) => ops.map((op) => [op.operationId, op] as const);
const all = documentedOperations;
const signedIn = all.filter((op) => op.security.length > 0);
const withId = all.filter((op) => op.path.includes("{id}"));
const withBody = all.filter((op) => op.requestBody);
/** Nothing that a person alone can do here raises an alert, or pays for words: they have tests of their own. */
const unmade = new Set(["listAlerts", "listTexts"]);
/** The body of a webhook is its sender's, who may add to it. */
const withOwnBody = withBody.filter((op) => !op.path.startsWith("/v1/webhooks/"));
const lists = all.filter((op) => op.parameters.some(({ name }) => name === "cursor"));

/** Somebody whose objects others want, and enough others that nobody meets a limit. */
let vera: Person;
let crowd: Person[];
let turn = 0;
const somebody = () => {
  turn += 1;
  return { authorization: `Bearer ${crowd[turn % crowd.length]?.token}` };
};
const secret = "Vera's unpublished harbour";
let objects: Record<string, string>;

beforeAll(async () => {
  [vera, ...crowd] = (await Promise.all(Array.from({ length: 12 }, () => signUp(url)))) as [Person, ...Person[]];
  // First, so that the newest image is one that is there.
  const gone = await approved(vera.client, secret);
  await vera.client.removeImage({ params: { id: gone.id } });
  const [image, channel] = [await approved(vera.client, secret), await gallery(vera.client)];
  const post = await vera.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], caption: secret } });
  const template = await vera.client.createTemplate({ body: { name: secret, category: "landscape", text: secret } });
  await vera.client.addTemplateVersion({ params: { id: template.id }, body: { text: secret } });
  const arms = [{ version: 1 }, { version: 2 }];
  // Paused, so that it asks for nothing while others look at it.
  const plan = await vera.client.createPlan({
    body: { name: secret, ask: { prompt: secret }, rules: [{ from: "06:00", to: "07:00", count: 1 }] },
  });
  await vera.client.changePlan({ params: { id: plan.id }, body: { state: "paused" } });
  // Refused, and written down.
  await expect(vera.client.requestGeneration({ body: { prompt: "a gory battlefield" } })).rejects.toMatchObject({ status: 422 });
  const folder = await vera.client.createFolder({ body: { name: secret } });
  const experiment = await vera.client.startExperiment({ body: { name: secret, templateId: template.id, arms } });
  objects = {
    images: image.id,
    channels: channel.id,
    posts: post.id,
    generations: image.generation?.generationId ?? "",
    templates: template.id,
    plans: plan.id,
    folders: folder.id,
    experiments: experiment.id,
  };
});

const idFor = (path: string): string => objects[path.split("/")[2] ?? ""] ?? "";
const asVera = (path: string) => {
  const op = all.find((candidate) => candidate.method === "GET" && candidate.path === path);
  if (!op) throw new Error(`Nothing reads ${path}.`);
  return ask(url, op, { id: idFor(path), headers: { authorization: `Bearer ${vera.token}` } });
};
const isShipped = (item: object): boolean => "source" in item && item.source === "shipped";
/** Without the links to files, which are signed anew each time. */
const lasting = ({ text }: { text: string }): unknown => ({ ...(JSON.parse(text) as object), urls: undefined });

describe("without a sign-in of one's own", () => {
  let tokens: Awaited<ReturnType<ReturnType<typeof openClient>["login"]>>;
  beforeAll(async () => {
    tokens = await openClient(url).login({ body: { email: vera.email, password } });
  });

  test.each(named(signedIn))("%s takes no missing, broken or forged token", async (_id, op) => {
    const answers = await Promise.all(
      forgeries(tokens, crowd[0]?.userId ?? "").map(async ([what, authorization]) => {
        const { status, headers, text } = await ask(url, op, {
          id: idFor(op.path),
          headers: authorization === "" ? {} : { authorization },
        });
        expect(text).not.toContain(secret);
        return [what, status, status === 401 ? headers.get("www-authenticate") : undefined];
      }),
    );
    const open = op.security.length > 1 ? ["nothing"] : [];
    for (const [what, status, challenge] of answers) {
      if (open.includes(String(what))) expect(status).toBeLessThan(300);
      else expect([what, status, challenge]).toEqual([what, 401, "Bearer"]);
    }
    // It was not for a sign-in that has ended.
    expect((await openClient(url, tokens.accessToken).getMe()).userId).toBe(vera.userId);
  });
});

describe("a stranger's object", () => {
  test.each(named(withId))("is as good as missing for %s, and stays as it was", async (_id, op) => {
    const path = op.path.split("/").slice(0, 4).join("/");
    const before = lasting(await asVera(path));
    expect(before).toMatchObject({ id: idFor(path) });
    const theirs = await ask(url, op, { id: idFor(op.path), headers: somebody() });
    const missing = await ask(url, op, { id: idFor(op.path).replace(/.{5}$/, "00000"), headers: somebody() });
    expect([theirs.status, missing.status]).toEqual([404, 404]);
    expect(theirs.problem.detail).toBe(missing.problem.detail);
    expect(theirs.text).not.toContain(secret);
    expect(lasting(await asVera(path))).toEqual(before);
  });

  test("cannot be put into a post of one's own", async () => {
    const stranger = crowd[0] as Person;
    const own = await gallery(stranger.client);
    const body = { imageIds: [objects.images ?? ""], now: true as const };
    const { findings } = await stranger.client.preflightPost({ body: { ...body, channelIds: [own.id, objects.channels ?? ""] } });
    expect(findings.map(({ rule }) => rule)).toEqual(["image-missing", "channel-missing"]);
    await expect(stranger.client.createPost({ body: { ...body, channelIds: [own.id] } })).rejects.toMatchObject({ status: 422 });
  });

  test.each(named(lists.filter((op) => !op.path.includes("{id}"))))("is not in %s, whatever cursor is brought", async (_id, op) => {
    const own = await ask(url, op, { query: "?limit=1", headers: { authorization: `Bearer ${vera.token}` } });
    const { items, nextCursor } = JSON.parse(own.text) as { items: { id: string }[]; nextCursor: string | null };
    expect(items).toHaveLength(unmade.has(op.operationId) ? 0 : 1);
    const cursors = [
      nextCursor,
      ...Object.values(objects).map((id) => Buffer.from(`${id.slice(0, 4)}7${"Z".repeat(25)}`).toString("base64url")),
    ];
    for (const cursor of cursors) {
      const { status, text } = await ask(url, op, {
        query: cursor ? `?cursor=${cursor}` : "",
        headers: { authorization: `Bearer ${crowd[1]?.token}` },
      });
      // What is shipped is in every workspace.
      if (status === 200) expect((JSON.parse(text) as { items: object[] }).items.filter((item) => !isShipped(item))).toEqual([]);
      else expect(status).toBe(400);
    }
  });
});

describe("a body that is wrong", () => {
  test.each(named(withBody))("is refused by %s as a whole: no JSON, no object, too large, another type", async (_id, op) => {
    const send = (body: string, headers = {}) => ask(url, op, { id: idFor(op.path), body, headers: { ...somebody(), ...headers } });
    for (const body of ['{"a":', "{'a':1}", "[1,2", "\u0000", "{}}", " "]) expect([body, (await send(body)).status]).toEqual([body, 400]);
    for (const body of ["[]", "null", '"text"', "7", "[".repeat(5_000) + "]".repeat(5_000)])
      expect([body.slice(0, 10), (await send(body)).status]).toEqual([body.slice(0, 10), 422]);
    expect((await send(JSON.stringify({ long: "x".repeat(300 * 1024) }))).status).toBe(413);
    const sound = JSON.stringify(exampleOf(op));
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/jsonp",
      "multipart/form-data; boundary=x",
      "application/xml",
      "a".repeat(500),
    ])
      expect([type, (await send(sound, { "content-type": type })).status]).toEqual([type, 415]);
  });

  test.each(named(withOwnBody))("is refused by %s for a member that it does not know, by its name", async (_id, op) => {
    const { status, problem } = await ask(url, op, {
      id: idFor(op.path),
      body: JSON.stringify({ ...exampleOf(op), "sur/prise": true }),
      headers: somebody(),
    });
    expect([status, problem.errors?.map(({ pointer }) => pointer)]).toEqual([422, ["#/sur~1prise"]]);
  });

  test.each(named(withOwnBody))("is refused by %s for every member of a wrong type, with its place", async (_id, op) => {
    const place = ["paths", op.path, op.method.toLowerCase(), "requestBody", "content", "application/json", "schema"];
    const { properties = {} } = openSchema(place) as { properties?: Record<string, unknown> };
    expect(Object.keys(properties).length).toBeGreaterThan(0);
    for (const name of Object.keys(properties)) {
      const wrong = [{ a: 1 }, [[]], -1.5, true, null, "\u0000".repeat(20_000)].filter(
        (value) => faultsOf([...place, "properties", name], value) !== undefined,
      );
      for (const value of wrong.slice(0, 2)) {
        const { status, problem } = await ask(url, op, {
          id: idFor(op.path),
          body: JSON.stringify({ ...exampleOf(op), [name]: value }),
          headers: somebody(),
        });
        expect([name, value, status]).toEqual([name, value, 422]);
        expect(problem.errors?.every(({ pointer }) => pointer.startsWith(`#/${name}`))).toBe(true);
      }
    }
  });

  test.each(named(all.filter((op) => !op.requestBody && op.method === "POST")))("is refused by %s, which takes none", async (_id, op) => {
    expect((await ask(url, op, { id: idFor(op.path), body: '{"state":"published"}', headers: somebody() })).status).toBe(400);
  });
});

describe("a path that is wrong", () => {
  const odd = [
    "%00",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "x".repeat(7_000),
    "%F0%9F%90%88",
    "%0A",
    "%0d%0aX-Evil:1",
    "__proto__",
    "constructor",
    "'%22%3Cscript%3E",
    "*",
    "~",
    "%7F",
    "null",
  ];
  test.each(named(withId))("names nothing for %s", async (_id, op) => {
    for (const id of odd)
      expect([id.slice(0, 40), (await ask(url, op, { id, headers: somebody() })).status]).toEqual([id.slice(0, 40), 404]);
    for (const id of ["%zz", "%E0%A4%A", "%C0%AF"])
      expect([id, (await ask(url, op, { id, headers: somebody() })).status]).toEqual([id, 400]);
    expect((await ask(url, op, { id: "x".repeat(11_000), headers: somebody() })).status).toBe(431);
  });

  test.each([...new Set(all.map((op) => op.path))])("takes on %s only the methods that it has, and says which", async (path) => {
    const op = all.find((candidate) => candidate.path === path) as (typeof all)[number];
    const here = new Set(operationsAt(path.replace("{id}", "x")).map(({ method }) => method));
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((candidate) => !here.has(candidate))) {
      const { status, headers } = await ask(url, op, { id: "x", method, headers: somebody() });
      expect([method, status, new Set(headers.get("allow")?.split(", "))]).toEqual([method, 405, here]);
    }
  });
});

describe("a query that is wrong", () => {
  const cursors = [
    "x",
    "%00",
    "bm9uc2Vuc2U",
    "aW1nXw==",
    "..",
    "null",
    Buffer.from("img_ZZZZZZZZZZZZZZZZZZZZZZZZZZ").toString("base64url"),
  ];
  test.each(named(lists))(
    "is refused by %s: cursors that it never gave, limits out of range, names that it does not know",
    async (_id, op) => {
      const mine = { id: idFor(op.path), headers: { authorization: `Bearer ${vera.token}` } };
      for (const cursor of cursors)
        expect([cursor, (await ask(url, op, { ...mine, query: `?cursor=${cursor}` })).status]).toEqual([cursor, 400]);
      const askers = { id: idFor(op.path), headers: somebody() };
      for (const limit of ["0", "-1", "101", "1.5", "abc", "", "1e9", "NaN", "5&limit=6"]) {
        const { status, problem } = await ask(url, op, { ...askers, headers: somebody(), query: `?limit=${limit}` });
        expect([limit, status, problem.errors?.[0]?.pointer]).toEqual([limit, 422, "#/query/limit"]);
      }
      for (const name of ["surprise", "cursor", "__proto__", "pk"]) {
        const { status, problem } = await ask(url, op, { ...askers, headers: somebody(), query: `?${name}=${"x".repeat(300)}` });
        expect([status, problem.errors?.[0]?.pointer]).toEqual([422, `#/query/${name}`]);
      }
    },
  );
});

describe("headers that are wrong", () => {
  const garbage: Record<string, string>[] = [
    {
      accept: "\u00ff\u00fe;q=x",
      "if-none-match": "(((",
      cookie: "=;;=;a",
      "user-agent": "\t".padEnd(2_000, "x"),
      "content-encoding": "gzip",
      "x-amzn-trace-id": "$%{jndi:ldap://127.0.0.1}",
      "x-http-method-override": "DELETE",
      "if-match": 'W/"1"',
    },
    { "x-forwarded-for": `', ${"9".repeat(3_000)}`, "if-match": '"99999999999999999999"' },
    { "x-forwarded-for": "9".repeat(3_000), "if-match": "7" },
  ];
  test.each(named(all))("break nothing for %s", async (_id, op) => {
    for (const headers of garbage) await ask(url, op, { id: "none", headers: { ...(op.security.length === 1 && somebody()), ...headers } });
  });

  test.each(named(all.filter((op) => op.parameters.some(({ name }) => name === "If-Match"))))(
    "of a version match none for %s",
    async (_id, op) => {
      const id = idFor(op.path);
      for (const tag of ['W/"1"', '"99999999999999999999"', "7", '"-1"', '""']) {
        const { status } = await ask(url, op, { id, headers: { authorization: `Bearer ${vera.token}`, "if-match": tag } });
        expect([tag, status]).toEqual([tag, 412]);
      }
    },
  );
});
