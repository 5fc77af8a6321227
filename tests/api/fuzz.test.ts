import { setTimeout as pause } from "node:timers/promises";
import { assert, asyncProperty } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exampleOf } from "../harness/abuse.ts";
import { type ApiHere, openApiHere } from "../harness/api-here.ts";
import { type Answered, type Documented, documentedOperations } from "../harness/contract.ts";
import { type Hostile, requestsFor } from "../harness/hostile.ts";
import { newEmail, type Person, signUp } from "../harness/person.ts";
import { approved, gallery } from "../harness/work.ts";

/** Requests to each operation, the same ones in every run; `npm run test:fuzz` sends more, and others each time. */
const cases = Number(process.env.FUZZ_CASES ?? 300);
const seed = Number(process.env.FUZZ_SEED ?? 1);

type Owner = Person & { objects: Record<string, string> };

let api: ApiHere;
/** Enough people that nobody meets a limit. */
let crowd: Owner[];
/** Sign-ins end under these operations, and objects under those: they have people of their own. */
const signInsEnd = new Set(["logout", "changePassword"]);
const objectsEnd = new Set(["removeImage", "removePost", "removePlan", "disconnectChannel", "removeFolder"]);
/** What these change is what others have approved and want to post. */
const contentChanges = new Set(["editImage", "changeManyImages"]);
let leavers: Owner[];
let givers: Owner[];
let editors: Owner[];
function peopleFor({ operationId }: Documented): Owner[] {
  if (signInsEnd.has(operationId)) return leavers;
  if (objectsEnd.has(operationId)) return givers;
  return contentChanges.has(operationId) ? editors : crowd;
}

const owner = async (): Promise<Owner> => {
  const person = await signUp(api.url);
  const [image, channel] = [await approved(person.client), await gallery(person.client)];
  const post = await person.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], caption: "A quiet harbour" } });
  const twoVersions = async () => {
    const { id } = await person.client.createTemplate({ body: { name: "Harbour", category: "landscape", text: "A quiet harbour" } });
    await person.client.addTemplateVersion({ params: { id }, body: { text: "A busy harbour" } });
    return id;
  };
  const [template, free] = [await twoVersions(), await twoVersions()];
  const arms = [{ version: 1 }, { version: 2 }];
  const plan = await person.client.createPlan({
    body: { name: "Harbours", ask: { prompt: "a harbour" }, rules: [{ from: "06:00", to: "07:00", count: 1 }] },
  });
  const folder = await person.client.createFolder({ body: { name: "Harbours" } });
  const experiment = await person.client.startExperiment({ body: { name: "Quiet or busy", templateId: template, arms } });
  return {
    ...person,
    objects: {
      templates: template,
      plans: plan.id,
      folders: folder.id,
      /** One without an experiment. */
      freeTemplate: free,
      experiments: experiment.id,
      label: "candidate",
      from: "1",
      to: "1",
      images: image.id,
      channels: channel.id,
      channelId: channel.id,
      posts: post.id,
      generations: image.generation?.generationId ?? "",
    },
  };
};

beforeAll(async () => {
  api = await openApiHere();
  [crowd, givers, editors, leavers] = await Promise.all([
    Promise.all(Array.from({ length: 12 }, owner)),
    Promise.all(Array.from({ length: 4 }, owner)),
    Promise.all(Array.from({ length: 4 }, owner)),
    Promise.all(Array.from({ length: 4 }, async () => ({ ...(await signUp(api.url)), objects: {} }))),
  ]);
}, 120_000);

const startedAt = performance.now();
let sent = 0;
const answers = new Map<number, number>();
afterAll(async () => {
  const seconds = (performance.now() - startedAt) / 1_000;
  const counts = [...answers].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  console.log(`${sent} hostile requests in ${seconds.toFixed(0)} s, ${(sent / seconds).toFixed(0)} a second (${counts.join(", ")})`);
  await api.close();
});

/** The names of one's own objects: everybody has others, so a run names them by their kind and they are put in when it is sent. */
const placeholder = (kind: string) => `{${kind}}`;
const idsFor = (op: Documented) => (name: string) => {
  const kind = op.path.split("/")[2] ?? "";
  return name === "id" ? [placeholder(kind), placeholder(kind), placeholder("posts"), placeholder("channels")] : [placeholder(name)];
};

/** As the document has it, but small, and with what is really there. */
function baseOf(op: Documented): Record<string, unknown> {
  const example = { ...exampleOf(op) };
  if ("templateId" in example) example.templateId = placeholder("freeTemplate");
  if ("email" in example) example.email = placeholder("email");
  if ("imageIds" in example) example.imageIds = [placeholder("images")];
  if ("channelIds" in example) example.channelIds = [placeholder("channels")];
  if ("scheduledAt" in example) example.scheduledAt = `${new Date().getUTCFullYear() + 1}-06-01T09:30:00+02:00`;
  if ("altTexts" in example) example.altTexts = { [placeholder("images")]: "Boats." };
  if (op.operationId === "requestGeneration") return { ...example, width: 64, height: 64, quality: "draft" };
  return example;
}

/** Operations of which something was accepted: what is only ever refused has not been tried. */
const reached = new Set<string>();
/** Those that want what chance does not give: a mailed code, the right password, an object in a rare state. */
const hardlyReached: readonly string[] = [
  "confirmEmail",
  "takeAgeCheck",
  "refresh",
  "changePassword",
  "resetPassword",
  "cancelGeneration",
  "cancelEdit",
  "retryGeneration",
  "reviewPost",
  "resolveDelivery",
  // What nobody has signed is never taken.
  "takeWebhook",
  "retryDelivery",
];

let turn = 0;
async function send(op: Documented, { path, query, headers, body, contentType, caller }: Hostile): Promise<Answered> {
  turn += 1;
  const people = peopleFor(op);
  const person = people[turn % people.length] as Owner;
  const filled = (text: string): string =>
    text
      .replaceAll("{email}", turn % 3 === 0 ? person.email : newEmail())
      .replace(/\{(\w+)\}/g, (whole, kind: string) => person.objects[kind] ?? whole);
  const place = op.path.replace(/\{\w+\}/g, () => "\u0000").split("\u0000");
  const address = place.map((part, index) => part + filled(path[index] ?? "")).join("");
  const authorization = caller === "somebody" ? `Bearer ${person.token}` : `Bearer ${person.token.slice(0, -4)}AAAA`;
  sent += 1;
  const response = await api.ask(`${api.url}${address}${query}`, {
    method: op.method,
    headers: {
      ...headers,
      ...(body && { "content-type": contentType }),
      ...(caller !== "nobody" && op.security.length > 0 && { authorization }),
    },
    ...(body && op.method !== "GET" && { body: Buffer.from(filled(body.text), body.encoding) }),
  });
  answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
  if (response.status < 300) reached.add(op.operationId);
  return response;
}

test.concurrent.each(documentedOperations.map((op) => [op.operationId, op] as const))(
  "whatever is sent to %s, the answer is one that the document tells of",
  async (_id, op) => {
    const requests = requestsFor(op, idsFor(op), baseOf(op));
    const property = asyncProperty(requests, async (request) => {
      let response = await send(op, request);
      for (let tries = 0; response.status === 429 && tries < 3 && op.security.length > 0; tries += 1) {
        await pause(200);
        response = await send(op, request);
      }
      if (response.status >= 500) expect.fail(`${response.status}: ${response.text}`);
    });
    await assert(property, { numRuns: cases, seed, endOnFailure: false });
    expect(reached.has(op.operationId) || hardlyReached.includes(op.operationId), "nothing of it was ever accepted").toBe(true);
  },
  600_000,
);
