import { Size } from 'cdk8s';
import * as fc from 'fast-check';
import { ClusterFacts } from '../../src/cluster/cluster-facts';
import { LOAD_FIGURES } from '../../src/cluster/load-figures';
import { LoadProfile, LoadProfileProps } from '../../src/cluster/load-profile';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool } from '../../src/cluster/node-pool';
import { Confidence, Derivation } from '../../src/derivation/derivation';

function fleet(nodes: number, load?: LoadProfile, atNodes?: number) {
  const facts = ClusterFacts.of({
    name: 'test',
    network: { podCidr: '10.0.0.0/8', serviceCidr: '100.64.0.0/16', nodeCidr: '172.16.0.0/16' },
    controlPlane: { endpoint: 'api.example.com:6443', members: [1, 2, 3].map(i => ({ name: `cp-${i}`, address: `172.16.0.${i}` })) },
    pools: [
      NodePool.of('a', { nodes: Math.ceil(nodes / 4), machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(32) }) }),
      NodePool.of('b', { nodes: nodes - Math.ceil(nodes / 4), machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
    ],
    load,
  });
  return facts.fleetAt(atNodes);
}

test.each([
  // by hand: pods 30 n; Services pods/18 in [100, 10000]; namespaces pods/100 in [10, 10000]; churn pods/3600 at most 20; HPAs pods/72
  [200, { pods: 6000, services: 334, namespaces: 60, configMaps: 600, podChurn: 6000 / 3600, hpas: 84, images: 84, imagesPerNode: 20 }],
  [1200, { pods: 36_000, services: 2000, namespaces: 360, configMaps: 3600, podChurn: 10, hpas: 500, images: 500, endpoints: 72_000 }],
  [5000, { pods: 150_000, services: 8334, namespaces: 1500, configMaps: 15_000, podChurn: 20, hpas: 2084, customObjects: 15_000 }],
])('the default load of %i nodes', (nodes, expected) => {
  const amounts = fleet(nodes) as unknown as { [name: string]: Derivation };
  for (const [name, value] of Object.entries(expected)) { expect([name, amounts[name].value]).toEqual([name, value]); }
});

test('worker cores and machines follow the pools', () => {
  const { workerCores, machines } = fleet(1200);
  expect(workerCores.value).toBe(300 * 8 + 900 * 32);
  expect(machines.value).toBe(1203);
});

test('totals of the profile are meant for the final size: a third of the nodes has a third of them', () => {
  const load = LoadProfile.of({ services: 900, hpas: 300, podChurn: 12 });
  const { services, hpas, podChurn, pods } = fleet(1200, load, 400);
  expect([services.value, hpas.value, podChurn.value, pods.value]).toEqual([300, 100, 4, 12_000]);
});

test('a figure of the user wins over the preset, the preset over the default', () => {
  expect(fleet(1200, LoadProfile.commerce()).peakFactor).toMatchObject({ value: 10, source: 'proposal', confidence: Confidence.ESTIMATE });
  expect(fleet(1200, LoadProfile.commerce({ peakFactor: 12 })).peakFactor).toMatchObject({ value: 12, confidence: Confidence.GIVEN });
  expect(fleet(1200).peakFactor).toMatchObject({ value: 3, confidence: Confidence.ESTIMATE });
});

test.each(['commerce', 'streaming', 'trading', 'training', 'iot'] as const)('preset %s stays within the bounds of every figure', preset => {
  const amounts = fleet(1200, LoadProfile[preset]());
  for (const [name, figure] of Object.entries(LOAD_FIGURES)) {
    const { value } = amounts[name as keyof typeof amounts];
    expect([name, value >= figure.min && value <= figure.max]).toEqual([name, true]);
  }
});

test('more nodes never have less of anything', () => {
  fc.assert(fc.property(fc.integer({ min: 4, max: 5000 }), fc.integer({ min: 1, max: 1000 }), (nodes, more) => {
    const [small, large] = [fleet(nodes), fleet(nodes + more)] as unknown as Array<{ [name: string]: Derivation }>;
    for (const name of Object.keys(small)) { expect([name, large[name].value >= small[name].value]).toEqual([name, true]); }
  }), { numRuns: 50 });
});

test.each<[string, LoadProfileProps, string]>([
  ['a negative size', { podBytes: -1 }, 'load: podBytes must be between 100 and 1500000 (bytes; an object may have 1.5 MB), got -1'],
  ['not a number', { podChurn: NaN }, 'load: podChurn must be between 0 and 1000 (pods created a second on average; as many end), got NaN'],
  ['a figure that does not exist', { podChrun: 3 } as LoadProfileProps, 'load: podChrun is no figure of a load profile; figures are podsPerNode, '],
])('%s is refused', (_, props, message) => {
  expect(() => LoadProfile.of(props)).toThrow(message);
});

test('all wrong figures stand in one error', () => {
  expect(() => LoadProfile.of({ podBytes: -1, hpas: 1e9 })).toThrow(/2 problems[^]*podBytes[^]*hpas/);
});

test('churn that no pod can follow is refused with the most that works; that much is accepted', () => {
  // 100 nodes x 30 pods, each at least 10 s: 300/s
  const load = (podChurn: number) => fleet(100, LoadProfile.of({ podChurn }));
  expect(() => load(301)).toThrow('load.podChurn 301/s would replace all 3000 pods every 10 s, and a pod lives 10 s at least; use at most 300/s, or plan at least 3010 pods');
  expect(load(300).podChurn.value).toBe(300);
});

test('a Service cannot have more endpoints than there are pods', () => {
  expect(() => fleet(10, LoadProfile.of({ largestService: 301 }))).toThrow('use at most 300, or raise load.podsPerNode');
  expect(fleet(10, LoadProfile.of({ largestService: 300 })).largestService.value).toBe(300);
});
