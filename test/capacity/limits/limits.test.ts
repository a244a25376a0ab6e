import { App } from 'cdk8s';
import { description } from '../../../examples/thousand-node/cluster';
import { CalicoBgp, ThousandNodeCluster } from '../../../src';
import { LIMIT_HORIZON } from '../../../src/capacity/limit';
import { mostNodes } from '../../../src/capacity/limits/limit-row';
import { growthStages, headroomAt, limitsOf } from '../../../src/capacity/limits/limits';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { LoadProfile } from '../../../src/cluster/load-profile';
import { Derivation, given } from '../../../src/derivation/derivation';

const plan = { blockSize: 26, tunnelAddress: true };
const { facts, derivations } = new ThousandNodeCluster(new App(), 'shop', description);
const limits = limitsOf(facts, derivations, { plan });
const factsWith = (load: LoadProfile) => ClusterFacts.of({ ...description, name: 'shop', load });
const reached = (id: string, from = limits) => from.find(limit => limit.id === `limit/${id}`)?.reachedAtNodes;
/** The finished cluster's numbers, one of them set by the user. */
const withValue = (id: string, value: number): Derivation[] => derivations.map(derivation => (derivation.id === id ? given(value, derivation) : derivation));

describe('the number of nodes at which something is used up', () => {
  test.each([
    // id, nodes, by hand for 1,200 nodes with 30 pods, 5 control-plane machines, Services one for 18 pods, two for each pod
    ['autoscaler-tested', 1000, 'tested with 1,000'],
    ['metrics-server-memory', 1802, '3,615 MiB / 2 = 1,807 kubelets, 5 of the control plane'],
    ['autoscaler-memory', 1280, '(6,144 - 1,024) / 4'],
    ['autoscaler-max-nodes', 1320, '1,325 - 5 of the control plane'],
    ['scheduler-peak', 3000, '100/s x 600 s = 60,000 are two thirds of 90,000 pods'],
    ['nodes-schedulable', 3050, '(120 s x 100/s + 200) / 4'],
    ['bpf-map-nat-backend', 3744, '60 endpoints + 6 x 30 / 18 are 70 a node: 262,144 / 70 = 3,744.9'],
    ['core-dns-memory', 4357, '184 MiB hold 192 MB: 138,000 pods and Services, 31.67 a node'],
    ['tested/nodes', 5000, '5,000'],
    ['tested/pods', 5000, '150,000 / 30'],
    ['neighbour-table', 16_269, '16,384 - 110 pods - 5 of the control plane'],
    ['node-ports', LIMIT_HORIZON, '10,000 Services at most: 1,000 x 2 of 2,768'],
    ['bpf-map-nat-frontend', LIMIT_HORIZON, '10,000 Services at most: 60,000 of 65,536'],
    ['tested/largest-service', LIMIT_HORIZON, '250 at any size'],
    ['typha-connections', LIMIT_HORIZON, 'the operator adds replicas'],
  ])('%s lasts until %i nodes (%s)', (id, nodes) => {
    expect(reached(id)).toBe(nodes);
  });

  test.each(limits.map(limit => [limit.id, limit] as const))('%s holds there, and one node more is too many', (_, { reachedAtNodes, useAt, capacity }) => {
    if (reachedAtNodes > 0) { expect(useAt(reachedAtNodes).value).toBeLessThanOrEqual(capacity.value); }
    if (reachedAtNodes < LIMIT_HORIZON) { expect(useAt(reachedAtNodes + 1).value).toBeGreaterThan(capacity.value); }
  });

  test.each(limits.map(limit => [limit.id, limit] as const))('%s: what is used at the final size exceeds it exactly when it is reached before', (_, { reachedAtNodes, used, capacity }) => {
    expect(used.value > capacity.value).toBe(reachedAtNodes < facts.nodes);
  });

  test('use never falls as nodes come, or the search would miss the first end; Typha, whose replicas follow, is never used up', () => {
    for (const limit of limits.filter(({ id }) => id !== 'limit/typha-connections')) {
      const uses = [1, 2, 199, 200, 784, 1200, 1201, 3000, 7777, LIMIT_HORIZON].map(nodes => limit.useAt(nodes).value);
      expect([limit.id, uses]).toEqual([limit.id, [...uses].sort((a, b) => a - b)]);
    }
    const typha = limits.find(({ id }) => id === 'limit/typha-connections')!;
    const counts = Array.from({ length: 3000 }, (_, i) => i + 1);
    expect(counts.filter(nodes => typha.useAt(nodes).value > typha.capacity.value)).toEqual([]);
  });

  test('use and capacity have one unit, and ids are unique', () => {
    expect(limits.filter(({ unit, capacity }) => unit !== capacity.unit).map(({ id, unit, capacity }) => [id, unit, capacity.unit])).toEqual([]);
    expect(new Set(limits.map(({ id }) => id)).size).toBe(limits.length);
  });

  test('the soonest comes first', () => {
    const order = limits.map(limit => limit.reachedAtNodes);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });
});

