import { Conflict, insert, type Key, lowestIdAt, type Page, type Row, type RowKeys, replace, type Table } from "../kernel/index.ts";
import { awaitedUntil, emptyAfterMs, type Image, type ImageState, type Review, trashMs } from "./image.ts";
import type { Card, ImageFilter, ImageStore } from "./store.ts";
import { type ImageVersion, mostVersions } from "./version.ts";

const partition = (workspaceId: string): string => `workspace/${workspaceId}/images`;
const statePartition = (workspaceId: string, state: ImageState): string => `${partition(workspaceId)}/${state}`;
const reviewsPartition = (workspaceId: string, imageId: string): string => `${partition(workspaceId)}/${imageId}/reviews`;
const versionsPartition = (workspaceId: string, imageId: string): string => `${partition(workspaceId)}/${imageId}/versions`;
const versionRow = (version: ImageVersion): Row<ImageVersion> => ({
  attributes: ["number"],
  pk: versionsPartition(version.workspaceId, version.imageId),
  sk: version.id,
  ...version,
});
export const imageKey = (workspaceId: string, id: string): Key => ({ pk: partition(workspaceId), sk: id });

const trashPartition = (workspaceId: string): string => `${partition(workspaceId)}/trash`;
const trashShard = "trash";

/** Where a deleted image is listed, and when its time is over; emptied, it expires. */
function inTrash(image: Image): Partial<RowKeys> {
  if (image.purgedAt !== undefined) return { expiresAt: Math.ceil(Date.parse(image.purgedAt) / 1000) };
  return {
    statePk: trashPartition(image.workspaceId),
    dueShard: trashShard,
    dueAt: Date.parse(image.deletedAt ?? "") + emptyAfterMs,
  };
}

/** What only filters and indexes read, beside the object. */
type ForQueries = { wording: string; likeness?: string; autoWords?: string[]; madeBy?: string; hasFile?: true };

/** By lists, and by the index of cards. */
const attributes = [
  ...(["state", "tags", "autoTags", "category", "folderId", "postedAt", "deletedAt"] as const),
  ...(["wording", "likeness", "autoWords", "madeBy", "hasFile"] as const),
];

/** What is in the trash is in no state but that. */
const rowOf = (image: Image): Row<Image & ForQueries> => ({
  attributes,
  ...imageKey(image.workspaceId, image.id),
  ...(image.deletedAt === undefined && awaitedUntil(image) === undefined && { cardPk: partition(image.workspaceId) }),
  ...(image.file?.likeness !== undefined && { likeness: image.file.likeness }),
  ...(image.making?.model !== undefined && { madeBy: image.making.model }),
  ...(image.file && { hasFile: true }),
  ...(image.autoTags && { autoWords: image.autoTags.map(({ tag }) => tag) }),
  ...(image.deletedAt === undefined ? { statePk: statePartition(image.workspaceId, image.state) } : inTrash(image)),
  ...(image.deletedAt === undefined && awaitedUntil(image) !== undefined && { expiresAt: Math.ceil((awaitedUntil(image) ?? 0) / 1000) }),
  wording: `${image.making?.prompt ?? ""} ${image.fileName ?? ""}`.toLowerCase().slice(0, 2_000),
  ...image,
});

const imageOf = (row: Image & Partial<ForQueries>): Image => {
  const { wording: _wording, likeness: _likeness, autoWords: _autoWords, madeBy: _madeBy, hasFile: _hasFile, ...image } = row;
  return image;
};

