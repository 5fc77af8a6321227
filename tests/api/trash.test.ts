import { expect, test } from "vitest";
import { ownAtelier } from "../harness/own.ts";
import { signUp } from "../harness/person.ts";
import { until } from "../harness/until.ts";
import { drawn } from "../harness/work.ts";

const atelier = await ownAtelier();

test("a deleted image can be restored for 30 days; then its files are gone from the bucket, and those of others stay", async () => {
  const { client } = await signUp(atelier.url);
  const [kept, lost] = [await drawn(client, "a harbour that stays"), await drawn(client, "a harbour that goes")];
  const ids = [kept.id, lost.id];
  expect((await client.changeManyImages({ body: { imageIds: ids, change: { action: "delete" } } })).items).toEqual(
    ids.map((imageId) => ({ imageId, outcome: "done" })),
  );
  expect((await client.listImages({})).items).toEqual([]);
  const trash = async () => (await client.listTrash({})).items;
  expect((await trash()).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  await atelier.advance(29 * 86_400_000);
  expect(await client.restoreImage({ params: { id: kept.id } })).toMatchObject({ id: kept.id, state: "in_review", tags: kept.tags });

  // Links outlive nothing here: they are signed for an hour of real time.
  const files = [lost.urls.original, lost.urls.preview, lost.urls.thumbnail].map((link) => link ?? "");
  const found = async () => (await Promise.all(files.map((file) => fetch(file)))).map(({ ok }) => ok);
  expect(await found()).toEqual([true, true, true]);
  await atelier.advance(2 * 86_400_000);
  await until("the files' going", async () => (await found()).every((ok) => !ok));
  expect(await trash()).toEqual([]);
  await expect(client.restoreImage({ params: { id: lost.id } })).rejects.toMatchObject({ status: 404 });
  expect((await fetch((await client.getImage({ params: { id: kept.id } })).urls.original ?? "")).ok).toBe(true);
});
