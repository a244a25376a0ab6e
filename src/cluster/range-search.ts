import { createHash } from 'crypto';
import { IpRange } from './ip-range';

/** Ranges that no cluster can use, whatever the network around it looks like. Source: RFC 6890, RFC 4291. */
export const UNUSABLE_RANGES: Array<{ readonly name: string; readonly range: IpRange }> = [
  ['this network', '0.0.0.0/8'], ['loopback', '127.0.0.0/8'], ['link-local', '169.254.0.0/16'], ['multicast', '224.0.0.0/4'], ['class E', '240.0.0.0/4'],
  ['unspecified and loopback', '::/127'], ['IPv4 inside IPv6', '::ffff:0:0/96'], ['link-local', 'fe80::/10'], ['multicast', 'ff00::/8'],
].map(([name, cidr]) => ({ name, range: IpRange.parse(name, cidr) }));

/** Blocks of private addresses in the order in which a use looks through them. Source: RFC 1918; 100.64.0.0/10: RFC 6598, last because carriers and clouds use it. */
const PRIVATE: { [use: string]: string[] } = {
  pods: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
  // Where kubeadm has it, so that people recognise the addresses.
  services: ['10.96.0.0/12', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
  nodes: ['172.16.0.0/12', '10.0.0.0/8', '192.168.0.0/16', '100.64.0.0/10'],
};

/** Subnet of the cluster's own /48 for each use. */
const SUBNET: { [use: string]: number } = { nodes: 1, pods: 2, services: 3 };

/** Where ranges of a use may lie, best first. */
export function homesOf(use: string, family: number, clusterName: string): IpRange[] {
  if (family === 4) { return PRIVATE[use].map(cidr => IpRange.parse(use, cidr)); }
  const site = uniqueLocal(clusterName);
  return [IpRange.at(site.first + BigInt(SUBNET[use]) * 2n ** 64n, 64, 6), site];
}

/** The first range of a mask inside `homes` that overlaps none of `taken`; undefined when all are full. */
export function freeRange(homes: IpRange[], prefix: number, taken: IpRange[]): IpRange | undefined {
  for (const home of homes.filter(h => h.prefix <= prefix)) {
    let candidate = IpRange.at(home.first, prefix, home.family);
    while (home.holds(candidate)) {
      const inTheWay = taken.find(range => range.overlaps(candidate));
      if (!inTheWay) { return candidate; }
      const size = candidate.last - candidate.first + 1n;
      // The next start of this mask behind what is in the way.
      const behind = inTheWay.last > candidate.last ? inTheWay.last : candidate.last;
      candidate = IpRange.at((behind / size + 1n) * size, prefix, home.family);
      if (candidate.first > home.last) { break; }
    }
  }
  return undefined;
}

/** The smallest range of at most this mask that holds all addresses. */
export function rangeAround(addresses: string[], prefix: number): IpRange {
  let range = IpRange.around(addresses[0], prefix);
  while (!addresses.every(address => range.contains(address))) { range = IpRange.around(addresses[0], range.prefix - 1); }
  return range;
}

/**
 * A site's own /48 below fd00::/8. Its 40 bits are drawn from the cluster's name instead of a clock: the same description gives the same
 * addresses, and two clusters that are joined one day hardly ever meet. Source: RFC 4193.
 */
function uniqueLocal(clusterName: string): IpRange {
  const [first, ...rest] = createHash('sha256').update(`fd00::/8 ${clusterName}`).digest('hex').slice(0, 10).match(/../g)!;
  return IpRange.parse('IPv6', `fd${first}:${rest[0]}${rest[1]}:${rest[2]}${rest[3]}::/48`);
}
