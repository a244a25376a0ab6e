import { Size } from 'cdk8s';
import fc from 'fast-check';
import { conntrackMax, kernelSettings, largestJoinWave, pullRateOfWave, neighboursOf, neighbourTable, openFiles } from '../../src/capacity/host-capacity';
import {
  evictionMemory, kubeReservedCpu, kubeReservedMemory, largeReservationNote,
  podDensityNotes, reservedThreads, systemReservedCpu, systemReservedMemory, withheldMemory,
} from '../../src/capacity/kubelet-capacity';
import { controlPlaneMaxPods, imageCollection, parallelImagePulls, registryRate, shutdownGrace, shutdownGraceCritical } from '../../src/capacity/kubelet-work-capacity';
import { logRotationWorkers } from '../../src/capacity/log-file-capacity';
import { MachineShape } from '../../src/cluster/machine-shape';
import { NodePool, PoolKind } from '../../src/cluster/node-pool';

describe('reservations', () => {
  test.each([
    // cores, millicores, oracle: EKS' published curve, by hand
    [1, 60, '60'],
    [2, 70, '60 + 10'],
    [3, 75, '60 + 10 + 5'],
    [4, 80, '60 + 10 + 5 + 5'],
    [5, 83, '80 + 2.5, rounded up'],
    [16, 110, '80 + 12 x 2.5'],
    [64, 230, '80 + 60 x 2.5'],
    [96, 310, '80 + 92 x 2.5'],
  ])('%i cores reserve %i millicores (%s)', (cores, millicores) => {
    expect(kubeReservedCpu('p', cores).value).toBe(millicores);
  });

  test.each([
    // pods, GiB, MiB, oracle
    [110, 4, 1465, 'EKS 11 x 110 + 255; AKS is cut to a quarter: 1024'],
    [58, 128, 1154, 'AKS (20 x 58 + 50) MB = 1210 MB = 1153.9 MiB'],
    [110, 64, 2146, 'AKS (20 x 110 + 50) MB = 2250 MB = 2145.8 MiB'],
    [250, 64, 4817, 'AKS 5050 MB = 4816.1 MiB, EKS 3005 MiB'],
  ])('%i pods on %i GiB reserve %i MiB (%s)', (pods, gibibytes, mebibytes) => {
    expect(kubeReservedMemory('p', pods, gibibytes * 1024).value).toBe(mebibytes);
  });

  test('more pods never reserve less', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2048, max: 4_000_000 }), (pods, memory) =>
      kubeReservedMemory('p', pods + 1, memory).value >= kubeReservedMemory('p', pods, memory).value));
  });

  test.each([
    // threads, threads per core, reserved, oracle
    [4, 1, 1, '80m + 100m round up to one core'],
    [8, 2, 2, 'one physical core has two threads'],
    [64, 2, 2, '230m + 100m'],
    [64, 1, 1, '230m + 100m on a machine without hyper-threading'],
    [512, 2, 2, '1350m + 100m = two threads'],
    [1024, 2, 4, '2630m + 100m = three threads, whole cores make four'],
  ])('%i threads, %i a core, keep %i for the system (%s)', (threads, perCore, reserved) => {
    expect(reservedThreads('p', perCore, kubeReservedCpu('p', threads), systemReservedCpu('p')).value).toBe(reserved);
  });

  test('eviction starts between 100 and 500 MiB', () => {
    expect([4, 16, 64, 512].map(gibibytes => evictionMemory('p', gibibytes * 1024).value)).toEqual([100, 163, 500, 500]);
  });

  test('what is withheld is the sum that the memory manager checks', () => {
    const withheld = withheldMemory('p', kubeReservedMemory('p', 110, 65_536), systemReservedMemory('p'), evictionMemory('p', 65_536));
    expect(withheld.value).toBe(2146 + 200 + 500);
    expect(withheld.from).toHaveLength(3);
  });

  test('more than 15 % of a machine is worth a note, 15 % is not', () => {
    const withheld = withheldMemory('p', kubeReservedMemory('p', 110, 16_384), systemReservedMemory('p'), evictionMemory('p', 16_384));
    expect(largeReservationNote('small', withheld, 16_384)).toBe(`pool 'small': ${withheld.value} of 16384 MiB (15 %) are withheld from pods; use larger machines or fewer pods per node`);
    expect(largeReservationNote('exact', { ...withheld, value: 1500 }, 10_000)).toBeUndefined();
    expect(largeReservationNote('above', { ...withheld, value: 1501 }, 10_000)).toContain('15 %');
  });
});

