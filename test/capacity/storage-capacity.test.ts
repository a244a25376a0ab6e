import { Size } from 'cdk8s';
import { nodeAgentMaxUnavailable } from '../../src/capacity/node-agent-rollout';
import * as storage from '../../src/capacity/storage-capacity';
import { DiskLayout } from '../../src/cluster/local-disks';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool } from '../../src/cluster/node-pool';

const MIB = 1024 ** 2;

test.each([
  [100, 300, 'upstream\'s default'],
  [225, 300, '225 / 0.75 = 300'],
  [256, 360, '341.3 rounded up to minutes'],
  [1200, 1620, '1,600 rounded up to minutes'],
  [5000, 6720, '6,667 rounded up to minutes'],
])('%i provisioners resync after %i s at the earliest (%s)', (provisioners, seconds) => {
  expect(storage.provisionerMinResync(provisioners).value).toBe(seconds);
});

test.each([
  [0, 1200, 48, '32 + 120/128 = 32.9'],
  [512, 36_000, 80, '32 + 4,112/128 = 64.1'],
  [2400, 36_000, 80, '32 + 6,000/128 = 78.9'],
  [10_000, 150_000, 240, '32 + 25,000/128 = 227.3'],
])('%i local volumes beside %i pods need %i MiB (%s)', (volumes, pods, mebibytes) => {
  expect(storage.provisionerMemory(volumes, pods).value).toBe(mebibytes * MIB);
});

test('volumes are counted over pools, watch events over provisioners', () => {
  const pool = (name: string, nodes: number, count: number) => NodePool.of(name, {
    nodes, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64), localDisks: { count, size: Size.tebibytes(1), byIdPattern: 'nvme-SAMSUNG_*' } }),
  });
  const pools = [pool('memory', 256, 2), pool('cache', 128, 1)];
  const volumes = storage.localVolumes(pools);
  expect(volumes.value).toBe(640);
  expect(storage.provisionerCount(pools).value).toBe(384);
  expect(storage.volumeWatchEvents(volumes, storage.provisionerCount(pools)).value).toBe(245_760); // 640 x 384
  expect([storage.localVolumes([]).value, storage.provisionerCount([]).value]).toEqual([0, 0]);
});

test('a disk sold in decimal units counts as the binary size that was declared, its half and double do not', () => {
  const { least, most } = storage.acceptedDiskBytes('memory', Size.tebibytes(1));
  const accepted = (bytes: number) => bytes >= least.value && bytes <= most.value;
  expect([1e12, 2 ** 40, 0.5e12, 2e12].map(accepted)).toEqual([true, true, false, false]);
});

test.each([
  [1, 180], [2, 300], [8, 1020],
])('%i disks may take %i s to prepare', (disks, seconds) => {
  expect(storage.diskPreparationTimeout('memory', disks).value).toBe(seconds);
  expect(storage.diskSettleTimeout().value).toBeLessThan(seconds);
});

test.each([
  [40, 25, 'three quarters stay'], [200, 25, '50 capped'], [500, 20, '100 nodes'], [1000, 10, '100 nodes'],
  [1200, 8, '96 nodes'], [5000, 2, '100 nodes'], [10_000, 1, '100 nodes'], [20_000, 1, 'least'],
])('of %i nodes %i %% restart an agent at once (%s)', (nodes, percent) => {
  expect(nodeAgentMaxUnavailable('test/rollout', nodes).value).toBe(percent);
});

test.each([
  ['whole disks', DiskLayout.wholeDisks(), 2, 2],
  ['three partitions on each of two', DiskLayout.partitions(Size.gibibytes(300), Size.gibibytes(300), Size.gibibytes(300)), 2, 6],
  ['a stripe of four', DiskLayout.stripe(), 4, 1],
])('%s are so many volumes of a machine, and of each node of the pool', (_, layout, count, volumes) => {
  const pool = NodePool.of('memory', { nodes: 100, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64), localDisks: { count, size: Size.tebibytes(1), byIdPattern: 'nvme-SAMSUNG_*', layout } }) });
  expect([storage.poolVolumes(pool).value, storage.localVolumes([pool]).value]).toEqual([volumes, 100 * volumes]);
});

test.each([
  [0, 100, 3000, 64, '48 + (2,400 + 300 x 12) / 1,024 = 53.9'],
  [2400, 1200, 36_000, 160, '48 + (28,800 + 6,000 x 12) / 1,024 = 146.4'],
  [10_000, 5000, 150_000, 464, '48 + (120,000 + 25,000 x 12) / 1,024 = 458.2'],
])('the cleanup controller of %i local volumes, %i nodes and %i pods has %i MiB (%s)', (volumes, nodes, pods, mebibytes) => {
  expect(storage.cleanupMemory(volumes, nodes, pods).value).toBe(mebibytes * MIB);
});

test('a deleted node gets longer to come back than upstream gives it, and looks are rarer than their timeout', () => {
  expect(storage.lostNodeDelay().value).toBeGreaterThan(60);
  expect(storage.diskLookPeriod().value).toBeGreaterThan(storage.diskSettleTimeout().value);
});
