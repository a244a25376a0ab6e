import { Testing } from 'cdk8s';
import { clusterOf, Emitted } from './emit-calico';
import { HostPolicyOptions, NetworkIsolation, NetworkIsolationProps } from '../../../src/components/calico/network-isolation';
import { ApiClientKind } from '../../../src/contracts/contributions';
import { FlowPeer, FlowProtocol, NetworkFlow } from '../../../src/contracts/network-flows';
import { parseSelector } from '../../../src/formats/calico-selector';
import { schemaErrors } from '../../fixtures/upstream/validate';

const DNS = { clusterDnsAddresses: ['169.254.20.10'], clusterDomain: 'cluster.local' };
const WEB = FlowPeer.pods('shop', { app: 'web' });
const DB = FlowPeer.pods('shop', { app: 'db' });

function isolate(props: Partial<NetworkIsolationProps> & { flows: NetworkFlow[] }): {
  objects: Emitted[]; isolation: NetworkIsolation; policy: (namespace: string, name: string) => any;
} {
  const chart = Testing.chart();
  const isolation = new NetworkIsolation(chart, 'isolation', { cluster: clusterOf(), apiClients: [], dns: DNS, namespaces: ['shop'], ...props });
  const objects: Emitted[] = Testing.synth(chart);
  return { objects, isolation, policy: (namespace, name) => objects.find(o => o.metadata.namespace === namespace && o.metadata.name === name)?.spec };
}

const flow = (from: FlowPeer, to: FlowPeer, ...ports: number[]): NetworkFlow => ({ name: 'test', from, to, ports: ports.map(port => ({ port })) });

