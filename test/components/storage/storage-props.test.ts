import { Duration } from 'cdk8s';
import { emit, fleet, TWO_DISKS } from './storage-build';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { DiskEncryption, DiskLayout, LocalDisks, LocalFilesystem, LocalVolumeMode, NodeFolder, ScratchDisks } from '../../../src/cluster/local-disks';
import { BlockCleaning } from '../../../src/components/storage/block-cleaning';
import { LocalSsdStorageProps } from '../../../src/components/storage/local-ssd-storage';
import { LostNodes } from '../../../src/components/storage/lost-nodes';
import { NetworkStorageClass } from '../../../src/components/storage/network/network-storage-class';
import { schemaErrors } from '../../fixtures/upstream/validate';

const RAW = (release?: KubernetesRelease) => fleet(release, { localDisks: { ...TWO_DISKS, volumeMode: LocalVolumeMode.BLOCK } });

const ALL: Required<LocalSsdStorageProps> = {
  cluster: RAW(),
  pools: ['memory'],
  storageClassName: 'fast-disks',
  fsType: LocalFilesystem.XFS,
  minResyncPeriod: Duration.minutes(30),
  lostNodes: LostNodes.cleanUp(Duration.minutes(3)),
  blockCleaning: BlockCleaning.SHRED,
  cleaningJobs: true,
  networkClass: NetworkStorageClass.csi({ name: 'network', provisioner: 'rbd.csi.ceph.com', allowVolumeExpansion: false, retain: true }),
  furtherNetworkClasses: [NetworkStorageClass.ebs({ name: 'more', snapshots: {} })],
};

const written = (props: LocalSsdStorageProps) => { const { objects, files, pages } = emit(props); return { objects, files, pages }; };

test.each(Object.entries(ALL))('prop %s reaches the output', (name, given) => {
  const base = name === 'cluster' ? {} : { cluster: RAW() };
  expect(written({ ...base, [name]: given })).not.toEqual(written(base));
});

const DISKS: Required<LocalDisks> = {
  count: 3,
  size: TWO_DISKS.size,
  byIdPattern: 'nvme-SAMSUNG_*',
  filesystem: LocalFilesystem.XFS,
  encryption: DiskEncryption.tpm(),
  layout: DiskLayout.stripe(),
  volumeMode: LocalVolumeMode.BLOCK,
  retain: true,
};

test.each(Object.entries(DISKS).filter(([name]) => name !== 'size'))('localDisks.%s reaches the output', (name, given) => {
  const of = (disks: Partial<LocalDisks>) => written({ cluster: fleet(undefined, { localDisks: { ...TWO_DISKS, ...disks } }) });
  expect(of({ [name]: given })).not.toEqual(of({}));
});

const SCRATCH: Required<ScratchDisks> = {
  count: 3, size: TWO_DISKS.size, byIdPattern: 'nvme-SAMSUNG_*', filesystem: LocalFilesystem.EXT4, encryption: DiskEncryption.keyFile('/run/key'), holds: [NodeFolder.IMAGES],
};

test.each(Object.entries(SCRATCH).filter(([name]) => name !== 'size'))('scratchDisks.%s reaches the output', (name, given) => {
  const base = { count: 1, size: TWO_DISKS.size, byIdPattern: 'nvme-INTEL_*' };
  const of = (disks: Partial<ScratchDisks>) => written({ cluster: fleet(undefined, { localDisks: undefined, scratchDisks: { ...base, ...disks } }) });
  expect(of({ [name]: given })).not.toEqual(of({}));
});

test.each(KubernetesRelease.all().map(release => [release.version, release] as const))('%s knows every field', (version, release) => {
  const { objects } = emit({ ...ALL, cluster: RAW(release) }, storage => storage.addVolume('memory-1', { id: 'nvme-X_1', size: TWO_DISKS.size }));
  expect(objects.filter(object => object.kind !== 'VolumeSnapshotClass').flatMap(object => schemaErrors(version, object).map(error => `${object.kind}: ${error}`))).toEqual([]);
});

test('the same input gives the same output', () => { expect(written(ALL)).toEqual(written(ALL)); });

test('given numbers replace derivations and keep their mark', () => {
  expect(emit(ALL).storage.derivations.find(derivation => derivation.id === 'storage/provisioner-min-resync')).toMatchObject({ value: 1800, confidence: 'given by the user' });
});

test('each number stands once', () => {
  const ids = emit(ALL).storage.derivations.map(derivation => derivation.id);
  expect(ids).toEqual([...new Set(ids)]);
});

describe('refused', () => {
  test.each([
    ['an unknown pool', { pools: ['memroy'] }, 'pools: the cluster has no pool "memroy"; it has \'memory\', \'database\', \'general\''],
    ['a pool without disks', { pools: ['general'] }, 'pools: the machines of pool \'general\' have no local disks; set localDisks in their MachineShape or leave the pool out'],
    ['no pool at all', { pools: [] }, 'pools must name at least one pool; leave it out to take every pool with local disks'],
    ['a class name that would leave its folder', { storageClassName: '../../etc' }, 'storageClassName must be a DNS name in lower case, got "../../etc"'],
    ['a class name with a line break', { storageClassName: 'a\nb' }, 'storageClassName must be a DNS name in lower case, got "a\\nb"'],
    ['a resync every second', { minResyncPeriod: Duration.seconds(1) }, 'minResyncPeriod must be between 60 and 86400 (seconds), got 1'],
    ['no time to come back', { lostNodes: LostNodes.cleanUp(Duration.seconds(0)) }, 'lostNodes.delay must be between 60 and 86400 (seconds that a deleted node gets to come back), got 0'],
    ['cleaning of raw volumes that nobody has', { blockCleaning: BlockCleaning.ZERO }, 'blockCleaning: no pool has raw volumes; leave it out, or set volumeMode of localDisks to LocalVolumeMode.BLOCK'],
    ['jobs for them', { cleaningJobs: true }, 'cleaningJobs: no pool has raw volumes, and files are deleted by the provisioner itself; leave it out'],
  ] as Array<[string, LocalSsdStorageProps, string]>)('%s', (_, props, message) => {
    expect(() => emit({ cluster: fleet(), ...props })).toThrow(`LocalSsdStorage: ${message}`);
  });

  test('all problems at once', () => {
    expect(() => emit({ cluster: fleet(), pools: ['x', 'general'], storageClassName: 'A' })).toThrow(/3 problems[^]*storageClassName[^]*"x"[^]*'general'/);
  });
});