describe('what the cluster is made of', () => {
  test.each([
    ['autoscaler/max-nodes-total', 1250, 'autoscaler-max-nodes', 1245],
    ['metrics-server/memory-limit', 4000, 'metrics-server-memory', 1995],
    ['scheduler/client-qps', 50, 'scheduler-peak', 1500],
    ['dns/memory-limit', 100, 'core-dns-memory', 1578],
  ])('the user\'s %s of %i moves %s to %i nodes', (id, value, limit, nodes) => {
    // 100 MiB hold 104 MB: 50,000 pods and Services at 31.67 a node are 1,578.9.
    expect(reached(limit, limitsOf(facts, withValue(id, value), { plan }))).toBe(nodes);
  });

  test('a value that nothing sets has no limit; what upstream tests and the ranges always have', () => {
    const bare = limitsOf(facts, [], { plan }).map(({ id }) => id.replace(/^limit\//, '').replace(/\/.*/, ''));
    expect([...new Set(bare)].sort()).toEqual(expect.arrayContaining(['addresses', 'node-ports', 'tested']));
    expect(bare.filter(id => /etcd|dns|bpf|memory|autoscaler|prometheus|log|typha|bgp|neighbour/.test(id))).toEqual([]);
    expect(limitsOf(facts, derivations).some(({ id }) => id.startsWith('limit/addresses/'))).toBe(false);
  });

  test('a heavier load never lasts longer', () => {
    // The class of disk is planned from the load, so that limit may move up with it.
    const load = LoadProfile.of({ podsPerNode: 60, peakFactor: 10, servicesPerPod: 3, connectionsPerPod: 5000, logBytesPerPod: 8192 });
    const heavy = limitsOf(factsWith(load), derivations, { plan });
    for (const limit of heavy.filter(({ id }) => id !== 'limit/etcd-write-rate')) {
      const ordinary = limits.find(({ id }) => id === limit.id)!;
      expect([limit.id, limit.reachedAtNodes]).toEqual([limit.id, Math.min(limit.reachedAtNodes, ordinary.reachedAtNodes)]);
    }
    expect(reached('bpf-map-conntrack', heavy)).toBe(0);
    expect(reached('log-buffer', heavy)).toBe(0);
    expect(reached('tested/pods', heavy)).toBe(2500);
  });

  test('a mesh of BGP is counted where there is one', () => {
    const mesh = new ThousandNodeCluster(new App(), 'shop', { ...description, calico: { bgp: CalicoBgp.mesh() } });
    expect(reached('bgp-full-mesh', limitsOf(mesh.facts, mesh.derivations, { plan }))).toBe(95);
    expect(reached('bgp-full-mesh')).toBeUndefined();
  });

  test('remedies and consequences are said, with a number that follows the fleet where one helps', () => {
    expect(limits.filter(({ consequence, remedy }) => consequence.length < 20 || remedy.length < 20 || /undefined|NaN/.test(remedy)).map(({ id }) => id)).toEqual([]);
    // 1,800 nodes and 5: 3,610 MiB
    expect(limits.find(({ id }) => id === 'limit/metrics-server-memory')!.remedy).toMatch(/memory limit of 4 GiB/);
    expect(limits.find(({ id }) => id === 'limit/autoscaler-max-nodes')!.remedy).toMatch(/to 1,805/);
  });
});

describe('room while growing', () => {
  const stages = (nodesToday: number, nodes: number) => growthStages({ nodesToday, nodes } as ClusterFacts);

  test.each([
    [800, 1200, [800, 1000, 1200]],
    [200, 1200, [200, 400, 600, 800, 1000, 1200]],
    [1200, 1200, [1200]],
    [1150, 1200, [1150, 1200]],
    [0, 5000, [600, 1200, 1800, 2400, 3000, 3600, 4200, 4800, 5000]],
    [200, 2000, [200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000]],
    [199, 2000, [199, 599, 999, 1399, 1799, 2000]],
  ])('from %i to %i', (today, nodes, expected) => {
    expect(stages(today, nodes)).toEqual(expected);
  });

  test('the share that is used, and none beyond the end', () => {
    const memory = limits.find(({ id }) => id === 'limit/autoscaler-max-nodes')!;
    // (995 + 5) / 1,325
    expect(headroomAt(memory, 995)).toBeCloseTo(0.7547, 4);
    for (const limit of limits.filter(({ reachedAtNodes }) => reachedAtNodes > 0)) { expect(headroomAt(limit, limit.reachedAtNodes)).toBeLessThanOrEqual(1); }
  });
});

test.each([[0, 0], [1, 1], [4999, 4999], [LIMIT_HORIZON, LIMIT_HORIZON], [LIMIT_HORIZON + 1, LIMIT_HORIZON]])('a bound of %i is found as %i', (most, found) => {
  expect(mostNodes(nodes => nodes <= most)).toBe(found);
});
