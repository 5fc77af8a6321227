import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { clockOf } from "../harness/atelier.ts";
import { faults, type Order } from "../harness/faults.ts";
import { ownAtelier } from "../harness/own.ts";
import { type Person, signUp } from "../harness/person.ts";
import { quiet } from "../harness/quiet.ts";
import { seeds, tell } from "../harness/seeds.ts";
import { until } from "../harness/until.ts";
import { approved, entriesOf, gallery } from "../harness/work.ts";

const { url } = await ownAtelier();
const trouble = faults({ url });
const clock = clockOf(url);
const minuteMs = 60_000;
let ada: Person;
let imageId: string;
beforeAll(async () => {
  ada = await signUp(url);
  imageId = (await approved(ada.client)).id;
});
afterEach(() => trouble.clear());

/** Posts that the rule has to find: due in five and six minutes. The clock goes on in steps, and nothing may be out before it is due. */
async function liveThroughDueTimes(orders: Order[]): Promise<void> {
  const channel = await gallery(ada.client);
  const now = await clock.now();
  const due = new Map([5, 5, 6, 6].map((minutes, index) => [`post ${index}`, Math.floor(now + minutes * minuteMs + index * 333)]));
  for (const order of orders) await trouble.add(order);
  await Promise.all(
    [...due].map(([caption, at]) =>
      ada.client.createPost({
        body: { channelIds: [channel.id], imageIds: [imageId], caption, scheduledAt: new Date(at).toISOString() },
      }),
    ),
  );
  const early: string[] = [];
  await until(
    "all posts",
    async () => {
      // Whatever would be done early has the time to be.
      await quiet(url);
      const entries = await entriesOf(channel);
      const seenAt = await clock.now();
      for (const { content_text: name } of entries) if (seenAt < (due.get(name) ?? 0)) early.push(name);
      if (entries.length >= due.size) return true;
      await clock.advance(seenAt < now + 4 * minuteMs ? 60_000 : 30_000);
      return false;
    },
    80_000,
  );
  expect(early).toEqual([]);
  const entries = await entriesOf(channel);
  expect(entries.map((entry) => entry.content_text).sort()).toEqual([...due.keys()].sort());
}

const skew = (call: string, minutes: number): Order => ({ service: "clock", call, ms: minutes * minuteMs });

describe.each(seeds)("the minute's rule, seed %i", (seed) => {
  const dispatch = { service: "lambda", call: "DispatchDue" } as const;

  test.each<[string, Order[]]>([
    [
      "fires many times at once, or not for minutes, or unheard",
      [
        { ...dispatch, fault: "dropBefore", times: 3 + (seed % 5) },
        { ...dispatch, fault: "dropAfter", chance: 0.4, seed },
        { ...dispatch, fault: "duplicate", copies: 2 + (seed % 4) },
      ],
    ],
    [
      "fires early, beside an API and a worker whose clocks are behind",
      [skew("DispatchDue", 5), skew("HttpPosts", -5), skew("PublishPost", -5)],
    ],
    ["fires late, beside an API whose clock is ahead", [skew("DispatchDue", -5), skew("HttpPosts", 4)]],
    ["fires in time, for workers whose clocks are ahead", [skew("PublishPost", 5), skew("HttpPosts", 4)]],
  ])("%s, and every post goes out once, none early", async (what, orders) => {
    await liveThroughDueTimes(orders);
    tell(what, seed, await trouble.counts());
    for (const { call, fault, applied } of await trouble.rules())
      if (fault !== "dropAfter") expect(applied, `${fault} of ${call}`).toBeGreaterThan(0);
  });
});

/** Local times around both changes, and the instants that they are. */
const changes = [
  { zone: "Europe/Paris", local: "03-28T01:59:00", instant: "2027-03-28T00:59:00Z" },
  { zone: "Europe/Paris", local: "03-28T03:00:00", instant: "2027-03-28T01:00:00Z" },
  { zone: "America/New_York", local: "03-14T03:00:00", instant: "2027-03-14T07:00:00Z" },
  { zone: "Europe/Paris", local: "10-31T02:59:00", instant: "2027-10-31T00:59:00Z" },
  { zone: "Europe/Paris", local: "10-31T03:00:00", instant: "2027-10-31T02:00:00Z" },
  { zone: "America/New_York", local: "11-07T01:30:00", instant: "2027-11-07T05:30:00Z" },
];

test("across both changes of the clocks every post goes out once, none early", async () => {
  const channel = await gallery(ada.client);
  const posts = await Promise.all(
    changes.map(({ zone, local }) =>
      ada.client.createPost({
        body: { channelIds: [channel.id], imageIds: [imageId], caption: `${zone} ${local}`, scheduledAt: `2027-${local}`, timeZone: zone },
      }),
    ),
  );
  expect(posts.map((post) => Date.parse(post.scheduledAt ?? ""))).toEqual(changes.map(({ instant }) => Date.parse(instant)));
  const inTurn = [...changes].sort((a, b) => Date.parse(a.instant) - Date.parse(b.instant));
  for (const [index, { instant, zone, local }] of inTurn.entries()) {
    const due = Date.parse(instant);
    await clock.advance(due - (await clock.now()) - 20_000);
    await quiet(url);
    expect((await entriesOf(channel)).length, `before ${zone} ${local}`).toBe(index);
    await clock.advance(20_000);
    await until(`the post of ${zone} ${local}`, async () => (await entriesOf(channel)).length === index + 1);
  }
  expect((await entriesOf(channel)).map((entry) => entry.content_text).sort()).toEqual(posts.map((post) => post.caption).sort());
});
