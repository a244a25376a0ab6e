import { Size } from 'cdk8s';
import { Gpu } from '../../../src/cluster/gpu';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { Case, container, facts, kubelet, members, object, Parts, pool, ring, staticPod, workload } from '../tree-of';

const GIB = 2 ** 30;
const installation = (calicoNetwork: object) => object('operator.tigera.io/v1', 'Installation', 'default', { spec: { calicoNetwork } });
const BPF = { linuxDataplane: 'BPF' };
const felix = (spec: object): Parts => ({ objects: [installation(BPF), object('projectcalico.org/v3', 'FelixConfiguration', 'default', { spec })] });
const service = (type: string, ports: object[]) => ({ objects: [object('v1', 'Service', 'shop', { spec: { type, ports } }, 'apps')] });
const bgp = (calicoNetwork: object, nodes = 1000): Parts => ({ facts: facts({ pools: [pool(nodes)] }), objects: [installation(calicoNetwork)] });
const endpoint = (name: string): Parts => ({ facts: facts({ controlPlane: { endpoint: name, members: members(3) } }) });
const encapsulated = (ipPool: object): Parts => ({ objects: [installation({ ...BPF, ipPools: [{ cidr: '10.0.0.0/14', ...ipPool }] })] });
const quota = (bytes: number): Parts => ({ staticPods: ring(3, { 'quota-backend-bytes': String(bytes) }) });
const etcd = (image: string): Parts => ({ staticPods: ring(3, {}, { image }) });
const CERTIFICATES = { 'etcd-cafile': '/pki/ca.crt', 'etcd-certfile': '/pki/client.crt', 'etcd-keyfile': '/pki/client.key' };
const server = (flags: { [name: string]: string }): Parts => ({ staticPods: [staticPod('kube-apiserver', { flags })] });
const asks = (...urls: string[]): Parts => server({ 'etcd-servers': urls.join(',') });
const saving = (command: string): Parts => ({ ...quota(GIB), files: [{ name: 'timer', target: 'machines/cp-1', path: '/usr/local/sbin/save', content: command }] });
const metrics = (policy?: object): Parts => ({
  objects: [object('projectcalico.org/v3', 'FelixConfiguration', 'default', { spec: { prometheusMetricsEnabled: true } }), ...(policy ? [object('projectcalico.org/v3', 'GlobalNetworkPolicy', 'metrics', { spec: policy })] : [])],
});
const today = (nodesToday: number): Parts => ({ facts: facts({ pools: [pool(1000, { nodesToday })] }), kubelets: [kubelet({})] });
const seats = (count: number): Parts => server({ 'max-requests-inflight': String(count), 'max-mutating-requests-inflight': '0' });
const approver = (signer: string) => object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'approver', {
  rules: [{ apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: [signer], verbs: ['approve'] }],
});
const bootstrap = (...objects: object[]): Parts => ({ kubelets: [kubelet({ serverTLSBootstrap: true })], objects });
const GPU = facts({ pools: [NodePool.of('gpu', { nodes: 32, machine: MachineShape.of({ cpu: 48, memory: Size.gibibytes(192) }), gpu: Gpu.nvidia('T4', 4) })] });
const cards: Parts = { facts: GPU, kubelets: [kubelet({}, { pool: 'gpu', taints: GPU.pools[0].taints })] };
const plugin = (pod: object): Parts => ({ ...cards, objects: [workload('DaemonSet', 'plugin', { containers: [container({ image: 'nvcr.io/nvidia/k8s-device-plugin:v0.20.0' })], ...pod })] });

/** One pool of addresses for each zone of 1,000 nodes and of the control plane. */
const byZone = (...zones: Array<string | boolean>): Parts => ({
  facts: facts({ pools: [NodePool.of('general', { nodes: 1000, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }), zones: ['a', 'b', 'c'] })], controlPlane: { endpoint: 'api.example.com:6443', members: members(3).map((member, i) => ({ ...member, zone: 'abc'[i] })) } }),
  objects: [installation({
    ...BPF,
    ipPools: zones.filter(zone => typeof zone === 'string').map((zone, i, all) => ({
      cidr: `10.${4 * i}.0.0/14`, encapsulation: 'VXLAN', nodeSelector: `topology.kubernetes.io/zone == "${zone}"`, disableNewAllocations: zones.includes(true) && i === all.length - 1 ? true : undefined,
    })),
  })],
});
const policy = (name: string, spec: object) => object('networking.k8s.io/v1', 'NetworkPolicy', name, { spec }, 'apps');
/** A closed namespace with a Service on a named port of its pods. */
const closed = (ingress: object[]): Parts => ({
  objects: [
    workload('Deployment', 'shop', { containers: [container({ ports: [{ name: 'http', containerPort: 8080 }] })] }),
    object('v1', 'Service', 'shop', { spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 'http' }] } }, 'apps'),
    policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    policy('shop', { podSelector: { matchLabels: { app: 'shop' } }, policyTypes: ['Ingress'], ingress }),
  ],
});

