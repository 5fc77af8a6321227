import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { redrive } from "../../scripts/operate/redrive.ts";
import { trace } from "../../scripts/operate/trace.ts";
import { faults } from "../harness/faults.ts";
import { ownAtelier } from "../harness/own.ts";
import { codeFor, newEmail, openClient, type Person, password, signUp } from "../harness/person.ts";
import { quiet } from "../harness/quiet.ts";
import { until } from "../harness/until.ts";
import { approved, entriesOf, finished, gallery, settled } from "../harness/work.ts";

const atelier = await ownAtelier();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(atelier.url);
});

type Step = { at: string; function: string; what: string; type?: string; subject?: string; state?: string; correlationId: string };
type Letter = { messageId: string; body: string; receives: number; error?: string };
type Queue = { name: string; visible: number; deadLetterQueue?: string; deadLetterOf?: string[]; oldestMs?: number; messages?: Letter[] };

const looked = async <T>(path: string): Promise<T[]> =>
  ((await (await fetch(`${atelier.url}/_local/${path}`)).json()) as { items: T[] }).items;
const steps = (id: string) => looked<Step>(`trace?id=${id}`);
/** The story once it has come to its last step. */
const storyTo = (id: string, what: string, type: string): Promise<Step[]> =>
  until(`${what} of ${id}`, async () => {
    const story = await steps(id);
    return story.some((step) => step.what === what && step.type === type) && story.filter((step) => !isBeside(step));
  });
/** Figures, the history and what can be seen are written beside all else, at no place of the story that is their own. */
const isBeside = ({ what }: Pick<Step, "what">): boolean => /^(keep history|count|look at)/.test(what);
const told = (story: Step[]): string[] => story.map(({ what, type, state }) => [what, type, state].filter(Boolean).join(" "));
const arguments_ = (...more: string[]) => [...more, "--url", atelier.url];

test("a generation and everything that it causes stand under the id of its request, in order", async () => {
  const { id } = await ada.client.requestGeneration({ body: { prompt: "a harbour", width: 64, height: 64 } });
  const { imageIds } = await finished(ada.client, id);
  const story = await storyTo(id, "relay", "generation.job.succeeded");

  expect(told(story)).toEqual([
    "requestGeneration 202",
    "relay generation.job.requested",
    "render image generation.job.requested rendering",
    "process image in_review",
    "relay library.image.processed",
    "settle generation library.image.processed succeeded",
    "relay generation.job.succeeded",
  ]);
  expect(new Set(story.map(({ correlationId }) => correlationId)).size).toBe(1);
  expect(story[0]?.correlationId).toMatch(/^req_/);
  expect(story.find(({ what }) => what === "process image")?.subject).toBe(imageIds[0]);
  expect((await steps(story[0]?.correlationId ?? "")).filter((step) => !isBeside(step))).toEqual(story);
  await until("the history", async () =>
    (await steps(id)).some((step) => step.what === "keep history" && step.type === "generation.job.succeeded"),
  );
});

test("a post is followed from its request to its entry in the gallery, and to the mark on its image", async () => {
  const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
  const { id } = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], caption: "Traced", now: true } });
  await settled(ada.client, id);
  const story = await storyTo(id, "follow posts", "publishing.post.published");

  expect(told(story)).toEqual([
    "createPost 201",
    "relay publishing.post.due-soon",
    "publish post publishing.post.due-soon published",
    "relay publishing.post.published",
    "follow posts publishing.post.published",
  ]);
  expect(new Set(story.map(({ correlationId }) => correlationId)).size).toBe(1);
  const printed = await trace(arguments_(id));
  expect(printed.split("\n").filter((line) => !/keep history|count/.test(line))).toHaveLength(5);
  expect(printed).toMatch(/^\d\d:\d\d:\d\d\.\d{3} http\/posts +createPost → 201 +\d+ ms pst_/);
});

test("a post that the minute's rule has found is followed under the id of its request as well", async () => {
  const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
  const scheduledAt = new Date((await atelier.now()) + 3_600_000).toISOString();
  const { id } = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], scheduledAt } });
  await atelier.advance(3_601_000);
  await settled(ada.client, id);
  const story = await storyTo(id, "follow posts", "publishing.post.published");

  const [request] = story;
  expect(request).toMatchObject({ what: "createPost", subject: id });
  const published = story.filter(({ what, state }) => what === "publish post" && state === "published");
  expect(published.map(({ correlationId }) => correlationId)).toEqual([request?.correlationId]);
});

test("an id of which nothing is known, and what is no id, are told from each other", async () => {
  await expect(trace(arguments_("req_nobody"))).rejects.toThrow("Nothing was written under req_nobody");
  await expect(trace(arguments_("a b"))).rejects.toThrow("is no id");
  await expect(trace(["req_1", "--url", "http://127.0.0.1:1"])).rejects.toThrow("Nothing answers at http://127.0.0.1:1");
});

