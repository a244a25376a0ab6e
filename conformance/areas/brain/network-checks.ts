import * as fs from 'node:fs';
import { Size } from 'cdk8s';
import { AddressCluster, freePorts } from './address-cluster';
import { nodeMasks } from '../../../src/capacity/address-capacity';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { IpRange } from '../../../src/cluster/ip-range';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NetworkPlan } from '../../../src/cluster/network-plan';
import { NodePool } from '../../../src/cluster/node-pool';
import { Check, failed, Outcome, passed } from '../../check';
import { Finished } from '../../processes';
import { Scene } from '../../scene';
import { inParallel, until } from '../../waiting';

const NODES = 1200;

/** 1,200 nodes of 110 pods whose ranges are all proposed. */
function facts(dualStack: boolean): ClusterFacts {
  return ClusterFacts.of({
    name: 'address-plan',
    network: { dualStack },
    controlPlane: { endpoint: 'api.example.com:6443', members: [11, 12, 13].map(i => ({ name: `control-plane-${i}`, address: `172.16.0.${i}` })) },
    pools: [NodePool.of('general', { nodes: NODES, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  });
}

/** What the API server made of the Service ranges, and whether it gives the addresses that the plan counts on. */
async function serviceRanges(cluster: AddressCluster, plan: NetworkPlan): Promise<string[]> {
  // Both objects are made by the server itself, a moment after it is ready.
  let kubernetes: any;
  let range: any;
  await until('the kubernetes Service and the ServiceCIDR', 20, async () => {
    kubernetes = (await cluster.request('GET', '/api/v1/namespaces/default/services/kubernetes')).body;
    range = (await cluster.request('GET', '/apis/networking.k8s.io/v1/servicecidrs/kubernetes')).body;
    return kubernetes.spec?.clusterIPs !== undefined && range.spec?.cidrs !== undefined;
  }, cluster.servers);
  const families = plan.serviceCidrs.map(cidr => (cidr.includes(':') ? 'IPv6' : 'IPv4'));
  const addresses = [plan.dnsServiceAddress, ...(plan.secondaryDnsServiceAddress ? [plan.secondaryDnsServiceAddress] : [])];
  const dns = await cluster.request('POST', '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns' },
    spec: { clusterIP: addresses[0], clusterIPs: addresses, ipFamilies: families, ipFamilyPolicy: plan.dualStack ? 'RequireDualStack' : 'SingleStack', ports: [{ port: 53 }] },
  });
  const found: Array<[string, string, string]> = [
    ['ranges of the server', range.spec.cidrs.join(), plan.serviceCidrs.join()],
    // One family and one address also with two ranges: certificates need no second one.
    ['addresses of the kubernetes Service', kubernetes.spec.clusterIPs.join(), plan.kubernetesServiceAddress],
    ['addresses of DNS', (dns.body.spec?.clusterIPs ?? [dns.body.message]).join(), addresses.join()],
  ];
  return found.filter(([, actual, wanted]) => actual !== wanted).map(([what, actual, wanted]) => `${what}: ${actual}, planned ${wanted}`);
}

/** As many nodes as are planned, each with a range of the planned mask inside the pod range and nobody else's. */
async function nodeRanges(cluster: AddressCluster, described: ClusterFacts): Promise<Outcome> {
  const { network } = described;
  const masks = Object.fromEntries(nodeMasks(described).map(({ family, mask }) => [family, mask.value]));
  const names = Array.from({ length: described.fleet.machines.value }, (_, i) => `node-${i}`);
  await inParallel([...names], 24, async name => {
    const { status, body } = await cluster.request('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
    if (status !== 201) { throw new Error(`node ${name}: ${status} ${body.message}`); }
  });
  const controller = cluster.nodeIpam(network, network.podCidrs, masks);
  let nodes: any[] = [];
  const seconds = await until(`ranges of ${names.length} nodes`, 45, async () => {
    nodes = (await cluster.request('GET', '/api/v1/nodes')).body.items;
    return nodes.length === names.length && nodes.every(node => node.spec.podCIDRs?.length === network.podCidrs.length);
  }, [controller], 1000);
  for (const [i, cidr] of network.podCidrs.entries()) {
    const range = IpRange.parse('pods', cidr);
    const own = nodes.map(node => IpRange.parse(node.metadata.name, node.spec.podCIDRs[i]));
    const wrong = own.find(one => !range.holds(one) || one.prefix !== masks[range.family]);
    if (wrong) { return failed(`a node got ${wrong}, planned are /${masks[range.family]} inside ${cidr}`); }
    if (new Set(own.map(String)).size !== own.length) { return failed(`two nodes share a range of ${cidr}`); }
  }
  return passed(`every machine has a range of its own in ${network.podCidrs.join(' and ')}`, { nodes: { value: nodes.length, unit: 'nodes' }, after: { value: Math.round(seconds * 10) / 10, unit: 's' } });
}

/** The plan of 1,200 nodes in the hands of those who refuse a wrong one. */
export const networkChecks: Check[] = [
  ...[false, true].map((dualStack): Check => ({
    id: dualStack ? 'address-plan-accepted-dual-stack' : 'address-plan-accepted',
    drill: '7',
    judge: 'component',
    component: 'kube-apiserver',
    run: scene => AddressCluster.with(scene, facts(dualStack).network, async cluster => {
      const described = facts(dualStack);
      const wrong = await serviceRanges(cluster, described.network);
      return wrong.length > 0 ? failed(wrong.join('; ')) : nodeRanges(cluster, described);
    }),
  })),
  {
    id: 'address-plan-accepted-by-kubeadm',
    drill: '7',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const described = facts(true);
      const masks = Object.fromEntries(nodeMasks(described).map(({ family, mask }) => [family, mask.value]));
      const done = await kubeadm(scene, 'plan', described.network.podCidrs, described.network.serviceCidrs, masks);
      return done.code === 0 ? passed(`pods ${described.network.podCidrs}, Services ${described.network.serviceCidrs}, node masks ${Object.values(masks)}`) : failed(done.stderr.trim());
    },
  },
];

/** Plans with one thing wrong. */
export const networkNegatives: Check[] = [
  {
    id: 'service-range-too-large-refused',
    drill: 'N7',
    judge: 'component',
    component: 'kube-apiserver',
    // From 1.34 on the limit stands behind a gate that can be turned back only as far as that release.
    run: async scene => refused(await startRefused(scene, '10.96.0.0/11', '--emulated-version=1.34', '--feature-gates=DisableAllocatorDualWrite=false'),
      /specified --service-cluster-ip-range is too large; for 32-bit addresses, the mask must be >= 12/),
  },
  {
    id: 'second-service-range-too-large-refused',
    drill: 'N7',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => refused(await startRefused(scene, '10.96.0.0/16,fd00:96::/107', '--emulated-version=1.34', '--feature-gates=DisableAllocatorDualWrite=false'),
      /specified --service-cluster-ip-range\[1\] is too large; for 128-bit addresses, the mask must be >= 108/),
  },
  {
    id: 'service-ranges-of-one-family-refused',
    drill: 'N7',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => refused(await startRefused(scene, '10.96.0.0/16,10.97.0.0/16'), /must be of different IP family/),
  },
  {
    id: 'node-mask-difference-refused',
    drill: 'N7',
    judge: 'component',
    component: 'kube-controller-manager',
    // 122 - 104 = 18 bits.
    run: scene => AddressCluster.with(scene, facts(true).network, async cluster => {
      const server = cluster.nodeIpam(facts(true).network, ['fd00:10::/104'], { 6: 122 });
      await until('the controller manager to give up', 30, async () => server.exitCode() !== undefined);
      return refused({ code: server.exitCode() ?? null, stdout: '', stderr: fs.readFileSync(server.logFile, 'utf8') }, /node CIDR size is too big/);
    }),
  },
  {
    id: 'node-mask-difference-refused-by-kubeadm',
    drill: 'N7',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => refused(await kubeadm(scene, 'difference', ['10.0.0.0/8'], ['172.30.0.0/16'], { 4: 26 }), /pod subnet mask \(8\) and node-mask \(26\) difference is greater than 16/),
  },
];

async function startRefused(scene: Scene, ranges: string, ...more: string[]): Promise<Finished> {
  const [etcdPort, port] = await freePorts(2);
  const args = await AddressCluster.apiServerArguments(scene, 'address-plan/refused', { etcdPort, port, serviceRanges: ranges, ipv6: false });
  return scene.processes.run(scene.binaries['kube-apiserver'].path, [...args, ...more], { timeoutMs: 15_000 });
}

/** kubeadm's own opinion of the ranges, with node CIDRs switched on. */
function kubeadm(scene: Scene, name: string, pods: string[], services: string[], masks: { readonly [family: number]: number }): Promise<Finished> {
  const file = scene.file(`address-plan/kubeadm-${name}.yaml`, JSON.stringify({
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'ClusterConfiguration',
    kubernetesVersion: scene.binaries.kubeadm.version,
    networking: { podSubnet: pods.join(','), serviceSubnet: services.join(','), dnsDomain: 'cluster.local' },
    controllerManager: {
      // The flag without a family is one that kubeadm does not read.
      extraArgs: Object.entries(masks).map(([family, mask]) => ({ name: `node-cidr-mask-size-ipv${family}`, value: String(mask) })),
    },
  }));
  return scene.processes.run(scene.binaries.kubeadm.path, ['config', 'validate', '--config', file], { timeoutMs: 20_000 });
}

function refused(done: Finished, reason: RegExp): Outcome {
  const line = `${done.stdout}\n${done.stderr}`.split('\n').find(text => reason.test(text));
  if (done.code === 0 || done.code === null) { return failed(`not refused (exit ${done.code})`); }
  return line ? passed(`exit ${done.code}: ${line.trim().slice(0, 240)}`) : failed(`ended with ${done.code}, but not because of ${reason}: ${done.stderr.trim().split('\n').slice(-2).join(' ')}`);
}
