import { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { isPublic } from "./address.ts";
import { makeOutside } from "./outside.ts";
import type { OutsideError } from "./outside-error.ts";

/** Names as an ill-doer's name server would answer them. */
const names: Readonly<Record<string, readonly string[]>> = {
  "loopback.test": ["127.0.0.1"],
  "mixed.test": ["93.184.215.14", "10.0.0.1"],
  "mixed6.test": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::1"],
  "mapped.test": ["::ffff:169.254.169.254"],
  "metadata.test": ["169.254.169.254"],
  "metadata6.test": ["fd00:ec2::254"],
  "zone.test": ["fe80::1%eth0"],
  "nat64.test": ["64:ff9b::a00:1"],
  "sixtofour.test": ["2002:7f00:1::"],
  "teredo.test": ["2001:0:53aa:64c:0:0:80ff:fffe"],
  "nothing.test": ["not an address"],
  "127.0.0.1.nip.test": ["127.0.0.1"],
  "public.test": ["93.184.215.14"],
};

/** Asks for a URL and tells what the dialler was asked for: nothing, if it was refused in time. */
async function asked(url: string): Promise<{ error: OutsideError; dialled: string[] }> {
  const dialled: string[] = [];
  const outside = makeOutside({
    resolve: async (host) => names[host] ?? [],
    dial: (address) => {
      dialled.push(address);
      return new Socket().destroy(new Error("nobody is connected in this test"));
    },
  });
  const error: OutsideError = await outside.call({ url }, { deadlineMs: 5_000, maxBytes: 10 }).then(
    () => expect.unreachable("nothing was to be answered"),
    (error) => error,
  );
  return { error, dialled };
}

const refused = [
  // loopback, in every spelling
  "http://127.0.0.1/",
  "http://127.0.0.1:80/",
  "http://127.1/",
  "http://127.0.1/",
  "http://127.255.255.254/",
  "http://2130706433/",
  "http://017700000001/",
  "http://0177.0.0.1/",
  "http://0x7f000001/",
  "http://0x7f.0.0.1/",
  "http://0x7f.1/",
  "http://127.0.0.1./",
  "http://%31%32%37.0.0.1/",
  "http://127.0.0.１/",
  "http://①②⑦.⓪.⓪.①/",
  "http://127。0。0。1/",
  "http://localhost/",
  "http://LOCALHOST/",
  "http://localhost./",
  "http://a.localhost/",
  "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
  "http://printer.local/",
  "http://router.home.arpa/",
  // this host
  "http://0.0.0.0/",
  "http://0/",
  "http://0.1.2.3/",
  // private, shared, link-local
  "http://10.0.0.1/",
  "http://10.255.255.255/",
  "http://172.16.0.1/",
  "http://172.31.255.255/",
  "http://192.168.1.1/",
  "http://3232235777/",
  "http://0xc0a80101/",
  "http://100.64.0.1/",
  "http://100.100.100.200/",
  "http://169.254.0.1/",
  // metadata
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://0xa9fea9fe/",
  "http://0251.0376.0251.0376/",
  "http://169.254.170.2/",
  "http://168.63.129.16/",
  "http://192.0.0.192/",
  "http://metadata.google.internal/",
  "http://[fd00:ec2::254]/",
  // reserved, documentation, multicast, broadcast
  "http://192.0.2.1/",
  "http://198.18.0.1/",
  "http://198.51.100.1/",
  "http://203.0.113.1/",
  "http://224.0.0.1/",
  "http://239.255.255.250/",
  "http://240.0.0.1/",
  "http://255.255.255.255/",
  // IPv6
  "http://[::1]/",
  "http://[0:0:0:0:0:0:0:1]/",
  "http://[::]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:0:127.0.0.1]/",
  "http://[::127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[64:ff9b:1::a00:1]/",
  "http://[2002:7f00:1::]/",
  "http://[2001::1]/",
  "http://[2001:db8::1]/",
  "http://[3fff::1]/",
  "http://[fe80::1]/",
  "http://[fec0::1]/",
  "http://[fc00::1]/",
  "http://[fdff::1]/",
  "http://[ff02::1]/",
  "http://[5f00::1]/",
  "http://[100::1]/",
  // names that lead there
  "http://loopback.test/",
  "http://loopback.test./",
  "https://mixed.test/",
  "https://mixed6.test/",
  "http://mapped.test/",
  "http://metadata.test/",
  "http://metadata6.test/",
  "http://zone.test/",
  "http://nat64.test/",
  "http://sixtofour.test/",
  "http://teredo.test/",
  "http://nothing.test/",
  "http://127.0.0.1.nip.test/",
];

const unsendable = [
  "http://user@93.184.215.14/",
  "http://user:password@public.test/",
  "http://public.test@127.0.0.1/",
  "http://127.0.0.1#@public.test@10.0.0.1/x".replace("#", "%23"),
  "ftp://public.test/",
  "file:///etc/passwd",
  "gopher://127.0.0.1:70/",
  "data:text/plain,hello",
  "javascript:1",
  "http://",
  "http://[fe80::1%25eth0]/",
  "http://127.0.0.1:99999/",
  "//127.0.0.1/",
  "http://999.999.999.999/",
];

describe("addresses that are not public", () => {
  test.each(refused)("%s is refused, and no connection is opened", async (url) => {
    const { error, dialled } = await asked(url);
    expect(error).toMatchObject({ kind: "refused-address", sent: false });
    expect(dialled).toEqual([]);
  });

  test.each(unsendable)("%s is not called at all", async (url) => {
    const { error, dialled } = await asked(url);
    expect(error).toMatchObject({ kind: "bad-request", sent: false });
    expect(dialled).toEqual([]);
  });

  test("there are at least sixty tricks in this table", () => {
    expect(new Set([...refused, ...unsendable]).size).toBeGreaterThanOrEqual(60);
  });
});

describe("addresses that are public", () => {
  test.each(["http://93.184.215.14/", "http://public.test/", "https://public.test./", "http://1572395278/", "http://[2606:2800::1]/"])(
    "%s is connected to",
    async (url) => {
      const { error, dialled } = await asked(url);
      expect(error).toMatchObject({ kind: "unreachable", sent: false });
      expect(dialled).toHaveLength(1);
      expect(dialled.every(isPublic)).toBe(true);
    },
  );

  test("the neighbours of refused ranges are let through", () => {
    const neighbours = [
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "172.15.255.255",
      "172.32.0.0",
      "223.255.255.255",
      "2003::1",
    ];
    expect(neighbours.filter((address) => !isPublic(address))).toEqual([]);
  });
});
