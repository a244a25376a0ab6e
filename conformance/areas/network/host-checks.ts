import { App, Chart, Testing } from 'cdk8s';
import { facts } from './descriptions';
import { CalicoEbpf, FlowPeer, NetworkIsolation } from '../../../src';
import { IpRange } from '../../../src/cluster/ip-range';
import { parseSelector } from '../../../src/formats/calico-selector';
import { Check, failed, Outcome, passed } from '../../check';

/** Who opens a connection to a machine. */
interface Client {
  readonly name: string;
  readonly ip: string;
  readonly namespace?: string;
  readonly labels?: { [label: string]: string };
}

/** One connection to a machine, with what is expected of it. */
interface Attempt {
  readonly client: Client;
  readonly controlPlane: boolean;
  readonly port: number;
  readonly protocol?: string;
}

/**
 * What Calico does with a packet to a machine itself: failsafe ports pass; then the policies that select its endpoint, by order and name, rule by rule, and the first
 * that matches decides; nothing matched where some policy applies means no.
 *
 * Source: CALDOC:reference/resources/globalnetworkpolicy, network-policy/hosts/protect-hosts (failsafe rules). Selectors are read by the library's own parser, which another
 * check compares with Calico's.
 */
function passes(objects: any[], { client, controlPlane, port, protocol = 'TCP' }: Attempt): boolean {
  const inside = (net: string, ip: string) => IpRange.parse('net', net).contains(ip);
  const failsafe: any[] = objects.find(object => object.kind === 'FelixConfiguration').spec.failsafeInboundHostPorts;
  if (failsafe.some(open => open.protocol === protocol && open.port === port && inside(open.net, client.ip))) { return true; }
  const endpoint = { 'projectcalico.org/created-by': 'calico-kube-controllers', ...(controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}) };
  const applied = objects.filter(object => object.kind === 'GlobalNetworkPolicy' && parseSelector(object.spec.selector).matches(endpoint))
    .sort((a, b) => a.spec.order - b.spec.order || (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const rule of applied.flatMap(policy => policy.spec.ingress)) {
    const source = rule.source ?? {};
    const fits = (rule.protocol === undefined || rule.protocol === protocol)
      && (rule.destination?.ports === undefined || rule.destination.ports.includes(port))
      && (source.nets === undefined || source.nets.some((net: string) => inside(net, client.ip)))
      && (source.namespaceSelector === undefined || (client.namespace !== undefined && parseSelector(source.namespaceSelector).matches({ 'projectcalico.org/name': client.namespace })))
      && (source.selector === undefined || (client.labels !== undefined && parseSelector(source.selector).matches(client.labels)));
    if (fits) { return rule.action === 'Allow'; }
  }
  return applied.length === 0;
}

const CLIENTS = {
  machine: { name: 'a machine', ip: '172.16.5.5' },
  controlPlane: { name: 'the control plane', ip: '172.16.0.11' },
  office: { name: 'administrators', ip: '192.0.2.5' },
  outside: { name: 'the internet', ip: '203.0.113.10' },
  prometheus: { name: 'Prometheus', ip: '10.1.2.3', namespace: 'monitoring', labels: { app: 'prometheus' } },
  neighbour: { name: 'a pod beside Prometheus', ip: '10.1.2.4', namespace: 'monitoring', labels: { app: 'other' } },
  shop: { name: 'a pod', ip: '10.1.2.5', namespace: 'shop', labels: { app: 'prometheus' } },
} satisfies { [name: string]: Client };

function written(hosts = true): any[] {
  const cluster = facts(1200, { podCidr: '10.0.0.0/11' });
  const chart = new Chart(new App(), 'network');
  const calico = new CalicoEbpf(chart, 'calico', { cluster });
  new NetworkIsolation(chart, 'policies', {
    cluster,
    flows: [...calico.networkFlows, ...[9091, 9100, 10250].map(port => ({ name: 'scrape', from: FlowPeer.pods('monitoring', { app: 'prometheus' }), to: FlowPeer.machines(), ports: [{ port }] }))],
    apiClients: [],
    dns: { clusterDnsAddresses: ['169.254.20.10'], clusterDomain: 'cluster.local' },
    tunnelCidrs: calico.tunnelCidrs,
    hosts: hosts ? { administratorCidrs: ['192.0.2.0/24'] } : undefined,
  });
  return Testing.synth(chart);
}

const to = (client: Client, controlPlane: boolean, ...ports: number[]): Attempt[] => ports.map(port => ({ client, controlPlane, port }));

