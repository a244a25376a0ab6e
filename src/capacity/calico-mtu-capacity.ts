import { Amount, derived, Derivation } from '../derivation/derivation';

/** What packets between nodes are wrapped in. */
export interface PacketWrapping {
  readonly vxlan: boolean;
  readonly wireguard: boolean;
  /** Whether pods have IPv6 addresses, alone or beside IPv4. */
  readonly ipv6: boolean;
}

/**
 * Bytes that the wrapping of a packet between nodes takes. With two families the larger one counts, since a pod has one MTU.
 *
 * | wrapping | none | VXLAN | VXLAN with IPv6 | WireGuard | WireGuard with IPv6 |
 * | bytes    | 0    | 50    | 70              | 60        | 80                  |
 *
 * Felix takes the smallest MTU of all that are enabled; a WireGuard packet is not wrapped in VXLAN again.
 * Source: CAL@v3.32.0 felix/dataplane/linux/int_dataplane.go (determinePodMTU).
 */
export function packetOverhead({ vxlan, wireguard, ipv6 }: PacketWrapping): Derivation {
  return derived({
    id: 'calico/packet-overhead',
    unit: 'bytes',
    words: 'the largest header of what is enabled: VXLAN 50, WireGuard 60, each 20 more with IPv6',
    expression: 'max(vxlan * (50 + ipv6 * 20), wireguard * (60 + ipv6 * 20))',
    inputs: { vxlan: Number(vxlan), wireguard: Number(wireguard), ipv6: Number(ipv6) },
    source: 'CAL@v3.32.0 felix/dataplane/linux/int_dataplane.go',
  });
}

/**
 * Largest packet of a pod's interface: that of the machines' network less the wrapping.
 *
 * | link             | 1,500 | 9,001 | 1,460 (some clouds) |
 * | VXLAN            | 1,450 | 8,951 | 1,410               |
 * | WireGuard        | 1,440 | 8,941 | 1,400               |
 *
 * Source: CAL@v3.32.0 felix/dataplane/linux/int_dataplane.go; CALDOC:networking/configuring/mtu.
 */
export function podMtu(linkMtu: Amount, overhead: Amount): Derivation {
  return derived({
    id: 'calico/pod-mtu',
    unit: 'bytes',
    words: 'packet of the machines\' network less the wrapping',
    expression: 'linkMtu - overhead',
    inputs: { linkMtu, overhead },
    source: 'CALDOC:networking/configuring/mtu',
  });
}
