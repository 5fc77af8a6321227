import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, createServer as createPlainServer, type Server as PlainServer } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { certificate, privateKey } from "./certificate.fixture.ts";
import { oneCall } from "./one-call.ts";
import { makeOutside, type Outside, type OutsideLimits, type OutsideRequest } from "./outside.ts";
import type { OutsideError } from "./outside-error.ts";

const limits: OutsideLimits = { deadlineMs: 5_000, maxBytes: 1_000 };

async function listening<Kind extends Server | PlainServer>(server: Kind): Promise<{ port: number }> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port };
}

/** A server on loopback, and a client to which `public.test` and `other.test` are public names that happen to lead to it. */
async function serving(listener: RequestListener): Promise<{ url: string; origin: string; outside: Outside; dialled: string[] }> {
  const { port } = await listening(createServer(listener));
  const dialled: string[] = [];
  const outside = makeOutside({
    resolve: async (host) =>
      ({ "public.test": ["93.184.215.14"], "other.test": ["93.184.215.15"], "inside.test": ["10.0.0.1"] })[host] ?? [],
    dial: (address) => {
      dialled.push(address);
      return connect(port, "127.0.0.1");
    },
  });
  return { url: "http://public.test/path?query=1", origin: `http://127.0.0.1:${port}`, outside, dialled };
}

const failure = (outside: Outside, request: OutsideRequest, more: Partial<OutsideLimits> = {}): Promise<OutsideError> =>
  outside.call(request, { ...limits, ...more }).then(
    () => expect.unreachable("no answer was to come"),
    (error) => error,
  );

describe("an answer", () => {
  test("is told whole, with its status whatever it is, and the request arrives as it was given", async () => {
    const { url, outside } = await serving((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk) => chunks.push(chunk));
      incoming.on("end", () =>
        outgoing
          .writeHead(503, { "x-one": "1", "set-cookie": ["a=1", "b=2"] })
          .end(
            JSON.stringify([
              incoming.method,
              incoming.url,
              incoming.headers.host,
              incoming.headers.authorization,
              `${Buffer.concat(chunks)}`,
            ]),
          ),
      );
    });
    const answer = await outside.call({ method: "POST", url, headers: { authorization: "Bearer key" }, body: "grün" }, limits);
    expect(answer).toMatchObject({ status: 503, headers: { "x-one": "1", "set-cookie": "a=1, b=2" } });
    expect(JSON.parse(`${answer.body}`)).toEqual(["POST", "/path?query=1", "public.test", "Bearer key", "grün"]);
  });

  test("comes over TLS, and only from who can prove the name", async () => {
    const { port } = await listening(createSecureServer({ cert: certificate, key: privateKey }, (_, outgoing) => outgoing.end("safe")));
    const means = { resolve: async () => ["93.184.215.14"], dial: () => connect(port, "127.0.0.1") };
    const trusting = makeOutside({ ...means, ca: certificate });
    expect(`${(await trusting.call({ url: "https://tls.test/" }, limits)).body}`).toBe("safe");
    expect(await failure(trusting, { method: "POST", url: "https://other.test/", body: "x" })).toMatchObject({
      kind: "unreachable",
      sent: false,
    });
    expect(await failure(makeOutside(means), { url: "https://tls.test/" })).toMatchObject({ kind: "unreachable", sent: false });
  });

  test("of a private origin is taken if configuration has set that origin, and that one alone", async () => {
    const { origin, outside } = await serving((_, outgoing) => outgoing.end("own"));
    expect(`${(await outside.call({ url: `${origin}/x` }, { ...limits, allow: [`${origin}/base`] })).body}`).toBe("own");
    expect(await failure(outside, { url: "http://127.0.0.1:1/x" }, { allow: [origin] })).toMatchObject({ kind: "refused-address" });
  });

  test("is asked for unpacked; one that is packed all the same is unpacked once", async () => {
    const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
    const asked: unknown[] = [];
    const { outside } = await serving((incoming, outgoing) => {
      asked.push(incoming.headers["accept-encoding"]);
      const packing = incoming.url?.slice(1) as keyof typeof packers;
      outgoing.writeHead(200, { "content-encoding": packing }).end(packers[packing]("unpacked"));
    });
    for (const packing of Object.keys(packers))
      expect(`${(await outside.call({ url: `http://public.test/${packing}` }, limits)).body}`).toBe("unpacked");
    expect(asked).toEqual(["identity", "identity", "identity"]);
  });
});