describe('policies of pods', () => {
  test('a namespace of a flow is closed in both directions, and its applications are opened for their flows', () => {
    const { objects, policy } = isolate({ flows: [flow(WEB, DB, 5432)] });
    expect(objects.map(o => `${o.metadata.namespace} ${o.metadata.name}`)).toEqual(['shop default-deny', 'shop flows-of-db', 'shop flows-of-web']);
    expect(policy('shop', 'default-deny')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const inShop = (app: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: { matchLabels: { app } } });
    expect(policy('shop', 'flows-of-db')).toEqual({ podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [inShop('web')], ports: [{ port: 5432, protocol: 'TCP' }] }], egress: [] });
    expect(policy('shop', 'flows-of-web').egress[0]).toEqual({ to: [inShop('db')], ports: [{ port: 5432, protocol: 'TCP' }] });
    for (const object of objects) { expect(schemaErrors('1.37', object)).toEqual([]); }
  });

  test('whoever opens connections may ask for names: of the cache on the node, the Service and the pods behind it', () => {
    const [, dns] = isolate({ flows: [flow(WEB, DB, 5432)] }).policy('shop', 'flows-of-web').egress;
    expect(dns.ports).toEqual([{ port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }]);
    expect(dns.to.slice(1)).toEqual([{ ipBlock: { cidr: '169.254.20.10/32' } }, { ipBlock: { cidr: '10.96.0.10/32' } }]);
    expect(dns.to[0].podSelector.matchLabels).toEqual({ 'k8s-app': 'kube-dns' });
  });

  test('a client of the API servers reaches them at their own addresses, where a packet to the Service ends', () => {
    const { policy } = isolate({ flows: [], apiClients: [{ namespace: 'shop', serviceAccount: 'op', kind: ApiClientKind.CONTROLLER, podLabels: { app: 'op' } }] });
    expect(policy('shop', 'flows-of-op').egress[0]).toEqual({ to: [11, 12, 13, 14, 15].map(i => ({ ipBlock: { cidr: `172.16.0.${i}/32` } })), ports: [{ port: 6443, protocol: 'TCP' }] });
  });

  test('a client on the host network has no policy of Kubernetes', () => {
    expect(isolate({ flows: [], namespaces: [], apiClients: [{ namespace: 'logging', serviceAccount: 'agent', kind: ApiClientKind.NODE_AGENT }] }).objects).toEqual([]);
  });

  test('machines come with their own address or that of their tunnel, and are reached at their own alone', () => {
    const { policy } = isolate({ flows: [flow(FlowPeer.machines(), WEB, 80), flow(WEB, FlowPeer.machines(), 10250)], tunnelCidrs: ['10.8.0.0/20'] });
    expect(policy('shop', 'flows-of-web').ingress).toEqual([{ from: [{ ipBlock: { cidr: '172.16.0.0/20' } }, { ipBlock: { cidr: '10.8.0.0/20' } }], ports: [{ port: 80, protocol: 'TCP' }] }]);
    expect(policy('shop', 'flows-of-web').egress[0].to).toEqual([{ ipBlock: { cidr: '172.16.0.0/20' } }]);
  });

  test('in kube-system only named applications are closed', () => {
    const metrics = FlowPeer.pods('kube-system', { app: 'metrics' });
    const { objects, isolation } = isolate(
      { namespaces: [], flows: [flow(FlowPeer.controlPlane(), metrics, 10250), flow(metrics, FlowPeer.machines(), 10250)] },
    );
    expect(objects.map(o => `${o.metadata.namespace} ${o.metadata.name}`)).toEqual(['kube-system flows-of-metrics']);
    expect(isolation.namespaces).toEqual([]);
  });

  test('who is merely scraped in kube-system stays open: a policy with that one flow would take DNS from every pod', () => {
    const { objects } = isolate({ flows: [flow(FlowPeer.pods('monitoring', { app: 'prometheus' }), FlowPeer.pods('kube-system', { 'k8s-app': 'kube-dns' }), 9153)] });
    expect(objects.filter(o => o.metadata.namespace === 'kube-system')).toEqual([]);
  });

  test('a namespace of the user that is scraped stays open: nobody told us its flows', () => {
    const { objects, isolation } = isolate({ namespaces: [], flows: [flow(FlowPeer.pods('monitoring', { app: 'prometheus' }), WEB, 8080)] });
    expect(isolation.namespaces).toEqual(['monitoring']);
    expect(objects.map(o => o.metadata.namespace)).toEqual(['monitoring', 'monitoring']);
  });

  test('namespaces of Calico are its operator\'s', () => {
    expect(isolate({ flows: [flow(WEB, FlowPeer.pods('calico-system', { 'k8s-app': 'calico-typha' }), 9093)] }).objects.map(o => o.metadata.namespace)).toEqual(['shop', 'shop']);
  });

  test('ports of several flows to one peer stand together, each once', () => {
    const { policy } = isolate(
      { flows: [flow(WEB, DB, 5432), flow(WEB, DB, 5432, 99), { ...flow(WEB, DB), ports: [{ port: 99, protocol: FlowProtocol.UDP }] }] },
    );
    expect(policy('shop', 'flows-of-db').ingress[0].ports).toEqual([{ port: 99, protocol: 'TCP' }, { port: 5432, protocol: 'TCP' }, { port: 99, protocol: 'UDP' }]);
  });

  test('a flow without ports opens all of them, whatever others say', () => {
    expect(isolate({ flows: [flow(WEB, DB, 5432), flow(WEB, DB)] }).policy('shop', 'flows-of-db').ingress[0]).not.toHaveProperty('ports');
  });

  test('a namespace that no flow names is closed where it is asked for', () => {
    expect(isolate({ flows: [], namespaces: ['vault'] }).objects.map(o => `${o.metadata.namespace} ${o.metadata.name}`)).toEqual(['vault default-deny']);
  });

  test('who may be asked by every pod is no reason for a closed one to ask', () => {
    const { policy } = isolate({ flows: [flow(FlowPeer.everyPod(), WEB, 80), flow(DB, FlowPeer.networks(['192.0.2.0/24']), 443)] });
    expect(policy('shop', 'flows-of-web').ingress).toEqual([{ from: [{ namespaceSelector: {} }], ports: [{ port: 80, protocol: 'TCP' }] }]);
    expect(policy('shop', 'flows-of-db').egress.map((rule: any) => rule.to[0])).toEqual([{ ipBlock: { cidr: '192.0.2.0/24' } }, expect.anything()]);
  });

  test('the order of flows changes nothing', () => {
    const flows = [flow(WEB, DB, 5432), flow(DB, WEB, 80), flow(FlowPeer.everyPod(), WEB, 80), flow(WEB, FlowPeer.anywhere(), 443)];
    expect(isolate({ flows: [...flows].reverse() }).objects).toEqual(isolate({ flows }).objects);
  });
});

