import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { closedAfterwards, get, post, prompt } from "./provider-calls.fixture.ts";
import { startReplicate } from "./replicate.ts";

type Told = { id: string; status: string };

const replicate = closedAfterwards(startReplicate);
const schnell = "/v1/models/black-forest-labs/flux-schnell/predictions";

/** A server that keeps what it is sent, and answers as it is told. */
async function receiver(status = () => 200) {
  const got: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    got.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() });
    outgoing.writeHead(status());
    outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

function isSigned(secret: string, { headers, body }: { headers: IncomingHttpHeaders; body: string }): boolean {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64");
  return headers["webhook-signature"] === `v1,${signature}`;
}

describe("webhooks", () => {
  const everything = ["start", "output", "logs", "completed"];

  async function withHook(status?: () => number) {
    const provider = await replicate({ webhookRetryMs: [1, 1] });
    const hook = await receiver(status);
    const create = async (events: string[]) => {
      const answer = await post(provider, schnell, { input: { prompt }, webhook: hook.url, webhook_events_filter: events });
      return (await answer.json()) as Told;
    };
    const statuses = () => hook.got.map(({ body }) => (JSON.parse(body) as Told).status);
    return { provider, ...hook, create, statuses };
  }

  test("come in order, signed with the secret that the API tells, and only those asked for", async () => {
    const { provider, got, create, statuses } = await withHook();
    await create(everything);
    await vi.waitFor(() => expect(statuses()).toEqual(["processing", "processing", "succeeded", "succeeded"]));
    const { key } = (await (await get(provider, "/v1/webhooks/default/secret")).json()) as { key: string };
    expect(key).toBe(provider.webhooks.secret);
    expect(got.every((one) => isSigned(key, one))).toBe(true);
    expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(4);
    await create(["completed"]);
    await vi.waitFor(() => expect(statuses()).toEqual(["processing", "processing", "succeeded", "succeeded", "succeeded"]));
    expect(provider.webhooks.deliveries().map(({ event }) => event)).toEqual(["start", "logs", "output", "completed", "completed"]);
  });

  test("that are not taken come again with the same id, a few times", async () => {
    let status = 500;
    const { got, create, provider } = await withHook(() => status);
    await create(["completed"]);
    await vi.waitFor(() => expect(got).toHaveLength(3));
    expect(new Set(got.map(({ headers, body }) => headers["webhook-id"] + body)).size).toBe(1);
    await vi.waitFor(() => expect(provider.webhooks.deliveries()).toMatchObject([{ attempts: [500, 500, 500] }]));
    status = 204;
    await create(["completed"]);
    await vi.waitFor(() => expect(provider.webhooks.deliveries()[1]?.attempts).toEqual([204]));
  });

  test("can be replayed, old, forged, or lost", async () => {
    const { provider, got, create } = await withHook();
    const secret = provider.webhooks.secret;
    provider.order("webhookReplay");
    await create(["completed"]);
    await vi.waitFor(() => expect(got).toHaveLength(2));
    expect(got[1]?.headers["webhook-signature"]).toBe(got[0]?.headers["webhook-signature"]);
    expect(got.every((one) => isSigned(secret, one))).toBe(true);

    provider.order("webhookOld");
    await create(["completed"]);
    await vi.waitFor(() => expect(got).toHaveLength(3));
    expect(Date.now() / 1000 - Number(got[2]?.headers["webhook-timestamp"])).toBeGreaterThan(599);
    expect(got[2] && isSigned(secret, got[2])).toBe(true);

    provider.order("webhookForged");
    await create(["completed"]);
    await vi.waitFor(() => expect(got).toHaveLength(4));
    expect(got[3] && isSigned(secret, got[3])).toBe(false);

    provider.order("webhookLost");
    const lost = await create(["completed"]);
    await create(["completed"]);
    await vi.waitFor(() => expect(got).toHaveLength(5));
    expect(got[4]?.body).not.toContain(lost.id);
    expect(provider.counts()).toMatchObject({ webhookReplay: 1, webhookOld: 1, webhookForged: 1, webhookLost: 1 });

    const [first] = provider.webhooks.deliveries();
    await provider.webhooks.resend(first?.id ?? "");
    expect(got[5]).toMatchObject({ body: got[0]?.body, headers: { "webhook-id": first?.id } });
  });

  test("can come out of order: the start after the end", async () => {
    const { provider, create, statuses } = await withHook();
    provider.order("webhookReordered");
    await create(["start", "completed"]);
    await vi.waitFor(() => expect(statuses()).toEqual(["succeeded", "processing"]));
  });

  test("never leave the machine", async () => {
    const { provider } = await withHook();
    await post(provider, schnell, { input: { prompt }, webhook: "https://example.com/hook" });
    await vi.waitFor(() =>
      expect(provider.webhooks.deliveries().map(({ attempts }) => attempts)).toEqual(Array(2).fill([expect.stringContaining("loopback")])),
    );
  });
});
