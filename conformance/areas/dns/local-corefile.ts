/** Where a Corefile of the output runs on this machine. */
export interface LocalPlace {
  readonly address: string;
  /** What the kubernetes plugin reads, since there is no pod whose service account it could use. @default - the Corefile has no such plugin */
  readonly kubeconfig?: string;
  /** Stands for the resolvers of the node, which lie outside of this machine. */
  readonly upstream: string;
}

/** Port of DNS in the drills: 53 needs rights, and may be taken. */
export const DNS_PORT = 5353;

/** Ports of health and readiness inside CoreDNS' pod. */
export const [HEALTH_PORT, READY_PORT, METRICS_PORT] = [8080, 8181, 9153];

/**
 * A Corefile as it lies in the output, on this machine: listeners move to one loopback address, and names outside the cluster are asked for there as
 * well. Plugins and options stay; what is added is `bind` and the kubeconfig.
 */
export function placedCorefile(text: string, { address, kubeconfig, upstream }: LocalPlace): string {
  return text
    .replace(/^\s*bind .*\n/gm, '')
    // Heads of server blocks: every zone with its port.
    .replace(/^(\S.*) \{$/gm, (_, zones: string) => `${zones.split(' ').map(zone => `${zone.replace(/:\d+$/, '')}:${DNS_PORT}`).join(' ')} {\n    bind ${address}`)
    .replace(/^(\s*kubernetes [^\n{]*\{\n)/gm, kubeconfig === undefined ? '$1' : `$1        kubeconfig ${kubeconfig} x\n`)
    .replace(/^(\s*)health(?: \S+:\d+)?( \{)?$/gm, `$1health ${address}:${HEALTH_PORT}$2`)
    .replace(/^(\s*)ready$/gm, `$1ready ${address}:${READY_PORT}`)
    .replace(/^(\s*)prometheus :(\d+)$/gm, `$1prometheus ${address}:$2`)
    .replace(/^(\s*forward \S+) \/etc\/resolv\.conf/gm, `$1 ${upstream}`);
}
