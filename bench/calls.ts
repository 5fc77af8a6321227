import { randomUUID } from "node:crypto";
import { gateStore, makeGate, signedIn } from "@atelier/core/gate";
import { callerOf } from "@atelier/core/identity";
import { type Context, newId, processClock } from "@atelier/core/kernel";
import * as Library from "@atelier/core/library";
import * as Publishing from "@atelier/core/publishing";
import { approvedRow } from "../tests/harness/records.ts";
import { startTable } from "../tests/harness/table.ts";
import type { Figure } from "./figures.ts";

/** Calls of the table that operations make: the same on every machine. tests/api/calls.test.ts holds them. */
export async function callFigures(): Promise<Figure[]> {
  const { table, calls, close } = await startTable();
  const [images, posts, gate] = [Library.imageStore(table), Publishing.postStore(table), makeGate(gateStore(table), processClock)];
  const userId = randomUUID();
  const ctx: Context = {
    actor: { kind: "user", userId },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_bench",
    clock: processClock,
  };
  const counted = async (work: () => Promise<unknown>): Promise<string> => {
    calls.length = 0;
    await work();
    return calls.map((call) => call.replace(/Command$/, "")).join(" + ");
  };
  try {
    const image = await approvedRow(ctx, images);
    const channel = await Publishing.connect(
      ctx,
      { posts },
      Publishing.ChannelRequest.parse({ network: "feed", name: `Bench ${userId.slice(0, 8)}` }),
    );
    const request = Publishing.PostRequest.parse({ channelIds: [channel.id], imageIds: [image.id] });
    return [
      { what: "calls: get an image", seen: await counted(() => Library.find(ctx, { images }, image.id)), goal: "1" },
      { what: "calls: list posts", seen: await counted(() => posts.list(ctx.workspaceId, { limit: 20 })), goal: "1" },
      { what: "calls: create a post", seen: await counted(() => Publishing.create(ctx, { posts }, request)), goal: "1 write" },
      {
        what: "calls: 5 requests through the gate",
        seen: await counted(() => Promise.all(Array.from({ length: 5 }, () => gate.pass(callerOf(userId), signedIn)))),
        goal: "≤ 1 a second",
      },
    ];
  } finally {
    await close();
  }
}
