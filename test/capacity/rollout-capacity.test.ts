import { App } from 'cdk8s';
import * as fc from 'fast-check';
import { description } from '../../examples/thousand-node/cluster';
import { ThousandNodeCluster } from '../../src';
import { controlPlaneLoad } from '../../src/capacity/control-plane-load';
import { choicesOf } from '../../src/capacity/limits/limits';
import { kubeletStarts, poolBatches, ringBatch } from '../../src/capacity/rollout-capacity';
import { ClusterFacts } from '../../src/cluster/cluster-facts';
import { LoadProfile } from '../../src/cluster/load-profile';
import { NodePool } from '../../src/cluster/node-pool';

const { facts, derivations } = new ThousandNodeCluster(new App(), 'shop', description);
const withUpstreamSeats = controlPlaneLoad(facts, choicesOf([]));

test('a kubelet that starts: requests and seats, by hand', () => {
  const value = (id: string) => kubeletStarts(withUpstreamSeats).derivations.find(row => row.id === `rollout/kubelet-start/${id}`)!.value;
  // 30 pods: (5 + 60) lists and as many watches, 30 pods; 30 tokens, node and lease
  expect([value('reads'), value('writes')]).toEqual([160, 32]);
  // 192 requests, a burst of 100 and 50 more in the first second
  expect(value('first-second')).toBe(150);
  // 150 x (160 x 5 ms + 32 x 20 ms) / 192
  expect(value('seats')).toBeCloseTo(1.125, 10);
});

test.each([
  // seats of level system, in use of one server while another of five is away: 2.6 in all / 4
  ['upstream\'s seats', [], 130, '0.5 x 4 x (74 - 0.65) / 1.125; 74 = 600 x 30 / 245'],
  ['the seats of this cluster', derivations, 75, '0.5 x 4 x (43 - 0.65) / 1.125; 43 = 400 x 30 / 284'],
])('%s: kubelets that may start together', (_, numbers, kubelets) => {
  expect(kubeletStarts(controlPlaneLoad(facts, choicesOf(numbers))).atATime.value).toBe(kubelets);
});

const pool = (nodes: number, nodesToday = nodes) => NodePool.of('web', { nodes, nodesToday, machine: facts.pools[0].machine });

test.each([
  // planned, today, batch, batches after the first node, seconds for the pods of a batch at 100 requests a second; by hand
  [5, 5, 1, 4, 1, 'a tenth is none: one'],
  [784, 384, 38, 11, 26, '383 / 38; 2.25 x 38 x 30 / 100'],
  [700, 700, 70, 10, 48, '699 / 70; 2.25 x 70 x 30 / 100'],
  [784, 784, 75, 11, 51, 'a tenth is 78, 75 may start together'],
  [4400, 4400, 75, 59, 51, '4,399 / 75'],
  [100, 0, 1, 0, 1, 'nothing runs yet'],
])('a pool of %i nodes, %i today: %i at a time, %i batches, %i s (%s)', (nodes, today, batch, batches, seconds) => {
  const load = controlPlaneLoad(facts, choicesOf(derivations));
  const found = poolBatches(pool(nodes, today), kubeletStarts(load), load, derivations);
  expect([found.batch.value, found.batches.value, found.podsMoved.value]).toEqual([batch, batches, seconds]);
});

test.each([[1, 0, 1], [2, 0, 1], [3, 1, 1], [4, 1, 1], [5, 2, 1], [6, 2, 1], [7, 3, 2], [9, 4, 3]])('a ring of %i: %i may be away, %i at a time', (members, away, batch) => {
  const found = ringBatch('etcd-main', members);
  expect([found.mayBeAway.value, found.batch.value]).toEqual([away, batch]);
});

test('what is left of a ring of three or more is a majority, also when one more fails', () => {
  for (let members = 3; members <= 15; members++) {
    const { batch, mayBeAway } = ringBatch('etcd-main', members);
    expect(members - batch.value).toBeGreaterThan(members / 2);
    if (mayBeAway.value > 1) { expect(members - batch.value - 1).toBeGreaterThan(members / 2); }
  }
});

test('more pods on a node never let more kubelets start together while the burst of their clients lasts, more servers never fewer', () => {
  const of = (podsPerNode: number, servers: number) => {
    const cluster = ClusterFacts.of({
      name: 'x',
      load: LoadProfile.of({ podsPerNode }),
      network: { podCidr: '10.0.0.0/10', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
      controlPlane: { endpoint: 'api.example.com:6443', members: Array.from({ length: servers }, (_, i) => ({ name: `cp-${i}`, address: `172.16.0.${11 + i}` })) },
      pools: [pool(200)],
    });
    return kubeletStarts(controlPlaneLoad(cluster, choicesOf([]))).atATime.value;
  };
  fc.assert(fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 2, max: 6 }), (pods, more, servers) => {
    // 7 requests for a pod and 12 for the node: 19 pods are within burst and a second of the rate (150). Beyond, the rate of the client spreads them over more seconds.
    expect(of(pods + more, servers)).toBeLessThanOrEqual(of(pods, servers));
    expect(of(pods, servers + 1)).toBeGreaterThanOrEqual(of(pods, servers));
  }), { numRuns: 20 });
});
