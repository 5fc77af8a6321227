import * as Library from "@atelier/core/library";
import { describe, expect, test } from "vitest";
import { cutOut, editRoom } from "../harness/edit-room.ts";

const { room, workshop, watch, done } = editRoom();

describe("an edit", () => {
  test.each([
    ["before anybody was asked", 0],
    ["while it is made", 1],
  ] as const)("that is stopped %s leaves the image as it was, and what was asked for is paid and nothing else", async (_when, paid) => {
    const shop = workshop();
    const seen = watch();
    const image = await shop.upload(room.small);
    room.simulators.replicate.hold();
    const edit = await shop.edit(image, { ...cutOut, model: "recraft-ai/recraft-remove-background" });
    if (paid > 0) await shop.work(edit.asked);
    expect(seen.taken("replicate")).toBe(paid);
    const { id } = await edit.version();
    const stopped = await Library.cancelEdit(shop.ctx, shop, image.id, id);
    expect(stopped).toMatchObject({ state: "failed", problem: { code: "library/edit-canceled" } });
    expect(await Library.cancelEdit(shop.ctx, shop, image.id, id)).toEqual(stopped);
    room.simulators.replicate.release();
    await shop.drive();
    const job = await shop.job(edit.asked);
    // Its price is known by now.
    const { version, making, ...same } = stopped;
    expect(await edit.version()).toMatchObject({ ...same, making: { ...making, costMicroUsd: job.costMicroUsd } });
    expect(await edit.image()).toMatchObject({ state: "approved", lastVersion: 2 });
    expect((await edit.image()).currentVersion).toBeUndefined();
    expect(job.state).toBe("canceled");
    expect([seen.taken("replicate"), seen.billed(), await shop.booked()]).toEqual([paid, job.costMicroUsd, job.costMicroUsd]);
    // Another one can be asked for at once.
    expect(await shop.edit(image, cutOut)).toBeDefined();
  });

  test("that is ready, has failed, or is made here is not stopped; nor is one of a stranger's, or one that there never was", async () => {
    const shop = workshop();
    const edit = await done(shop, cutOut);
    const image = await edit.image();
    const stop = (versionId: string, ctx = shop.ctx) => Library.cancelEdit(ctx, shop, image.id, versionId);
    const { id } = await edit.version();
    await expect(stop(id)).rejects.toMatchObject({ type: { code: "library/edit-not-cancelable" }, message: "It is ready already." });
    expect(await edit.version()).toMatchObject({ state: "ready" });
    const own = await Library.requestEdit(shop.ctx, { ...shop, editing: () => expect.unreachable() }, image.id, {
      operations: [{ type: "rotate", degrees: 90 }],
    });
    await expect(stop(own.id)).rejects.toMatchObject({ message: expect.stringContaining("made here") });
    await expect(stop(id.replace(/.{5}$/, "00000"))).rejects.toMatchObject({ type: { status: 404 } });
    await expect(stop(id, { ...shop.ctx, workspaceId: "wks_00000000000000000000000000" })).rejects.toMatchObject({ type: { status: 404 } });
  });

  test.each(["asked", "answered", "fetched"] as const)(
    "that is stopped at the moment at which its provider is %s stays stopped, and its price is booked",
    async (when) => {
      const stop = { now: async () => {} };
      const shop = workshop({
        over: ({ editor, fetchOutput, ...provider }) => ({
          ...provider,
          async fetchOutput(output) {
            if (when === "fetched") await stop.now();
            return fetchOutput(output);
          },
          ...(editor && {
            editor: {
              ...editor,
              async submit(alteration) {
                if (when === "asked") await stop.now();
                const submitted = await editor.submit(alteration);
                if (when === "answered") await stop.now();
                return submitted;
              },
            },
          }),
        }),
      });
      const seen = watch();
      const image = await shop.upload(room.small);
      const edit = await shop.edit(image, { ...cutOut, model: "remove-background" });
      const { id } = await edit.version();
      stop.now = async () => void (await Library.cancelEdit(shop.ctx, shop, image.id, id));
      await shop.work(edit.asked);
      await shop.drive();
      expect(await edit.version()).toMatchObject({
        state: "failed",
        problem: { code: "library/edit-canceled" },
        making: { costMicroUsd: 20_000 },
      });
      expect(await edit.image()).toMatchObject({ state: "approved" });
      const job = await shop.job(edit.asked);
      expect([job.state, job.costMicroUsd, await shop.booked(), seen.billed()]).toEqual(["canceled", 20_000, 20_000, 20_000]);
    },
  );
});