/** Rules of network, etcd, control plane and kubelets about what everything else stands on. */
export const FOUNDATION: Case[] = [
  // 30,000 pods and 4 x 1,000 nodes.
  { id: 'TNC015', passing: felix({}), failing: felix({ bpfMapSizeRoute: 16_384 }), boundary: ['34,000 routes', felix({ bpfMapSizeRoute: 34_000 }), 0] },
  {
    id: 'TNC016',
    passing: service('LoadBalancer', [{ port: 443 }]),
    failing: service('NodePort', [{ port: 443, nodePort: 8443 }]),
    boundary: ['30000 to 32767 are 2,768 ports', service('LoadBalancer', Array.from({ length: 2768 }, (_, i) => ({ port: i + 1, nodePort: i === 0 ? 32_767 : undefined }))), 0],
  },
  { id: 'TNC017', passing: bgp({ bgp: 'Disabled' }), failing: bgp({}), boundary: ['97 nodes and three of the control plane', bgp({ bgp: 'Enabled' }, 97), 0] },
  { id: 'TNC018', passing: endpoint('api.example.com:6443'), failing: endpoint('kubernetes.default.svc.cluster.local:443'), boundary: ['the last address before 10.96.0.0/16', endpoint('10.95.255.255:6443'), 0] },
  { id: 'TNC019', passing: encapsulated({ encapsulation: 'VXLAN' }), failing: encapsulated({ encapsulation: 'IPIPCrossSubnet' }), boundary: ['left out: IPIP', encapsulated({}), 1] },
  { id: 'TNC032', passing: quota(4 * GIB), failing: quota(20 * GIB), boundary: ['8 GiB', quota(8 * GIB), 0] },
  // The default machine for 1,000 nodes has 128 GiB.
  { id: 'TNC033', passing: quota(8 * GIB), failing: quota(129 * GIB), boundary: ['all of 128 GiB', quota(128 * GIB), 0] },
  { id: 'TNC034', passing: etcd('registry.k8s.io/etcd:3.5.24-0'), failing: etcd('registry.k8s.io/etcd:3.5.0-0'), boundary: ['the first that is repaired', etcd('registry.k8s.io/etcd:3.5.4-0'), 0] },
  {
    id: 'TNC059',
    passing: server({ 'etcd-servers': 'https://172.16.0.11:2379', ...CERTIFICATES }),
    failing: server({ 'etcd-servers': 'http://172.16.0.11:2379', ...CERTIFICATES }),
    boundary: ['events alone', server({ 'etcd-servers': 'https://172.16.0.11:2379', 'etcd-servers-overrides': '/events#http://172.16.0.11:2382', ...CERTIFICATES }), 1],
  },
  {
    id: 'TNC060',
    passing: asks('https://172.16.0.11:2379', 'https://etcd-2.example.com:2379', 'https://[fd00::3]:2379'),
    failing: asks('https://etcd1:2379'),
    boundary: ['two addresses', asks('https://172.16.0.11:2379', 'https://172.16.0.12:2379'), 1],
  },
  // 1,003 machines write 100.3 leases and 3.3 status a second: 10.4 seats at 0.1 s. 40 of 245 shares: 62 seats give 11, 61 give 10.
  { id: 'TNC061', passing: seats(600), failing: seats(61), boundary: ['11 of 62 seats', seats(62), 0] },
  {
    id: 'TNC084',
    passing: bootstrap(approver('kubernetes.io/kubelet-serving')),
    failing: bootstrap(),
    boundary: ['an approver for clients', bootstrap(approver('kubernetes.io/kube-apiserver-client-kubelet')), 1],
  },
  { id: 'TNC085', passing: plugin({ tolerations: [{ operator: 'Exists' }] }), failing: cards, boundary: ['the plugin stays off tainted nodes', plugin({}), 1] },
  { id: 'TNC035', passing: saving('etcdctl snapshot save /backup/etcd.db\n'), failing: quota(GIB), boundary: ['a defragmentation is no snapshot', saving('etcdctl defrag\n'), 1] },
  {
    id: 'TNC200',
    passing: metrics({ ingress: [{ action: 'Allow', destination: { ports: [9091] } }] }),
    failing: metrics(),
    boundary: ['a policy for another port', metrics({ ingress: [{ action: 'Allow', destination: { ports: [19_091] } }] }), 1],
  },
  { id: 'TNC201', passing: felix({}), failing: felix({ bpfEnabled: true }), boundary: ['also switched off by hand', felix({ bpfEnabled: false }), 1] },
  {
    id: 'TNC202',
    passing: byZone('a', 'b', 'c'),
    failing: byZone('a', 'b'),
    boundary: ['a disabled pool serves nobody: workers and control plane of the zone', byZone('a', 'b', 'c', true), 2],
  },
  {
    id: 'TNC203',
    passing: closed([{ ports: [{ port: 8080, protocol: 'TCP' }] }]),
    failing: closed([{ ports: [{ port: 9090, protocol: 'TCP' }] }]),
    boundary: ['a rule without ports opens all', closed([{}]), 0],
  },
  // 910 + 91 = 1,001; 909 + 90 = 999.
  { id: 'TNC210', passing: today(1000), failing: today(500), boundary: ['91 more than 910', today(910), 0] },
];
