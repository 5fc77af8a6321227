import { budgetStore, type Cap, setCap } from "@atelier/core/budgets";
import { capacityStore } from "@atelier/core/capacity";
import * as Generation from "@atelier/core/generation";
import { Conflict, type Context, isBusy, newId, type Table } from "@atelier/core/kernel";
import * as Library from "@atelier/core/library";
import { examine, processVersion } from "@atelier/core/media";
import { makeOutside } from "@atelier/core/outside";
import {
  editModels,
  imageModels,
  isProviderName,
  makeProvider,
  type Patience,
  type Provider,
  type ProviderLimits,
} from "@atelier/core/providers";
import type { Provider as Simulator } from "@atelier/simulators";
import { safetyOn } from "./safety.ts";

type Simulators = Readonly<Record<string, Simulator>>;
type Message = { at: number; ref: Generation.JobRef };

const redeliveryMs = 30_000;

/** Thrown in a worker's place when it dies: nothing of it catches this, so nothing is tidied up. */
export class Died extends Error {}

export type Means = {
  simulators: Simulators;
  patience?: Partial<Patience>;
  /** May change what a worker has of a provider, such as to let it die in a call. */
  over?: (provider: Provider) => Provider;
  random?: () => number;
  /** Who is asked first, where nobody says otherwise; the cheapest by default. */
  order?: readonly string[];
  /** None by default: the shops of one database share its providers. */
  limits?: (provider: string) => ProviderLimits | undefined;
};

/**
 * The real worker on a real table, with stand-ins of providers over HTTP, and a clock and a queue of its own: time goes from message to message. The library
 * is its rows; a file that is handed on is found sound at once.
 */
