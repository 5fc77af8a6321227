import { BlockList, isIP } from "node:net";

/** Of IPv4, what is nobody's public server: IANA's special-purpose registry (RFC 6890 and its updates), and what clouds keep beside it. */
const special4 = [
  ["0.0.0.0", 8], // this host: Linux connects it to itself
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // carrier-grade NAT; metadata of some clouds
  ["127.0.0.0", 8],
  ["168.63.129.16", 32], // Azure's agent: public by number, reachable from inside alone
  ["169.254.0.0", 16], // link-local: the metadata of AWS, Azure, Google
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, broadcast
] as const;

/** Of the addresses in 2000::/3, those that are not public, or that carry an IPv4 address which might not be. */
const special6 = [
  ["2001::", 23], // protocol assignments, Teredo, ORCHID, benchmarking
  ["2001:db8::", 32],
  ["2002::", 16], // 6to4
  ["3fff::", 20],
] as const;

const special = new BlockList();
for (const [net, prefix] of special4) special.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of special6) special.addSubnet(net, prefix, "ipv6");

const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/**
 * Whether an address is a public one. Of IPv6 only global unicast is let through, so that loopback, unique local and link-local addresses,
 * multicast, NAT64 and IPv4 in any of its IPv6 clothes are refused without being listed. Anything that is no address is not public.
 */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, "ipv4");
  if (family !== 6 || address.includes("%")) return false;
  return globalUnicast.check(address, "ipv6") && !special.check(address, "ipv6");
}
