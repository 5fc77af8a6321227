import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { labelled } from "../../packages/core/src/safety/prompts.fixture.ts";
import { checkedFetch, documentedOperations } from "../harness/contract.ts";
import { type Person, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { until } from "../harness/until.ts";
import { approved, drawn, gallery } from "../harness/work.ts";

const url = sharedUrl();

/** One operation that takes a key: a body for it, another body, and what it has made so far. */
type Case = {
  id: string;
  path(person: Person): string;
  body(person: Person): unknown;
  other(person: Person): unknown;
  count(person: Person): Promise<number>;
};

let ada: Person;
let bob: Person;
/** An image, a channel, a post and a template of each. */
const own = new Map<Person, { image: string; channel: string; post: string; template: string }>();
const of = (person: Person) => own.get(person) ?? { image: "", channel: "", post: "", template: "" };

/** A template of two versions, so that there is something to compare. */
async function twoVersions({ client }: Person): Promise<string> {
  const { id } = await client.createTemplate({ body: { name: "Harbour", category: "landscape", text: "a quiet harbour" } });
  await client.addTemplateVersion({ params: { id }, body: { text: "a busy harbour" } });
  return id;
}

beforeAll(async () => {
  [ada, bob] = await Promise.all([signUp(url), signUp(url)]);
  for (const person of [ada, bob]) {
    const [image, channel] = await Promise.all([approved(person.client), gallery(person.client)]);
    const post = await person.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id] } });
    own.set(person, { image: image.id, channel: channel.id, post: post.id, template: await twoVersions(person) });
  }
});

const all = { query: { limit: 100 } };
const flirt = labelled.find(({ verdict }) => verdict === "suggestive")?.text ?? "";
const slug = (person: Person, which: string) => `${which}-${person.userId.slice(0, 13)}`;
const cases: Case[] = [
  {
    id: "requestGeneration",
    path: () => "/v1/generations",
    body: () => ({ prompt: "one and the same harbour", width: 64, height: 64 }),
    other: () => ({ prompt: "another harbour", width: 64, height: 64 }),
    count: async ({ client }) => (await client.listGenerations(all)).items.length,
  },
  {
    // The answer of the built-in model costs nothing; that it is not for everybody is written down with it.
    id: "writeText",
    path: () => "/v1/texts",
    body: () => ({ prompt: flirt }),
    other: () => ({ prompt: `${flirt}, at night` }),
    count: async ({ client }) => (await client.listAudit(all)).items.filter(({ act }) => act === "writing.prompt.judged").length,
  },
  {
    id: "createPlan",
    path: () => "/v1/plans",
    body: () => ({ name: "Same", ask: { prompt: "a harbour" }, rules: [{ from: "06:00", to: "07:00", count: 1 }] }),
    other: () => ({ name: "Other", ask: { prompt: "a pier" }, rules: [{ from: "06:00", to: "07:00", count: 1 }] }),
    count: async ({ client }) => (await client.listPlans(all)).items.length,
  },
  {
    id: "createTemplate",
    path: () => "/v1/templates",
    body: () => ({ name: "Same", category: "landscape", text: "one and the same harbour" }),
    other: () => ({ name: "Other", category: "landscape", text: "another harbour" }),
    count: async ({ client }) => (await client.listTemplates({ query: { limit: 100, source: "own" } })).items.length,
  },
  {
    id: "copyTemplate",
    path: (person) => `/v1/templates/${of(person).template}/copies`,
    body: () => ({ name: "Same" }),
    other: () => ({ name: "Other" }),
    count: async ({ client }) => (await client.listTemplates({ query: { limit: 100, source: "own" } })).items.length,
  },
  {
    id: "addTemplateVersion",
    path: (person) => `/v1/templates/${of(person).template}/versions`,
    body: () => ({ text: "one and the same harbour" }),
    other: () => ({ text: "another harbour" }),
    count: async (person) => (await person.client.listTemplateVersions({ params: { id: of(person).template }, ...all })).items.length,
  },
  {
    id: "startExperiment",
    path: () => "/v1/experiments",
    body: (person) => ({ name: "Same", templateId: of(person).template, arms: [{ version: 1 }, { version: 2 }] }),
    other: (person) => ({ name: "Other", templateId: of(person).template, arms: [{ version: 1 }, { version: 2 }] }),
    count: async ({ client }) => (await client.listExperiments(all)).items.length,
  },
  {
    id: "createFolder",
    path: () => "/v1/folders",
    body: () => ({ name: "Same" }),
    other: () => ({ name: "Other" }),
    count: async ({ client }) => (await client.listFolders()).items.length,
  },
  {
    id: "uploadImage",
    path: () => "/v1/images/uploads",
    body: () => ({ fileName: "same.png", contentType: "image/png", bytes: 100 }),
    other: () => ({ fileName: "other.png", contentType: "image/png", bytes: 100 }),
    count: async ({ client }) => (await client.listImages({ query: { limit: 100, q: "same.png" } })).items.length,
  },
  {
    id: "reviewImage",
    path: (person) => `/v1/images/${of(person).image}/reviews`,
    body: () => ({ decision: "approved", note: "same" }),
    other: () => ({ decision: "approved", note: "other" }),
    count: async (person) => (await person.client.listReviews({ params: { id: of(person).image }, ...all })).items.length,
  },
  {
    id: "connectChannel",
    path: () => "/v1/channels",
    body: (person) => ({ network: "feed", name: "Same", slug: slug(person, "same") }),
    other: (person) => ({ network: "feed", name: "Other", slug: slug(person, "other") }),
    count: async ({ client }) => (await client.listChannels(all)).items.length,
  },
  {
    id: "createPost",
    path: () => "/v1/posts",
    body: (person) => ({ channelIds: [of(person).channel], imageIds: [of(person).image], caption: "same" }),
    other: (person) => ({ channelIds: [of(person).channel], imageIds: [of(person).image], caption: "other" }),
    count: async ({ client }) => (await client.listPosts(all)).items.length,
  },
  {
    id: "reviewPost",
    path: (person) => `/v1/posts/${of(person).post}/reviews`,
    body: () => ({ decision: "approved", note: "same" }),
    other: () => ({ decision: "held", note: "other" }),
    count: async (person) => (await person.client.getPost({ params: { id: of(person).post } })).version,
  },
  // Last: an edited image has to be approved anew.
  {
    id: "editImage",
    path: (person) => `/v1/images/${of(person).image}/edits`,
    body: () => ({ operations: [{ type: "rotate", degrees: 90 }], from: 1 }),
    other: () => ({ operations: [{ type: "rotate", degrees: 180 }], from: 1 }),
    count: async (person) => (await person.client.listVersions({ params: { id: of(person).image }, ...all })).items.length,
  },
];

