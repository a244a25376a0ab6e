import { App, Size } from 'cdk8s';
import { description } from '../../examples/thousand-node/cluster';
import { ThousandNodeCluster } from '../../src';
import { maxPodsPerNode } from '../../src/capacity/calico-capacity';
import { PodBound, podsOfNode, podsOfNodes } from '../../src/capacity/node-capacity';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool } from '../../src/cluster/node-pool';
import { stated } from '../../src/derivation/derivation';

const plan = { blockSize: 26, tunnelAddress: true };
const withheld = (mebibytes: number) => stated('kubelet/web/withheld-memory', mebibytes, 'MiB', 'withheld in a test');
const pool = (cpu: number, gibibytes: number, maxPods?: number) => NodePool.of('web', { nodes: 10, machine: MachineShape.of({ cpu, memory: Size.gibibytes(gibibytes) }), maxPods });
const of = (cpu: number, gibibytes: number, maxPods: number | undefined, taken: number, podsPerCore = 0, request = 512) =>
  podsOfNode({ pool: pool(cpu, gibibytes, maxPods), podCidr: '10.0.0.0/11', plan, withheld: withheld(taken), podsPerCore, requestOfPod: request });

test.each([
  // cores, GiB, maxPods, withheld MiB, podsPerCore, request, pods, which; by hand
  [16, 64, 110, 2846, 0, 512, 110, PodBound.MAX_PODS, '(65,536 - 2,846) / 512 = 122.4; min(110, 160) = 110'],
  [16, 64, 250, 5517, 0, 512, 110, PodBound.TESTED, '(65,536 - 5,517) / 512 = 117.2'],
  [4, 16, 110, 2446, 0, 512, 27, PodBound.MEMORY, '(16,384 - 2,446) / 512 = 27.2; 10 x 4 = 40'],
  [4, 16, 40, 1000, 0, 64, 40, PodBound.MAX_PODS, 'equal to what is tested: the first is named'],
  [4, 16, 110, 1000, 0, 64, 40, PodBound.TESTED, '10 x 4; (16,384 - 1,000) / 64 = 240'],
  [16, 64, 110, 2846, 5, 512, 80, PodBound.PODS_PER_CORE, '5 x 16'],
  [64, 128, 58, 1854, 0, 512, 58, PodBound.MAX_PODS, '(131,072 - 1,854) / 512 = 252.4'],
  [16, 2, 10, 4096, 0, 512, 0, PodBound.MEMORY, 'more is withheld than there is'],
])('%i cores, %i GiB, maxPods %i, %i MiB withheld, %i per core, requests of %i MiB: %i pods by %s (%s)', (cpu, gibibytes, maxPods, taken, perCore, request, pods, binding) => {
  expect(of(cpu, gibibytes, maxPods, taken, perCore, request)).toMatchObject({ pods: { value: pods }, binding });
});

test.each([
  // mask, tunnel, addresses
  [26, true, 1279, '20 x 64 - 1'], [26, false, 1280, '20 x 64'], [29, true, 159, '20 x 8 - 1'], [31, true, 39, '20 x 2 - 1'],
])('blocks of /%i with a tunnel (%s) serve %i pods (%s)', (blockSize, tunnelAddress, addresses) => {
  const found = podsOfNode({ pool: pool(16, 64), podCidr: '10.0.0.0/11', plan: { blockSize, tunnelAddress }, withheld: withheld(0), requestOfPod: 1 });
  expect(found.bounds.find(({ bound }) => bound === PodBound.ADDRESSES)!.pods.value).toBe(addresses);
  // The check of the network's own construct counts the same.
  expect(maxPodsPerNode('10.0.0.0/11', { blockSize, tunnelAddress })).toBe(addresses);
  expect(found.binding).toBe(addresses < 110 ? PodBound.ADDRESSES : PodBound.MAX_PODS);
});

test('without Calico\'s plan and without podsPerCore there are three bounds', () => {
  const found = podsOfNode({ pool: pool(16, 64), podCidr: '10.0.0.0/11', withheld: withheld(2846) });
  expect(found.bounds.map(({ bound }) => bound)).toEqual([PodBound.MAX_PODS, PodBound.MEMORY, PodBound.TESTED]);
});

test('the reference cluster: what binds each pool', () => {
  const { facts, derivations } = new ThousandNodeCluster(new App(), 'shop', description);
  // maxPods 58, 110, 60 and 110; memory would do for 252, 506, 380 and 122 of them
  expect(podsOfNodes(facts, derivations, plan).map(({ pool: name, pods, binding }) => [name, pods.value, binding])).toEqual([
    ['compute', 58, PodBound.MAX_PODS], ['memory', 110, PodBound.MAX_PODS], ['gpu', 60, PodBound.MAX_PODS], ['general', 110, PodBound.MAX_PODS],
  ]);
  expect(podsOfNodes(facts, [], plan)).toEqual([]);
});

test('memory in huge pages is no memory of ordinary pods', () => {
  const found = podsOfNode({ pool: pool(16, 64), podCidr: '10.0.0.0/11', withheld: withheld(2846), hugePages: stated('kubelet/web/huge-pages', 32_768, 'MiB', 'in a test') });
  // (65,536 - 2,846 - 32,768) / 512 = 58.4
  expect(found).toMatchObject({ pods: { value: 58 }, binding: PodBound.MEMORY });
});