describe("limits", () => {
  test("a bomb ends at the limit, however it is packed", async () => {
    const { outside } = await serving((incoming, outgoing) =>
      outgoing
        .writeHead(200, { "content-encoding": `${incoming.url?.slice(1)}` })
        .end(incoming.url === "/br" ? brotliCompressSync(Buffer.alloc(50_000_000)) : gzipSync(Buffer.alloc(500_000))),
    );
    for (const packing of ["br", "gzip"])
      expect(await failure(outside, { url: `http://public.test/${packing}` })).toMatchObject({ kind: "too-large", sent: true });
    expect(await failure(outside, { url: "http://public.test/gzip,gzip" })).toMatchObject({ kind: "unreadable", sent: true });
  });

  test("a body that has no end, or says that it is too long, is cut off at the limit", async () => {
    const { outside } = await serving((incoming, outgoing) => {
      if (incoming.url === "/said") return void outgoing.writeHead(200, { "content-length": "1001" }).flushHeaders();
      const timer = setInterval(() => outgoing.write(Buffer.alloc(300)), 1);
      outgoing.on("close", () => clearInterval(timer));
    });
    for (const path of ["endless", "said"])
      expect(await failure(outside, { url: `http://public.test/${path}` })).toMatchObject({ kind: "too-large", sent: true });
  });

  test("the deadline holds for the whole exchange: the name, the connection, the head, a body that drips", async () => {
    const { outside } = await serving((incoming, outgoing) => {
      if (incoming.url !== "/drip") return;
      const timer = setInterval(() => outgoing.write("."), 10);
      outgoing.on("close", () => clearInterval(timer));
    });
    for (const path of ["silent", "drip"])
      expect(await failure(outside, { url: `http://public.test/${path}` }, { deadlineMs: 500 })).toMatchObject({
        kind: "timeout",
        sent: true,
      });
    const slow = makeOutside({ resolve: () => new Promise(() => undefined) });
    expect(await failure(slow, { url: "http://public.test/" }, { deadlineMs: 50 })).toMatchObject({ kind: "timeout", sent: false });
  });
});

