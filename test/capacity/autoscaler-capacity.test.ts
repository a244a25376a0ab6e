import { Size } from 'cdk8s';
import * as fc from 'fast-check';
import { fleetOfNodes } from './fleet-of-nodes';
import {
  autoscalerCpu, autoscalerMemory, growthSeconds, loopSeconds, maxDrainParallelism, maxScaleDownParallelism, maxTotalUnreadyPercentage,
  scaleDownDelayAfterDelete, scaleDownPace, scanInterval, waveSeconds,
} from '../../src/capacity/autoscaler-capacity';
import { coresTotal, groupMaximum, groupMinimum, groupPriority, maxNodesTotal, memoryTotal, plannedWorkers } from '../../src/capacity/autoscaler-group-capacity';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool, PoolKind } from '../../src/cluster/node-pool';
import { Derivation, stated } from '../../src/derivation/derivation';

const number = (value: number): Derivation => stated('x', value, 's', 'input of a test');
const group = (name: string, nodes: number, cpu: number, gibibytes: number) => ({
  pool: NodePool.of(name, { nodes, machine: MachineShape.of({ cpu, memory: Size.gibibytes(gibibytes) }) }), maxNodes: groupMaximum(name, nodes),
});

describe('limits of the cluster', () => {
  test.each([
    // nodes, control plane, addresses, limit
    [1200, 5, 4094, 1325, '1,320 + 5; 1.1 x 1,200 in floating point would round to 1,321'],
    [200, 3, 1022, 223, '220 + 3'],
    [1200, 5, 1250, 1250, 'no more than addresses'],
  ])('%i nodes and %i control-plane machines with %i addresses stop at %i (%s)', (nodes, controlPlane, addresses, limit) => {
    expect(maxNodesTotal(nodes, controlPlane, addresses).value).toBe(limit);
  });

  test('large fleets are not stopped by the default of 320,000 cores', () => {
    const cores = coresTotal([group('general', 5000, 96, 64)], fleetOfNodes(5000));
    // 5,000 x 96 = 480,000; + 10 % = 528,000; + 3 x 32
    expect(cores.value).toBe(528_096);
  });

  test('memory is counted in GiB with a tenth of headroom', () => {
    // 800 x 64 GiB + 400 x 128 GiB = 102,400; + 10 % = 112,640; + 3 x 128
    const groups = [group('general', 800, 16, 64), group('memory', 400, 16, 128)];
    expect(memoryTotal(groups, fleetOfNodes(1200)).value).toBe(113_024);
    expect(plannedWorkers(groups).value).toBe(1200);
  });

  test('limits never lie below the plan, whatever its size', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 9 }), (nodes, members) => {
      expect(maxNodesTotal(nodes, members, 100_000).value).toBeGreaterThan(nodes + members - 1);
    }));
  });
});

describe('pace', () => {
  test.each([[200, 10], [500, 10], [501, 20], [1200, 20], [2000, 20], [2001, 30], [5000, 30]])('%i nodes are looked at every %i s (facts: 20 to 30 s above 500)', (nodes, seconds) => {
    expect(scanInterval(nodes).value).toBe(seconds);
  });

  test.each([[200, 10, 2], [600, 25, 5], [1200, 50, 10], [5000, 50, 10]])('%i nodes: %i removed and %i drained at a time (CA-07)', (nodes, removed, drained) => {
    expect([maxScaleDownParallelism(nodes).value, maxDrainParallelism(nodes).value]).toEqual([removed, drained]);
  });

  test('the article\'s ten minutes after each ten nodes remove 60 an hour: 1,000 nodes in about 17 hours (CA-05)', () => {
    const pace = scaleDownPace(number(10), number(600), number(10)).value;
    expect(pace).toBe(60);
    expect(Math.round(1000 / pace)).toBe(17);
  });

  test('ours removes 1,000 nodes of 1,200 in 20 minutes, and the pause is at most a minute (CA-05)', () => {
    const pause = scaleDownDelayAfterDelete();
    expect(pause.value).toBeLessThanOrEqual(60);
    expect(60 * 1000 / scaleDownPace(maxScaleDownParallelism(1200), pause, scanInterval(1200)).value).toBe(20);
  });

  test('without a pause the scan interval sets the pace', () => {
    expect(scaleDownPace(number(50), number(0), number(20)).value).toBe(9000);
  });
});

describe('guards and size', () => {
  test.each([[0, 45], [1, 45], [2, 55], [3, 45], [4, 45]])('with %i zones the autoscaler acts up to %i %% unready: the loss of one zone does not stop it', (zones, percent) => {
    expect(maxTotalUnreadyPercentage(zones).value).toBe(percent);
    if (zones >= 2) { expect(percent).toBeGreaterThan(100 / zones); }
  });

  test.each([
    // nodes, millicores, MiB; kubernetes/autoscaler#7873: 600 MB were too little at 340 nodes; 4 to 8 GiB at 1,200
    [100, 200, 1536],
    [340, 340, 2560],
    [1200, 1000, 6144],
    [5000, 3000, 21_504],
  ])('%i nodes: %i millicores, %i MiB', (nodes, cpu, memory) => {
    expect([autoscalerCpu(nodes).value, autoscalerMemory(nodes).value]).toEqual([cpu, memory]);
  });

  test('plain pools grow first, accelerators last, and all before the catch-all', () => {
    const order = [PoolKind.GENERAL, PoolKind.COMPUTE, PoolKind.MEMORY, PoolKind.GPU].map(groupPriority);
    expect(order).toEqual([40, 30, 20, 10]);
  });

  test('a pool at its final size says that it cannot shrink', () => {
    expect(groupMinimum('general', 784, 784).words).toMatch(/set minNodes to let it shrink/);
    expect(groupMinimum('general', 384, 784)).toMatchObject({ value: 384, words: 'nodes that the pool has today' });
  });
});

describe('time to grow', () => {
  test.each([[200, 2], [1000, 10], [1001, 11], [1200, 12], [5000, 50]])('a look at %i nodes takes %i s (upstream: below 10 s at 1,000)', (nodes, seconds) => {
    expect(loopSeconds(nodes).value).toBe(seconds);
  });

  test.each([
    // nodes, seconds: pause + look + 15 minutes
    [200, 10 + 2 + 900],
    [1200, 20 + 12 + 900],
    [5000, 30 + 50 + 900],
  ])('%i nodes: a wave is there after %i s at worst', (nodes, seconds) => {
    expect(waveSeconds(scanInterval(nodes), loopSeconds(nodes), number(900)).value).toBe(seconds);
  });

  test.each([[1200, 1200, 0], [1000, 1200, 1], [999, 1200, 2], [200, 1200, 5]])('from %i to %i nodes in %i steps of 200', (today, nodes, steps) => {
    expect(growthSeconds(today, nodes, number(932)).value).toBe(steps * 932);
  });

  test('groups that are smaller than today take no time', () => {
    expect(growthSeconds(500, 400, number(932)).value).toBe(0);
  });
});