export function openWorkshop(
  table: Table,
  { simulators, patience = {}, over = (provider) => provider, random = () => 0, order = [], limits = () => undefined }: Means,
) {
  const time = { now: Date.parse("2026-11-20T10:00:00.000Z") };
  const ctx: Context = {
    actor: { kind: "user", userId: "ada" },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_workshop",
    clock: { now: () => time.now, sleepUntil: async () => undefined },
  };
  const jobs = Generation.jobStore(table);
  const images = Library.imageStore(table);
  const budgets = budgetStore(table);
  const capacity = capacityStore(table, limits);
  const queue: Message[] = [];
  const delivered: string[] = [];
  const made = new Map<string, Provider>();
  const means = { outside: makeOutside(), models: imageModels, edits: editModels, patience, now: () => time.now };
  made.set("sketch", makeProvider("sketch", {}, means));
  for (const [name, { url, key }] of Object.entries(simulators))
    if (isProviderName(name)) made.set(name, over(makeProvider(name, { key, baseUrl: url }, means)));
  const files = new Map<string, { bytes: Buffer; contentType: string; notes: Record<string, string> }>();
  const media = {
    put: async (path, bytes, contentType, { notes = {} } = {}) => void files.set(path, { bytes, contentType, notes }),
    get: async (path) => files.get(path),
    remove: async (path) => void files.delete(path),
  } satisfies Partial<Library.MediaStore> as unknown as Library.MediaStore;
  const real = Library.libraryFor({ images, media });
  const library: Generation.Library = {
    ...real,
    async deliver(_ctx, id, drawn, renderMs, ofJob) {
      delivered.push(id);
      if (ofJob.edit) {
        await real.deliver(ctx, id, drawn, renderMs, ofJob);
        await processVersion(ctx, { images, media }, { workspaceId: ctx.workspaceId, imageId: ofJob.edit.imageId, versionId: id });
        return;
      }
      const image = await images.get(ctx.workspaceId, id);
      if (image?.state !== "processing" || image.deletedAt !== undefined) return;
      await images.write(images.replacement({ ...image, state: "in_review", version: image.version + 1 })).catch((error: unknown) => {
        if (!(error instanceof Conflict)) throw error;
      });
    },
  };
  const later: Generation.Later = async (ref, delaySeconds) => void queue.push({ at: time.now + delaySeconds * 1000, ref });
  const deps: Generation.RenderDeps = { jobs, library, budgets, capacity, providers: (name) => made.get(name), later, random };
  const catalogue = Generation.catalogueOf((name) => (simulators[name] || name === "sketch" ? [] : [name]), order);
  const job = async ({ id, workspaceId }: Generation.JobRef) => (await jobs.get({ id, workspaceId })) as Generation.Job;

  /** One message in a worker's hands. A worker that dies leaves everything as it is; one whom the database keeps waiting gets its message again. */
  async function work(ref: Generation.JobRef, more?: { news?: string }): Promise<void> {
    await Generation.render(ctx, deps, ref, more).catch((error: unknown) => {
      if (isBusy(error)) queue.push({ at: time.now + redeliveryMs, ref });
      else if (!(error instanceof Died)) throw error;
    });
    await Generation.settle(ctx, deps, ref);
  }

  /** What the minute's rule would find within the next quarter of an hour. */
  async function lookAfter(): Promise<void> {
    for (let shard = 0; shard < 4; shard += 1)
      for (const { workspaceId, id, dueAt } of await jobs.overdue(shard, time.now + 15 * 60_000, 100))
        if (workspaceId === ctx.workspaceId) queue.push({ at: dueAt, ref: { workspaceId, id } });
  }

  return {
    ctx,
    time,
    jobs,
    queue,
    delivered,
    job,
    work,
    ask: (body: Record<string, unknown>) =>
      Generation.request(
        ctx,
        { jobs, budgets, catalogue, safety: safetyOn(table) },
        Generation.GenerationRequest.parse({ prompt: "a red fox in the snow", ...body }),
      ),
    images,
    files,
    /** A picture that somebody has uploaded, and that was examined. */
    async upload(file: Buffer, more: Partial<Library.Image> = {}): Promise<Library.Image> {
      const image = await Library.announceUpload(
        ctx,
        { images },
        Library.UploadRequest.parse({ fileName: "fox.png", contentType: "image/png", bytes: file.length }),
      );
      const seen = await examine(file, {});
      if (seen.kind !== "sound") throw new Error(seen.detail);
      await media.put(Library.paths.original(ctx.workspaceId, image.id, seen.facts), seen.original, seen.facts.mimeType);
      const sound: Library.Image = { ...image, state: "approved", file: seen.facts, ...more, version: image.version + 1 };
      await images.write(images.replacement(sound));
      return sound;
    },
    /** Asks for an edit that a provider makes: its version, and the job that has it made. */
    async edit(image: Library.Image, body: Record<string, unknown>) {
      const editing = async () => ({ jobs, budgets, catalogue });
      const version = await Library.requestEdit(ctx, { images, editing }, image.id, Library.EditRequest.parse(body));
      const asked: Generation.JobRef = { workspaceId: ctx.workspaceId, id: version.making?.editId ?? "" };
      return {
        asked,
        version: async () => (await images.version(ctx.workspaceId, image.id, version.id)) as Library.ImageVersion,
        image: async () => (await images.get(ctx.workspaceId, image.id)) as Library.Image,
      };
    },
    /** The rows of a job's images, as its first attempt makes them. */
    announce: (job: Generation.Job) => table.write(...job.imageIds.map((id, index) => library.announce(ctx, id, job, job.seed + index))),
    cancel: (id: string) => Generation.cancel(ctx, { jobs, library }, id),
    setCap: (cap: Cap) => setCap(ctx, { budgets }, cap),
    /** What the workspace's month has spoken for, micro-dollars. */
    booked: async () => (await budgets.month(ctx.workspaceId, new Date(time.now).toISOString().slice(0, 7))).sums.all ?? 0,
    /** Takes messages in the order of their times until there are none; then, as the minute's rule does, looks after what is overdue. */
    async drive(mostMessages = 2_000): Promise<void> {
      for (let taken = 0; taken < mostMessages; taken += 1) {
        if (queue.length === 0) await lookAfter();
        queue.sort((a, b) => a.at - b.at);
        const message = queue.shift();
        if (!message) return;
        time.now = Math.max(time.now, message.at);
        await work(message.ref);
      }
      throw new Error(`More than ${mostMessages} messages: they multiply.`);
    },
  };
}

export type Workshop = ReturnType<typeof openWorkshop>;