type Said = { status: number; replayed: string | null; body: Record<string, unknown> };

async function send(person: Person, one: Case, key: string, body = one.body(person)): Promise<Said> {
  const response = await checkedFetch(`${url}${one.path(person)}`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.token}`, "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(body),
  });
  const { upload: _signedAnew, ...said } = (await response.json()) as Record<string, unknown>;
  return { status: response.status, replayed: response.headers.get("idempotency-replayed"), body: said };
}

test("every operation that takes an Idempotency-Key is held to it here", () => {
  const documented = documentedOperations.filter((op) => op.parameters.some(({ name }) => name === "Idempotency-Key"));
  expect(cases.map(({ id }) => id).sort()).toEqual(documented.map(({ operationId }) => operationId).sort());
});

describe.each(cases.map((one) => [one.id, one] as const))("%s", (_id, one) => {
  const key = randomUUID();

  test("answers a repeat as it answered the first time, and makes nothing new; quoted and bare are one key", async () => {
    const first = await send(ada, one, key);
    expect([first.status < 300, first.replayed]).toEqual([true, null]);
    const made = await one.count(ada);
    for (const same of [key, `"${key}"`]) expect(await send(ada, one, same)).toEqual({ ...first, replayed: "true" });
    expect(await one.count(ada)).toBe(made);
  });

  test("refuses the key for another body, and makes nothing", async () => {
    const before = await one.count(ada);
    const { status, body } = await send(ada, one, key, one.other(ada));
    expect([status, String(body.type)]).toEqual([422, expect.stringContaining("idempotency-mismatch")]);
    expect(await one.count(ada)).toBe(before);
  });

  test("knows the keys of two people apart", async () => {
    const before = await one.count(bob);
    const { status, replayed } = await send(bob, one, key);
    expect([status < 300, replayed]).toEqual([true, null]);
    expect(await one.count(bob)).toBe(before + 1);
  });

  test("makes exactly one of parallel repeats, and tells all of them the same", async () => {
    const person = await signUp(url);
    own.set(person, of(ada));
    if (/Template|Experiment/.test(one.id)) own.set(person, { ...of(ada), template: await twoVersions(person) });
    else if (one.id !== "requestGeneration" && one.id !== "writeText" && one.id !== "connectChannel" && one.id !== "uploadImage") {
      const [image, channel] = [await drawn(person.client), await gallery(person.client)];
      await person.client.reviewImage({ params: { id: image.id }, body: { decision: "approved" } });
      const post = await person.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id] } });
      own.set(person, { ...of(ada), image: image.id, channel: channel.id, post: post.id });
    }
    const before = await one.count(person);
    const shared = randomUUID();
    // Some of the twenty meet the burst limit and come again, as a client does.
    const taken = await Promise.all(
      Array.from({ length: 20 }, () =>
        until("an answer within the limit", async () => {
          const answer = await send(person, one, shared);
          return answer.status !== 429 && answer;
        }),
      ),
    );
    expect(new Set(taken.map(({ status }) => status)).size).toBe(1);
    expect(taken.filter(({ replayed }) => replayed === null)).toHaveLength(1);
    for (const { body } of taken) expect(body).toEqual(taken[0]?.body);
    // The burst has used up this second's requests.
    const { count } = await until("another second", async () => ({ count: await one.count(person) }));
    expect(count).toBe(before + 1);
  });

  test("refuses a key that cannot be one", async () => {
    for (const bad of ["two words", '"', '""', '"open', "back\\slash", "x".repeat(256), "h\u00e9"]) {
      const { status } = await send(bob, one, bad);
      expect([bad, status]).toEqual([bad, 400]);
    }
  });
});