export const imageStore = (table: Table): ImageStore => ({
  insertion: (image) => insert(rowOf(image)),
  replacement: (image, event) => replace(event ? { ...rowOf(image), event } : rowOf(image)),
  write: (...writes) => table.write(...writes),
  create: (ctx, image) => table.write(insert(rowOf(image)), ...(ctx.once ? [ctx.once.record(image)] : [])),
  addReview: (ctx, image, review, event) =>
    table.write(
      replace({ ...rowOf(image), event }),
      insert({ pk: reviewsPartition(image.workspaceId, image.id), sk: review.id, ...review }),
      ...(ctx.once ? [ctx.once.record(review)] : []),
    ),
  async get(workspaceId, id) {
    const row = await table.get<Image>(imageKey(workspaceId, id));
    return row && imageOf(row);
  },
  getMany: async (workspaceId, ids) =>
    (await table.getMany<Image>(ids.map((id) => imageKey(workspaceId, id)))).map((row) => row && imageOf(row)),
  async list(workspaceId, { filter, limit, cursor, now }) {
    const page = await table.page<Image>({
      pk: partition(workspaceId),
      statePk: filter.state && statePartition(workspaceId, filter.state),
      limit,
      cursor,
      from: filter.from === undefined ? undefined : lowestIdAt("img", filter.from),
      to: filter.to === undefined ? undefined : lowestIdAt("img", filter.to + 1),
      filter: filterOf(filter, now),
    });
    return { ...page, items: page.items.map(imageOf) };
  },
  reviews: (workspaceId, imageId, page) => table.page<Review>({ pk: reviewsPartition(workspaceId, imageId), ...page }),
  async trash(workspaceId, { now, ...page }) {
    const found = await table.page<Image>({
      pk: partition(workspaceId),
      statePk: trashPartition(workspaceId),
      ...page,
      filter: {
        // Rows from before `hasFile` have the file itself as an attribute. By that name the time does not count for the cursor.
        expression: "(attribute_exists(hasFile) OR attribute_exists(#file)) AND deletedAt > :now",
        names: { "#file": "file" },
        values: { ":now": new Date(now - trashMs).toISOString() },
      },
    });
    return { ...found, items: found.items.map(imageOf) };
  },
  trashDue: async (now, limit) => (await table.due(trashShard, now, limit)) as { workspaceId: string; id: string }[],
  async trashLater({ workspaceId, id }, now, until) {
    try {
      await table.write({
        update: imageKey(workspaceId, id),
        expression: "SET dueAt = :until",
        condition: "dueShard = :trash AND dueAt <= :now",
        values: { ":until": until, ":trash": trashShard, ":now": now },
      });
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
    }
  },
  cards: (workspaceId, most) => table.cards<Card>(partition(workspaceId), most).then(({ items, complete }) => ({ cards: items, complete })),
  async keptOf(workspaceId, imageId) {
    const all = async <T>(pk: string): Promise<T[]> => {
      const found: T[] = [];
      let cursor: string | undefined;
      do {
        const page: Page<T> = await table.page<T>({ pk, limit: 100, cursor });
        found.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return found;
    };
    const [versions, reviews] = await Promise.all([
      all<ImageVersion>(versionsPartition(workspaceId, imageId)),
      all<Review>(reviewsPartition(workspaceId, imageId)),
    ]);
    // Those that were emptied by a worker that died over it have no image any more.
    return {
      versions: versions.filter(({ imageId }) => imageId !== undefined),
      reviews: reviews.filter(({ imageId }) => imageId !== undefined),
    };
  },
  async emptyRows({ workspaceId, id }, { versions, reviews }, now) {
    const expiresAt = Math.ceil(now / 1000);
    const keys = [
      ...versions.map((row) => ({ pk: versionsPartition(workspaceId, id), sk: row.id, version: row.version + 1 })),
      ...reviews.map((row) => ({ pk: reviewsPartition(workspaceId, id), sk: row.id, version: row.version + 1 })),
    ];
    for (const key of keys) await table.write(replace({ ...key, expiresAt }));
  },
  addVersions: (ctx, image, made, { event, beside = [] }) =>
    table.write(
      replace(rowOf(image)),
      ...made.map((version, index) => insert(event && index === made.length - 1 ? { ...versionRow(version), event } : versionRow(version))),
      ...beside,
      ...(ctx.once ? [ctx.once.record(made.at(-1))] : []),
    ),
  versionReplacement: (version, event) => replace(event ? { ...versionRow(version), event } : versionRow(version)),
  version: (workspaceId, imageId, id) => table.get<ImageVersion>({ pk: versionsPartition(workspaceId, imageId), sk: id }),
  async versionBy(workspaceId, imageId, number) {
    const { items } = await table.page<ImageVersion>({
      pk: versionsPartition(workspaceId, imageId),
      limit: mostVersions,
      filter: { expression: "#number = :number", names: { "#number": "number" }, values: { ":number": number } },
    });
    return items[0];
  },
  versions: (workspaceId, imageId, page) => table.page<ImageVersion>({ pk: versionsPartition(workspaceId, imageId), ...page }),
});

function filterOf({ tag, category, folder, model, q, posted }: ImageFilter, now: number) {
  const tests: [string, string, string | undefined][] = [
    ["(contains(tags, :tag) OR contains(autoWords, :tag))", ":tag", tag],
    ["category = :category", ":category", category],
    ["folderId = :folder", ":folder", folder],
    // Rows from before `madeBy` have the making itself as an attribute.
    ["(madeBy = :model OR making.#model = :model)", ":model", model],
    ["contains(wording, :q)", ":q", q?.toLowerCase()],
  ];
  const wanted = tests.filter(([, , value]) => value !== undefined);
  const outside = posted === undefined ? [] : [posted ? "attribute_exists(postedAt)" : "attribute_not_exists(postedAt)"];
  return {
    expression: [
      "attribute_not_exists(deletedAt)",
      "(attribute_not_exists(expiresAt) OR expiresAt > :now)",
      ...outside,
      ...wanted.map(([test]) => test),
    ].join(" AND "),
    values: { ":now": Math.floor(now / 1000), ...Object.fromEntries(wanted.map(([, name, value]) => [name, value])) },
    ...(model !== undefined && { names: { "#model": "model" } }),
  };
}