test("a dead letter is listed with its error and its tries, and is processed once when it is sent again after its cause is gone", async () => {
  const [image, channel] = [await approved(ada.client), await gallery(ada.client)];
  const trouble = faults(atelier);
  const scheduledAt = new Date((await atelier.now()) + 100_000).toISOString();
  const broken = await trouble.add({ service: "dynamodb", call: "UpdateItem", function: "PublishPost", fault: "error", status: 501 });
  const { id } = await ada.client.createPost({ body: { channelIds: [channel.id], imageIds: [image.id], caption: "Poison", scheduledAt } });
  await atelier.advance(101_000);
  const queues = () => looked<Queue>("queues");
  const dead = async () => (await queues()).find(({ name }) => name.startsWith("PublishPostQueueDead"));
  const letter = await until(
    "the dead letter",
    async () => {
      const found = (await dead())?.messages?.find(({ body }) => body.includes(id));
      if (found) return found;
      // Each try is as far from the one before as the visibility of the queue.
      await quiet(atelier.url);
      await atelier.advance(361_000);
      return undefined;
    },
    60_000,
  );
  expect(letter).toMatchObject({ receives: 5, error: expect.stringContaining("InternalServerError") });
  const working = (await queues()).find(({ name }) => name.startsWith("PublishPostQueue") && !name.includes("Dead"));
  expect(working?.deadLetterQueue).toMatch(/^PublishPostQueueDead/);
  expect((await dead())?.oldestMs).toBeGreaterThan(0);
  const page = await (await fetch(`${atelier.url}/_local/queues`, { headers: { accept: "text/html" } })).text();
  expect(page).toContain(letter.messageId);
  expect(page).toMatch(/<button data-queue="PublishPostQueueDead\w+">/);
  expect(await redrive(arguments_())).toMatch(/^PublishPost +[1-9]/m);

  await trouble.clear(broken.id);
  expect(await redrive(arguments_("publishpost"))).toMatch(/^PublishPost: [1-9]\d* sent again\.$/);
  expect((await settled(ada.client, id)).state).toBe("published");
  expect((await entriesOf(channel)).map((entry) => entry.content_text)).toEqual(["Poison"]);
  const story = await storyTo(id, "follow posts", "publishing.post.published");
  expect(told(story).filter((step) => step.startsWith("publish post") && step.endsWith("published"))).toHaveLength(1);
  expect(told(story).filter((step) => step.startsWith("publish post failed")).length).toBeGreaterThanOrEqual(5);
}, 90_000);

test("a name that no queue of dead letters has is answered with those that there are", async () => {
  const names =
    "CountGenerations, CountOutcomes, EditImage, EmptyTrash, FollowPosts, KeepHistory, LookAtImage, ProcessImage, PublishPost, RelayFailures, RenderImage, RuleFailures, RunPlans, SettleGeneration";
  await expect(redrive(arguments_("Nonsense"))).rejects.toThrow(`There is no “Nonsense”. There are: ${names}.`);
  const refused = await fetch(`${atelier.url}/_local/queues`, { method: "POST", body: JSON.stringify({ redrive: "PublishPost" }) });
  expect(refused.status).toBe(422);
});

test("figures are kept of requests, waits, drawing and publishing, and readable lines show none of them", async () => {
  type Figure = { name: string; of: string; samples: number; sum: number };
  const figures = await looked<Figure>("figures");
  const sum = (name: string, of: string) => figures.find((figure) => figure.name === name && figure.of === of)?.sum ?? 0;
  expect(sum("DeliveriesPublished", "network feed")).toBeGreaterThanOrEqual(1);
  expect(sum("GenerationsFinished", "provider sketch")).toBeGreaterThanOrEqual(1);
  expect(sum("EventsRelayed", "")).toBeGreaterThanOrEqual(5);
  const names = new Set(figures.map(({ name }) => name));
  for (const name of ["RequestMs", "QueueWaitMs", "RenderMs", "PublishLateMs"]) expect(names).toContain(name);
  expect(figures.some(({ name, of }) => name === "RequestMs" && of === "area posts, status 2xx")).toBe(true);
  expect(atelier.output()).not.toContain("_aws");
});

test("no password, token, code or address of a person is in the functions' log, whatever is refused", async () => {
  const email = newEmail();
  const open = openClient(atelier.url);
  await open.register({ body: { email, password, displayName: "Grace Hopper" } });
  const code = await codeFor(atelier.url, email);
  await expect(open.login({ body: { email, password: "Wrong-password-9" } })).rejects.toMatchObject({ status: 401 });
  await open.confirmEmail({ body: { email, code } });
  const { accessToken, refreshToken } = await open.login({ body: { email, password } });
  await fetch(`${atelier.url}/v1/nothing/${email}?code=${code}`, { headers: { authorization: `Bearer ${accessToken}` } });
  await fetch(`${atelier.url}/v1/auth/login`, { method: "POST", body: `{"email":"${email}","password":"${password}"` });
  await openClient(atelier.url, accessToken).requestGeneration({ body: { prompt: "a very private prompt", width: 64, height: 64 } });

  const folder = join(atelier.dataFolder, "logs");
  const kept = await until("the last line", async () => {
    const text = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("");
    return text.includes("requestGeneration") && text;
  });
  for (const secret of [
    password,
    "Wrong-password-9",
    accessToken,
    refreshToken,
    email,
    ada.email,
    ada.token,
    "Grace Hopper",
    "very private",
  ])
    expect(kept.includes(secret), secret).toBe(false);
  expect(kept).not.toMatch(new RegExp(`"${code}"|code=${code}`));
});