describe("what may have been received", () => {
  test("nothing was sent where nobody listens", async () => {
    const error = await failure(makeOutside(), { method: "POST", url: "http://127.0.0.1:1/" }, { allow: ["http://127.0.0.1:1"] });
    expect(error).toMatchObject({ kind: "unreachable", sent: false });
  });

  test("of two addresses the second is taken if the first does not answer", async () => {
    const { port } = await listening(createServer((_, outgoing) => outgoing.end("second")));
    const dialled: string[] = [];
    const outside = makeOutside({
      resolve: async () => ["2606:2800::1", "93.184.215.14"],
      dial: (address) => {
        dialled.push(address);
        return address.includes(":") ? connect(port, "127.0.0.1") : connect(1, "127.0.0.1");
      },
    });
    expect(`${(await outside.call({ url: "http://public.test/" }, limits)).body}`).toBe("second");
    expect(dialled).toEqual(["93.184.215.14", "2606:2800::1"]);
  });

  test("it was, where the line breaks before the answer or in it, or what comes is not HTTP", async () => {
    const { outside } = await serving((incoming, outgoing) => {
      if (incoming.url === "/before") return void incoming.socket.destroy();
      outgoing.writeHead(200, { "content-length": "100" });
      outgoing.write("half", () => incoming.socket.destroy());
    });
    for (const path of ["before", "within"])
      expect(await failure(outside, { method: "POST", url: `http://public.test/${path}`, body: "{}" })).toMatchObject({
        kind: "connection-lost",
        sent: true,
      });
    const { port } = await listening(createPlainServer((socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n")));
    const other = makeOutside({ resolve: async () => ["93.184.215.14"], dial: () => connect(port, "127.0.0.1") });
    expect(await failure(other, { url: "http://public.test/" })).toMatchObject({ sent: true });
  });

  test("one request is one request: nothing is repeated", async () => {
    let requests = 0;
    const { url, outside } = await serving((incoming) => {
      requests += 1;
      incoming.socket.destroy();
    });
    await failure(outside, { method: "POST", url, body: "{}" });
    expect(requests).toBe(1);
  });

  test("an error tells neither key nor path nor body", async () => {
    const { outside, dialled } = await serving((incoming) => incoming.socket.destroy());
    const secret = "sk-very-secret";
    const request = { method: "POST", url: `http://public.test/${secret}?key=${secret}`, headers: { authorization: secret }, body: secret };
    const errors = [
      await failure(outside, request),
      await failure(outside, { ...request, headers: { authorization: `${secret}\n` } }),
      await failure(outside, { ...request, url: `http://user:${secret}@public.test/` }),
      await failure(outside, { ...request, url: `http://10.0.0.1/${secret}` }),
    ];
    expect(errors.map(({ kind }) => kind)).toEqual(["connection-lost", "bad-request", "bad-request", "refused-address"]);
    expect(dialled).toHaveLength(1);
    for (const error of errors) expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(secret);
  });
});

describe("redirects", () => {
  const leading = (to: Readonly<Record<string, string>>) =>
    serving((incoming, outgoing) => {
      const location = to[incoming.url ?? ""];
      if (location !== undefined) return void outgoing.writeHead(302, { location }).end();
      outgoing.end(`${incoming.headers.host} ${incoming.headers.authorization ?? "no key"}`);
    });

  test("are not followed unless that is asked for, and never those of a POST", async () => {
    const { outside, dialled } = await leading({ "/": "/there" });
    expect(await outside.call({ url: "http://public.test/" }, limits)).toMatchObject({ status: 302 });
    expect(await outside.call({ method: "POST", url: "http://public.test/" }, { ...limits, redirects: 3 })).toMatchObject({ status: 302 });
    expect(dialled).toHaveLength(2);
  });

  test("are followed as often as is allowed, without the key where the origin changes", async () => {
    const { outside } = await leading({ "/": "/2", "/2": "http://other.test/3", "/loop": "/loop" });
    const followed = await outside.call({ url: "http://public.test/", headers: { Authorization: "key" } }, { ...limits, redirects: 2 });
    expect(`${followed.body}`).toBe("other.test no key");
    expect(followed.url).toBe("http://other.test/3");
    expect(await outside.call({ url: "http://public.test/loop" }, { ...limits, redirects: 5 })).toMatchObject({ status: 302 });
  });

  test("to a private address are refused, also where configuration has allowed that address", async () => {
    const privates = ["http://127.0.0.1:8188/", "http://169.254.169.254/", "http://inside.test/", "http://2130706433/", "//10.0.0.1/"];
    for (const location of privates) {
      const { outside, dialled } = await leading({ "/": location });
      const error = await failure(outside, { url: "http://public.test/" }, { redirects: 3, allow: ["http://127.0.0.1:8188"] });
      expect(error.kind).toBe("refused-address");
      expect(dialled).toEqual(["93.184.215.14"]);
    }
  });

  test("from https to http, or to something else, are refused", async () => {
    for (const location of ["http://tls.test/", "ftp://tls.test/"]) {
      const { port } = await listening(
        createSecureServer({ cert: certificate, key: privateKey }, (_, outgoing) => outgoing.writeHead(301, { location }).end()),
      );
      const outside = makeOutside({ resolve: async () => ["93.184.215.14"], dial: () => connect(port, "127.0.0.1"), ca: certificate });
      expect(await failure(outside, { url: "https://tls.test/" }, { redirects: 1 })).toMatchObject({ kind: "refused-redirect" });
    }
  });

  test("to a name that has changed its address meanwhile are checked anew, and the checked address is the one dialled", async () => {
    const { outside: _, origin } = await leading({});
    const answers = [["93.184.215.14"], ["127.0.0.1"]];
    const dialled: string[] = [];
    const { port } = new URL(origin);
    const outside = makeOutside({
      resolve: async () => answers.shift() ?? [],
      dial: (address) => {
        dialled.push(address);
        return connect(Number(port), "127.0.0.1");
      },
    });
    expect(await outside.call({ url: "http://rebinding.test/" }, limits)).toMatchObject({ status: 200 });
    expect(await failure(outside, { url: "http://rebinding.test/" })).toMatchObject({ kind: "refused-address" });
    expect(dialled).toEqual(["93.184.215.14"]);
  });
});

describe("a fetch for an SDK", () => {
  test("lets one request through, shows what goes wrong as a 400, and keeps what truly came", async () => {
    let requests = 0;
    const { outside } = await serving((_, outgoing) => {
      requests += 1;
      outgoing.writeHead(429, { "retry-after": "7" }).end("slow down");
    });
    const { fetch, outcome } = oneCall(outside, limits);
    for (let time = 0; time < 3; time += 1) expect((await fetch("http://public.test/", { method: "POST", body: "{}" })).status).toBe(400);
    expect(requests).toBe(1);
    expect(outcome()).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
  });

  test("does not throw where the line breaks", async () => {
    const { outside } = await serving((incoming) => incoming.socket.destroy());
    const { fetch, outcome } = oneCall(outside, limits);
    expect((await fetch(new URL("http://public.test/"))).status).toBe(400);
    expect(outcome()).toMatchObject({ kind: "connection-lost", sent: true });
  });

  test("hands a good answer on, unpacked", async () => {
    const { outside } = await serving((_, outgoing) => outgoing.writeHead(201, { "content-encoding": "gzip" }).end(gzipSync('{"a":1}')));
    const response = await oneCall(outside, limits).fetch("http://public.test/");
    expect([response.status, await response.json()]).toEqual([201, { a: 1 }]);
  });
});
