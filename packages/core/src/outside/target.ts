import { isIP } from "node:net";
import { isPublic } from "./address.ts";
import { OutsideError } from "./outside-error.ts";

/** Where a request goes: addresses that were looked at, in the order in which they are tried. */
export type Target = { url: URL; host: string; port: number; addresses: readonly string[] };

/** Addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const triedMax = 3;

/**
 * Resolves a URL's host and looks at each address. The URL parser of the platform has by then written decimal, octal, hexadecimal and
 * full-width forms of IPv4 as four numbers, so a host is either a plain address or a name. One address that is not public refuses all:
 * a name with two faces has no honest reason.
 *
 * @param trusts origins that configuration has set, and that may therefore be private
 * @throws OutsideError
 */
export async function targetOf(address: string | URL, trusts: (origin: string) => boolean, resolve: Resolve): Promise<Target> {
  const url = parsed(address);
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const trusted = trusts(url.origin);
  if (!trusted && isLocalName(host)) throw refusedAddress(url);
  const found = isIP(host) ? [host] : await resolved(host, url, resolve);
  if (!trusted && !found.every(isPublic)) throw refusedAddress(url);
  // IPv4 first: where it does not work, which is rare, the other is tried; a machine without IPv6 is not.
  const addresses = [...found].sort((one, other) => isIP(one) - isIP(other)).slice(0, triedMax);
  return { url, host, port, addresses };
}

function parsed(address: string | URL): URL {
  const url = typeof address === "string" ? URL.parse(address) : address;
  if (!url) throw new OutsideError("bad-request", "This is not a URL.", false);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new OutsideError("bad-request", "Only http and https URLs are called.", false);
  if (url.username !== "" || url.password !== "")
    throw new OutsideError("bad-request", "A URL with a user name or password in it is not called.", false);
  if (url.hostname === "") throw new OutsideError("bad-request", "The URL has no host.", false);
  return url;
}

/** Names that mean this machine (RFC 6761) or its cloud's inside: nobody is asked for them. */
function isLocalName(host: string): boolean {
  return /(^|\.)(localhost|local|internal|home\.arpa)$/i.test(host);
}

const refusedAddress = ({ host }: URL) => new OutsideError("refused-address", `${host} is not a public address.`, false);

async function resolved(host: string, url: URL, resolve: Resolve): Promise<readonly string[]> {
  try {
    const found = await resolve(host);
    if (found.length > 0) return found;
  } catch {
    // Told below: why a name is not known differs from system to system.
  }
  throw new OutsideError("unreachable", `The name ${url.host} is not known.`, false);
}