describe('pods and processes', () => {
  const pool = (cpu: number, maxPods: number) => NodePool.of('p', { nodes: 1, maxPods, machine: MachineShape.of({ cpu, memory: Size.gibibytes(64) }) });

  test('the tested envelope is min(110, 10 x cores) (KUBELET-01, KUBELET-02)', () => {
    expect(podDensityNotes(pool(16, 110))).toEqual([]);
    expect(podDensityNotes(pool(8, 81))).toEqual([expect.stringContaining('10 per core (80)')]);
    expect(podDensityNotes(pool(64, 250))).toEqual([expect.stringContaining('above 110')]);
    expect(podDensityNotes(pool(8, 250))).toHaveLength(2);
    expect(controlPlaneMaxPods(4).value).toBe(40);
    expect(controlPlaneMaxPods(32).value).toBe(110);
  });

  test('pulls stay within 3 to 10 (KEP-3673)', () => {
    expect(Object.values(PoolKind).map(kind => parallelImagePulls('p', kind).value).every(value => value >= 3 && value <= 10)).toBe(true);
  });

  test('images are collected before the disk evicts pods, and never to a threshold above where it starts', () => {
    // evictionHard imagefs.available 15 %: pods are evicted from 85 % on
    for (const kind of Object.values(PoolKind)) {
      const { high, low, age } = imageCollection('p', kind);
      expect(high.value).toBeLessThan(85);
      expect(low.value).toBeLessThan(high.value);
      expect(age.value).toBe(7 * 24);
    }
    expect([PoolKind.GENERAL, PoolKind.GPU].map(kind => imageCollection('p', kind).low.value)).toEqual([70, 60]);
  });

  test('the rate of pulls is upstream\'s, and times the nodes of a wave it is what the registry sees', () => {
    // Oracle: SetDefaults_KubeletConfiguration
    const { qps, burst } = registryRate('p');
    expect([qps.value, burst.value]).toEqual([5, 10]);
    expect([10, 38, 120].map(nodes => pullRateOfWave('p', nodes, qps).value)).toEqual([50, 190, 600]);
  });

  test('one log worker per 40 pods', () => {
    expect([58, 110, 250].map(pods => logRotationWorkers('p', pods).value)).toEqual([2, 3, 7]);
  });
});

test('critical pods get the last third of the shutdown, whole seconds', () => {
  expect([shutdownGraceCritical('p', shutdownGrace('p')), shutdownGraceCritical('p', 100)].map(({ value }) => value)).toEqual([20, 33]);
});

test.each([[0, 1], [9, 1], [10, 1], [19, 1], [20, 2], [384, 38]])('of %i nodes %i join at a time: a tenth, at least one', (nodes, wave) => {
  expect(largestJoinWave('p', nodes).value).toBe(wave);
});

describe('kernel', () => {
  test('a service may open half of the files of the machine: 2,097,152 / 2', () => {
    expect(openFiles().value).toBe(1_048_576);
  });

  test('the neighbour table holds every machine', () => {
    expect(neighbourTable('p', 1313).hard.value).toBe(16_384);
    expect(neighbourTable('p', 8000).hard.value).toBe(16_384);
    expect(neighbourTable('p', 8001).hard.value).toBe(100_000);
  });

  test.each([[2, 131_072], [4, 131_072], [16, 524_288], [32, 1_048_576], [64, 1_048_576]])('%i cores track %i connections', (cores, entries) => {
    expect(conntrackMax('p', cores).value).toBe(entries);
  });

  test('the six settings that the kubelet checks have the values it demands', () => {
    // Oracle: desiredState of pkg/kubelet/cm/container_manager_linux.go with the constants of component-helpers node/util/sysctl.
    const settings = kernelSettings('p', 16, neighboursOf('p', 1203, 110), { first: 30000, last: 32767 }, [9100, 6443], false);
    expect(Object.fromEntries(settings.map(({ key, value }) => [key, value]))).toMatchObject({
      'vm.overcommit_memory': '1',
      'vm.panic_on_oom': '0',
      'kernel.panic': '10',
      'kernel.panic_on_oops': '1',
      'kernel.keys.root_maxkeys': '1000000',
      'kernel.keys.root_maxbytes': '25000000',
      'net.ipv4.ip_local_reserved_ports': '6443,9100,30000-32767',
    });
    expect(settings.map(({ key }) => key)).not.toContain('net.ipv6.conf.all.forwarding');
  });
});