describe('policy of machines', () => {
  const HOSTS: HostPolicyOptions = { administratorCidrs: ['192.0.2.0/24'], apiCidrs: ['198.51.100.0/24'], ports: [{ name: 'agent', port: 9999, udp: true, fromCidrs: ['192.0.2.7/32'] }] };
  const rules = (name: string, hosts = HOSTS, flows: NetworkFlow[] = []): any[] => isolate({ flows, hosts, namespaces: [] }).objects.find(o => o.kind === 'GlobalNetworkPolicy' && o.metadata.name === name)!.spec.ingress;
  const open = (
    name: string, port: number, hosts = HOSTS, flows: NetworkFlow[] = [],
  ) => rules(name, hosts, flows).filter(rule => rule.destination?.ports?.includes(port)).map(rule => [rule.protocol, rule.source]);

  test('host endpoints are made by Calico for every node, and two policies stand in front of them', () => {
    const { objects } = isolate({ flows: [], hosts: HOSTS, namespaces: [] });
    expect(objects.map(o => `${o.kind} ${o.metadata.name}`)).toEqual(['KubeControllersConfiguration default', 'GlobalNetworkPolicy machines', 'GlobalNetworkPolicy control-plane']);
    expect(objects[0].spec).toEqual({ controllers: { node: { hostEndpoint: { autoCreate: 'Enabled' } } } });
    expect(objects.map(o => o.metadata.labels['thousand-node.io/wave'])).toEqual(objects.map(() => '75-policies'));
    for (const object of objects) { expect([object.kind, schemaErrors('1.37', object)]).toEqual([object.kind, []]); }
  });

  test('they select the endpoints that Calico makes, of the control plane the one with its label', () => {
    const [, machines, controlPlane] = isolate({ flows: [], hosts: HOSTS, namespaces: [] }).objects;
    const worker = { 'projectcalico.org/created-by': 'calico-kube-controllers' };
    const master = { ...worker, 'node-role.kubernetes.io/control-plane': '' };
    expect([worker, master, {}].map(labels => parseSelector(machines.spec.selector).matches(labels))).toEqual([true, true, false]);
    expect([worker, master, {}].map(labels => parseSelector(controlPlane.spec.selector).matches(labels))).toEqual([false, true, false]);
  });

  test('API servers, kubelets and etcd stay reachable for those who need them', () => {
    expect(open('control-plane', 6443)).toEqual([['TCP', { nets: ['198.51.100.0/24'] }], ['TCP', { nets: ['172.16.0.0/20'] }], ['TCP', { namespaceSelector: 'all()' }]]);
    expect(open('control-plane', 8443)).toHaveLength(3);
    expect(open('machines', 10250)).toEqual([['TCP', { nets: [11, 12, 13, 14, 15].map(i => `172.16.0.${i}/32`) }]]);
    expect(open('control-plane', 2380)).toEqual([['TCP', { nets: [11, 12, 13, 14, 15].map(i => `172.16.0.${i}/32`) }]]);
    expect(open('machines', 22)).toEqual([['TCP', { nets: ['192.0.2.0/24'] }]]);
  });

  test('pods reach the DNS cache of their node, machines answer pings', () => {
    expect(open('machines', 53)).toEqual([['UDP', { namespaceSelector: 'all()' }], ['TCP', { namespaceSelector: 'all()' }]]);
    expect(rules('machines')[0]).toEqual({ action: 'Allow', protocol: 'ICMP' });
  });

  test('a scrape of machines is open to the pods that scrape, by namespace and labels', () => {
    const scrape = flow(FlowPeer.pods('monitoring', { app: 'prometheus' }), FlowPeer.machines(), 9091);
    expect(open('machines', 9091, HOSTS, [scrape])).toEqual([['TCP', { namespaceSelector: 'projectcalico.org/name == "monitoring"', selector: 'app == "prometheus"' }]]);
    expect(open('machines', 9091)).toEqual([]);
  });

  test.each(Object.keys(HOSTS))('option %s reaches the output', name => {
    const others: any = { ...HOSTS, [name]: name === 'administratorCidrs' ? ['203.0.113.0/24'] : undefined };
    expect(rules('machines', others).concat(rules('control-plane', others))).not.toEqual(rules('machines').concat(rules('control-plane')));
  });

  test.each<[string, HostPolicyOptions, RegExp]>([
    ['nobody may log in', { administratorCidrs: [] }, /hosts\.administratorCidrs must name at least one range; without SSH nobody mends a wrong policy/],
    ['no range', { administratorCidrs: ['office'] }, /hosts\.administratorCidrs: must be a range/],
    ['no port', { administratorCidrs: ['192.0.2.0/24'], ports: [{ name: 'x', port: 0, fromCidrs: [] }] }, /hosts\.ports 'x': port must be a whole number between 1 and 65535/],
  ])('%s', (_, hosts, message) => {
    expect(() => isolate({ flows: [], hosts })).toThrow(message);
  });
});
