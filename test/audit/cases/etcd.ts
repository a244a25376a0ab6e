import { etcdMainSize } from '../../../src/capacity/etcd-write-capacity';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { Case, certificate, facts, members, Parts, ring } from '../tree-of';

const GIB = 2 ** 30;
const quota = (bytes: number): Parts => ({ staticPods: ring(3, { 'quota-backend-bytes': String(bytes) }) });
const timers = (heartbeat: number, election: number): Parts => ({ staticPods: ring(3, { 'heartbeat-interval': String(heartbeat), 'election-timeout': String(election) }) });
const zones = (...names: string[]): Parts => ({
  facts: facts({ controlPlane: { endpoint: 'api.test.example.com:6443', members: members(names.length, names) } }), staticPods: ring(names.length),
});
const named = (client: string[], peer: string[]): Parts => ({
  staticPods: ring(3).slice(0, 1),
  certificates: [certificate({ ipAddresses: client }), certificate({ certPath: '/pki/peer.crt', ipAddresses: peer })],
});
const mounted = (type: string): Parts => ({ staticPods: ring(3, {}, { mounts: [{ path: '/var/lib/etcd', type }] }) });

// What the model plans with; its parts are calculated by hand in test/capacity/etcd-write-capacity.test.ts. 1.8 GiB.
const SIZE = etcdMainSize(ClusterFacts.thousandNodes().fleet).value;

export const ETCD: Case[] = [
  { id: 'TNC020', passing: quota(8 * GIB), failing: quota(GIB / 2), boundary: ['a quota of exactly the estimate', quota(SIZE), 0] },
  { id: 'TNC021', passing: quota(8 * GIB), failing: quota(2 * GIB), boundary: ['60 %', quota(Math.ceil(SIZE / 0.6)), 0] },
  {
    id: 'TNC022',
    passing: { staticPods: ring(3) },
    failing: { staticPods: ring(3, {}, { memory: 2 * GIB }) },
    boundary: ['a request equal to the quota', { staticPods: ring(3, {}, { memory: 8 * GIB }) }, 0],
  },
  {
    id: 'TNC023',
    passing: { staticPods: ring(5) },
    failing: { staticPods: ring(5).slice(0, 3) },
    boundary: ['the same members in another order', { staticPods: ring(3, { 'initial-cluster': members(3).reverse().map(m => `${m.name}=https://${m.address}:2380`).join(',') }) }, 0],
  },
  {
    id: 'TNC024',
    passing: named(['172.16.0.11'], ['172.16.0.11']),
    failing: named(['172.16.0.12'], ['172.16.0.11']),
    boundary: ['only the peer certificate lacks it', named(['172.16.0.11'], ['127.0.0.1']), 1],
  },
  { id: 'TNC025', passing: { staticPods: ring(5) }, failing: { staticPods: ring(4) }, boundary: ['seven', { staticPods: ring(7) }, 0] },
  { id: 'TNC026', passing: zones('a', 'b', 'c'), failing: zones('a', 'a', 'a'), boundary: ['five members over three zones: two may go', zones('a', 'b', 'c', 'a', 'b'), 0] },
  { id: 'TNC027', passing: mounted('Directory'), failing: mounted('DirectoryOrCreate'), boundary: ['no type: nothing is checked', mounted(''), 3] },
  { id: 'TNC028', passing: timers(100, 1500), failing: timers(500, 2500), boundary: ['ten heartbeats', timers(100, 1000), 0] },
  {
    id: 'TNC029',
    passing: { staticPods: ring(3) },
    failing: { staticPods: ring(3, { 'listen-client-urls': 'http://0.0.0.0:2379' }) },
    boundary: ['TLS without client certificates', { staticPods: ring(3, { 'client-cert-auth': 'false' }) }, 3],
  },
  {
    id: 'TNC030',
    passing: { staticPods: ring(3) },
    failing: { staticPods: ring(3, {}, { livenessPath: '/health' }) },
    boundary: ['/health that asks the local copy', { staticPods: ring(3, {}, { livenessPath: '/health?exclude=NOSPACE&serializable=true' }) }, 0],
  },
  {
    id: 'TNC031',
    passing: { staticPods: ring(3) },
    failing: { staticPods: ring(3, { 'feature-gates': 'CompactHashCheck=true' }) },
    boundary: ['the spelling of 3.5', { staticPods: ring(3, { 'feature-gates': '', 'experimental-initial-corrupt-check': 'true' }) }, 0],
  },
];

