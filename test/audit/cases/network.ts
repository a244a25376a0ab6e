import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { Case, configMap, container, facts, kubelet, object, Parts, pool, staticPod, workload } from '../tree-of';

const installation = (calicoNetwork: object) => object('operator.tigera.io/v1', 'Installation', 'default', { spec: { calicoNetwork } });
const ipPools = (cidr: string, blockSize = 26, encapsulation = 'VXLAN') => installation({ ipPools: [{ cidr, blockSize, encapsulation }] });
const BPF = installation({ linuxDataplane: 'BPF' });
const endpoint = (host: string, port: string) => configMap('kubernetes-services-endpoint', { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }, 'tigera-operator');
const kubeProxy = (pod: object) => workload('DaemonSet', 'kube-proxy', { containers: [container({ image: 'registry.k8s.io/kube-proxy:v1.37.2' })], ...pod }, {}, 'kube-system');
const cache = workload('DaemonSet', 'node-local-dns', {
  containers: [container({ image: 'registry.k8s.io/dns/k8s-dns-node-cache:1.26.7', args: ['-localip', '169.254.20.10,10.96.0.10'] })],
}, {}, 'kube-system');
const dnsService = (annotations: object, clusterIP = '10.96.0.10') => object('v1', 'Service', 'kube-dns', { metadata: { annotations }, spec: { clusterIP, ports: [{ port: 53 }] } }, 'kube-system');
const EXCLUDED = { 'projectcalico.org/natExcludeService': 'true' };
const felix = (spec: object) => object('projectcalico.org/v3', 'FelixConfiguration', 'default', { spec });
const detect = (calicoNetwork: object): Parts => ({ objects: [installation(calicoNetwork)] });
const planned = (services: number): ClusterFacts => Object.assign(Object.create(ClusterFacts.prototype), facts(), { services });

export const NETWORK: Case[] = [
  // (1,000 + 3) nodes x 2 blocks x 64 addresses = 128,384; a /16 has 65,536, a /14 262,144.
  {
    id: 'TNC001',
    passing: { objects: [ipPools('10.0.0.0/14')] },
    failing: { objects: [ipPools('10.0.0.0/16')] },
    boundary: ['512 machines x 128 = 65,536, all of a /16', { facts: facts({ pools: [pool(509)] }), objects: [ipPools('10.0.0.0/16')] }, 0],
  },
  {
    id: 'TNC002',
    passing: { objects: [ipPools('10.0.0.0/14')] },
    failing: { objects: [ipPools('10.0.0.0/15')] },
    boundary: ['65,536 / (393 x 128) = 1.30', { facts: facts({ pools: [pool(390)] }), objects: [ipPools('10.0.0.0/16')] }, 0],
  },
  // Twenty blocks of 16 addresses, one of them for the tunnel: 319 pods.
  {
    id: 'TNC003',
    passing: { objects: [ipPools('10.0.0.0/14')], kubelets: [kubelet({ maxPods: 110 })] },
    failing: { objects: [ipPools('10.0.0.0/14', 28)], kubelets: [kubelet({ maxPods: 320 })] },
    boundary: ['319 pods in 20 x 16 addresses', { objects: [ipPools('10.0.0.0/14', 28)], kubelets: [kubelet({ maxPods: 319 })] }, 0],
  },
  {
    id: 'TNC004',
    passing: { kubelets: [kubelet({}, { nodeIp: '172.16.0.11' })] },
    failing: { kubelets: [kubelet({}, { nodeIp: '172.17.0.11' })] },
    boundary: ['the last address of 172.16.0.0/20', { kubelets: [kubelet({}, { nodeIp: '172.16.15.255' })] }, 0],
  },
  {
    id: 'TNC005',
    passing: { staticPods: [staticPod('kube-apiserver', { flags: { 'service-cluster-ip-range': '10.96.0.0/16' } })] },
    failing: { staticPods: [staticPod('kube-apiserver', { flags: { 'service-cluster-ip-range': '10.97.0.0/16' } })] },
    boundary: ['the same first address, another mask', { staticPods: [staticPod('kube-apiserver', { flags: { 'service-cluster-ip-range': '10.96.0.0/15' } })] }, 1],
  },
  {
    id: 'TNC006',
    passing: { objects: [ipPools('10.0.0.0/14')] },
    failing: { objects: [ipPools('10.96.0.0/12')] },
    boundary: ['a second pool directly behind the first', { objects: [ipPools('10.0.0.0/14'), object('projectcalico.org/v3', 'IPPool', 'more', { spec: { cidr: '10.4.0.0/14' } })] }, 0],
  },
  // A /16 has 65,536 addresses, four of them are taken. A description with more Services is refused before it gets here.
  { id: 'TNC007', passing: { facts: planned(2000) }, failing: { facts: planned(65_533) }, boundary: ['65,532 Services in a /16', { facts: planned(65_532) }, 0] },
  {
    id: 'TNC008',
    passing: { objects: [BPF] },
    failing: { objects: [BPF, kubeProxy({})] },
    boundary: ['a nodeSelector that matches no node', { objects: [BPF, kubeProxy({ nodeSelector: { 'non-calico': 'true' } })] }, 0],
  },
  {
    id: 'TNC009',
    passing: { objects: [BPF, endpoint('api.test.example.com', '6443')] },
    failing: { objects: [BPF] },
    boundary: ['a ConfigMap without the port', { objects: [BPF, configMap('kubernetes-services-endpoint', { KUBERNETES_SERVICE_HOST: 'api.test.example.com' }, 'tigera-operator')] }, 1],
  },
  {
    id: 'TNC010',
    passing: { objects: [endpoint('api.test.example.com', '6443')] },
    failing: { objects: [endpoint('10.0.0.1', '6443')] },
    boundary: ['the right host, the default port', { objects: [endpoint('api.test.example.com', '443')] }, 1],
  },
  {
    id: 'TNC011',
    passing: { objects: [BPF, cache, dnsService(EXCLUDED)] },
    failing: { objects: [BPF, cache, dnsService({})] },
    boundary: ['a Service whose address the cache does not bind', { objects: [BPF, cache, dnsService({}, '10.96.0.11')] }, 0],
  },
  {
    id: 'TNC012',
    passing: { objects: [cache], kubelets: [kubelet({ clusterDNS: ['169.254.20.10'] })] },
    failing: { objects: [dnsService({})], kubelets: [kubelet({ clusterDNS: ['10.96.0.11'] })] },
    boundary: ['one address that answers and one that does not', { objects: [dnsService({})], kubelets: [kubelet({ clusterDNS: ['10.96.0.10', '10.96.0.99'] })] }, 1],
  },
  {
    id: 'TNC013',
    passing: detect({ nodeAddressAutodetectionV4: { cidrs: ['172.16.0.0/20'] } }),
    failing: detect({}),
    boundary: ['a range that is only part of the machines', detect({ nodeAddressAutodetectionV4: { cidrs: ['172.16.0.0/21'] } }), 1],
  },
  {
    id: 'TNC014',
    passing: { objects: [felix({ chainInsertMode: 'Insert' })] },
    failing: { objects: [felix({ chainInsertMode: 'Append' })] },
    boundary: ['left out: Insert is the default', { objects: [felix({})] }, 0],
  },
];