const NEEDED: Attempt[] = [
  ...Object.values(CLIENTS).flatMap(client => to(client, true, 6443)),
  ...[CLIENTS.machine, CLIENTS.controlPlane].flatMap(client => to(client, false, 10250, 5473)),
  ...to(CLIENTS.controlPlane, true, 2379, 2380, 2382, 2383, 2385, 2386),
  ...to(CLIENTS.prometheus, false, 9091, 9100, 10250),
  ...to(CLIENTS.office, false, 22),
  { client: CLIENTS.machine, controlPlane: false, port: 4789, protocol: 'UDP' },
  ...[CLIENTS.shop, CLIENTS.prometheus].flatMap(client => ['UDP', 'TCP'].map(protocol => ({ client, controlPlane: false, port: 53, protocol }))),
  { client: CLIENTS.outside, controlPlane: false, port: 0, protocol: 'ICMP' },
];

const UNWANTED: Attempt[] = [
  ...[CLIENTS.shop, CLIENTS.neighbour, CLIENTS.outside, CLIENTS.office].flatMap(client => to(client, false, 9091, 9093, 9100, 10250, 10256)),
  ...[CLIENTS.shop, CLIENTS.prometheus, CLIENTS.outside].flatMap(client => to(client, true, 2379, 2380, 10257, 10259)),
  ...to(CLIENTS.machine, false, 9091, 10249),
  ...to(CLIENTS.prometheus, false, 5473, 8404),
  { client: CLIENTS.outside, controlPlane: false, port: 53, protocol: 'UDP' },
  { client: CLIENTS.outside, controlPlane: false, port: 4789, protocol: 'UDP' },
];

const text = ({ client, controlPlane, port, protocol = 'TCP' }: Attempt) => `${client.name} to ${protocol} ${port} of ${controlPlane ? 'the control plane' : 'a machine'}`;

export const hostChecks: Check[] = [{
  id: 'machines-take-what-they-need-and-no-more',
  drill: '3',
  judge: 'library',
  component: 'rules of host policies',
  run: async (): Promise<Outcome> => {
    const objects = written();
    const wrong = [...NEEDED.filter(attempt => !passes(objects, attempt)).map(attempt => `denied: ${text(attempt)}`), ...UNWANTED.filter(attempt => passes(objects, attempt)).map(attempt => `open: ${text(attempt)}`)];
    const figures = { needed: { value: NEEDED.length, unit: 'connections' }, unwanted: { value: UNWANTED.length, unit: 'connections' } };
    return wrong.length === 0 ? passed('API servers, etcd, kubelets and Typha stay reachable; metrics are for Prometheus', figures) : failed(wrong.slice(0, 6).join(' | '), figures);
  },
}];

export const hostNegatives: Check[] = [
  {
    id: 'without-a-host-policy-machines-are-open',
    drill: 'N3',
    judge: 'library',
    component: 'rules of host policies',
    run: async (): Promise<Outcome> => {
      const objects = written(false);
      const open = UNWANTED.filter(attempt => passes(objects, attempt)).length;
      return open === UNWANTED.length ? passed(`all ${open} unwanted connections pass`) : failed(`${open} of ${UNWANTED.length} pass`);
    },
  },
  {
    id: 'failsafe-ports-outlive-a-wrong-policy',
    drill: 'N3',
    judge: 'library',
    component: 'rules of host policies',
    run: async (): Promise<Outcome> => {
      // Somebody's policy that denies everything, before ours.
      const objects = [...written(), { kind: 'GlobalNetworkPolicy', metadata: { name: 'oops' }, spec: { order: 1, selector: 'all()', types: ['Ingress'], ingress: [{ action: 'Deny' }] } }];
      const kept = [...to(CLIENTS.machine, true, 6443), ...to(CLIENTS.controlPlane, false, 10250), ...to(
        CLIENTS.controlPlane, true, 2379, 2382,
      ), ...to(CLIENTS.machine, false, 5473), ...to(CLIENTS.outside, false, 22)];
      const lost = kept.filter(attempt => !passes(objects, attempt));
      const denied = !passes(objects, { client: CLIENTS.prometheus, controlPlane: false, port: 9091 });
      return lost.length === 0 && denied ? passed(`${kept.length} connections that repair it pass, scrapes do not`) : failed(`lost: ${lost.map(text).join(', ')}; scrapes ${denied ? 'denied' : 'pass'}`);
    },
  },
];
