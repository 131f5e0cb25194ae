/** First address and length of the prefix of the IPv4 networks that are reached only from inside. */
const internalNetworks: readonly (readonly [number, number])[] = [
  [ipv4(0, 0), 8],
  [ipv4(10, 0), 8],
  [ipv4(127, 0), 8],
  [ipv4(169, 254), 16],
  [ipv4(172, 16), 12],
  [ipv4(192, 168), 16],
];

function ipv4(first: number, second: number): number {
  return first * 2 ** 24 + second * 2 ** 16;
}

/**
 * Whether a host is this machine or lies in a private network: localhost, loopback, private and link-local addresses of IPv4 and IPv6, in every way to write
 * them (`127.1`, `0x7f000001`, `::ffff:10.0.0.1`). Names are not looked up. Undefined for what is no host at all.
 */
export function isInternalHost(host: string): boolean | undefined {
  const isAddress6 = host.includes(":");
  const [address = ""] = isAddress6 ? host.split("%", 1) : [host];
  // The URL parser knows all the ways to write an IPv4 address, and gives the usual one.
  const url = URL.parse(isAddress6 ? `http://[${address}]` : `http://${address}`);
  if (url === null) return undefined;
  const canonical = url.hostname;
  if (canonical.startsWith("[")) return isInternal6(groupsOf(canonical.slice(1, -1)));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(canonical)) {
    return isInternal4(canonical.split(".").reduce((number, part) => number * 256 + Number(part), 0));
  }
  const name = canonical.endsWith(".") ? canonical.slice(0, -1) : canonical;
  return name === "localhost" || name.endsWith(".localhost") || name === "localhost.localdomain" || name === "ip6-localhost";
}

function isInternal4(address: number): boolean {
  return internalNetworks.some(([network, bits]) => Math.floor(address / 2 ** (32 - bits)) === Math.floor(network / 2 ** (32 - bits)));
}

function isInternal6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0, , , sixth = 0, seventh = 0, eighth = 0] = groups;
  const low = seventh * 2 ** 16 + eighth;
  // An IPv4 address inside: compatible and mapped ones (`::10.0.0.1`, `::ffff:10.0.0.1`; loopback and "any" are among the first), NAT64, 6to4.
  if (groups.slice(0, 5).every((group) => group === 0) && (sixth === 0 || sixth === 0xffff)) return isInternal4(low);
  if (first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0)) return isInternal4(low);
  if (first === 0x2002) return isInternal4(second * 2 ** 16 + third);
  // fc00::/7 unique local, fe80::/10 link-local, fec0::/10 site-local.
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 || (first & 0xffc0) === 0xfec0;
}

/** The eight groups of an IPv6 address as URLs write it: lower case, `::` for a row of zeros, no dots. */
function groupsOf(address: string): readonly number[] {
  const [head = "", tail] = address.split("::");
  const parse = (part: string): number[] => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const before = parse(head);
  if (tail === undefined) return before;
  const after = parse(tail);
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
