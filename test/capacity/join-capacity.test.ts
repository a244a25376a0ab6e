import * as fc from 'fast-check';
import { fleetOfNodes } from './fleet-of-nodes';
import { joinLoad } from '../../src/capacity/join-capacity';
import { LoadProfileProps } from '../../src/cluster/load-profile';

const numbers = (nodes: number, load: LoadProfileProps = {}, links: { registryGigabits?: number; nodeGigabits?: number } = {}) => {
  const { volume, firstImages, allImages, pullRate, openPulls } = joinLoad({ fleet: fleetOfNodes(1200, load), place: 'web', nodes, parallelPulls: 5, ...links });
  return [volume.value, firstImages.value, allImages.value, Number(pullRate.value.toFixed(1)), openPulls.value];
};

test.each([
  // nodes, GB, first, all, pulls/s, open; 20 images of 150 MB on each: 3 GB or 24 Gbit, and 2 Gbit of pause and CNI
  [1, 3, 1, 3, 6.7, 5, '24 Gbit / 10 = 2.4 s; 23 images less the burst of 10, at 5/s: 2.6 s'],
  [40, 120, 8, 96, 8.3, 200, '960 Gbit / 10'],
  [200, 600, 40, 480, 8.3, 1000, '4,800 Gbit / 10'],
  [1200, 3600, 240, 2880, 8.3, 6000, '28,800 Gbit / 10'],
])('%i nodes at once pull %i GB: pause and CNI are there after %i s, all after %i s, %f pulls a second, %i open (%s)', (nodes, ...expected) => {
  expect(numbers(nodes)).toEqual(expected.slice(0, 5));
});

test.each<[string, LoadProfileProps, { registryGigabits?: number; nodeGigabits?: number }, number, string]>([
  // what paces: load, links, seconds for all images of 10 nodes, by hand
  ['the registry', { imageBytes: 1_000_000_000 }, { registryGigabits: 10, nodeGigabits: 25 }, 160, '10 x 20 x 8 / 10'],
  ['the node', { imageBytes: 1_000_000_000 }, { registryGigabits: 1000, nodeGigabits: 1 }, 160, '20 x 8 / 1'],
  ['the kubelet', { imageBytes: 1000, imagesPerNode: 57 }, {}, 10, '(57 + 3 - 10) / 5'],
  ['nobody', { imageBytes: 1000, imagesPerNode: 7 }, {}, 1, '7 + 3 are the burst; a millisecond is rounded up'],
])('%s sets the pace', (_, load, links, seconds) => {
  expect(numbers(10, load, links)[2]).toBe(seconds);
});

test('a GPU node that pulls three at a time opens three', () => {
  expect(joinLoad({ fleet: fleetOfNodes(32), place: 'gpu', nodes: 32, parallelPulls: 3 }).openPulls.value).toBe(96);
  expect(joinLoad({ fleet: fleetOfNodes(32, { imagesPerNode: 2 }), place: 'gpu', nodes: 32, parallelPulls: 3 }).openPulls.value).toBe(64);
});

test('more nodes never bring less traffic or take less time, a faster registry never more', () => {
  const fleet = fleetOfNodes(1200);
  const counts = fc.integer({ min: 1, max: 5000 });
  fc.assert(fc.property(counts, counts, fc.integer({ min: 1, max: 400 }), (nodes, more, gigabits) => {
    const [few, many, fast] = [[nodes, gigabits], [nodes + more, gigabits], [nodes, gigabits + 1]]
      .map(([n, registryGigabits]) => joinLoad({ fleet, place: 'web', nodes: n, parallelPulls: 5, registryGigabits }));
    for (const name of ['volume', 'firstImages', 'allImages', 'openPulls'] as const) { expect(many[name].value).toBeGreaterThanOrEqual(few[name].value); }
    expect(fast.allImages.value).toBeLessThanOrEqual(few.allImages.value);
    expect(few.firstImages.value).toBeLessThanOrEqual(few.allImages.value);
  }));
});
