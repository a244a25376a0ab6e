import { Size } from 'cdk8s';
import { DiskEncryption, DiskLayout, LocalDisks, LocalFilesystem, LocalVolumeMode, NodeFolder, ScratchDisks } from '../../src/cluster/local-disks';
import { MachineShape, MachineShapeProps } from '../../src/cluster/machine-shape';
import { NodePool } from '../../src/cluster/node-pool';

const GIB = Size.gibibytes;
const DISKS: LocalDisks = { count: 2, size: GIB(1000), byIdPattern: 'nvme-SAMSUNG_MZQL2*' };
const machine = (props: Partial<MachineShapeProps>) => MachineShape.of({ cpu: 16, memory: GIB(64), ...props });

describe('volumes of a machine', () => {
  test.each([
    ['whole disks', DiskLayout.wholeDisks(), 4, 4],
    ['two partitions on each', DiskLayout.partitions(GIB(400), GIB(400)), 4, 8],
    ['a stripe', DiskLayout.stripe(), 4, 1],
  ])('%s', (_, layout, disks, volumes) => { expect(layout.volumesOf(disks)).toBe(volumes); });

  test('partitions are whole mebibytes, as sfdisk aligns them', () => {
    expect(DiskLayout.partitions(Size.kibibytes(1024 * 600 + 1023), GIB(1)).partitionMebibytes).toEqual([600, 1024]);
  });
});

describe('names of disks', () => {
  test('Amazon and Google name their own', () => {
    const named = (type: string) => MachineShape.ofCloud(type, { localDisks: { count: 1, size: GIB(900) } }).localDisks!.byIdPattern;
    expect([named('i4i.4xlarge'), named('n2-standard-16')]).toEqual(['nvme-Amazon_EC2_NVMe_Instance_Storage_*', 'google-local-nvme-ssd-*']);
    expect(() => named('Standard_L16s_v3')).toThrow('localDisks.byIdPattern is missing');
  });

  test('a wide pattern is fine where the root disk has another name', () => {
    expect(machine({ rootDisk: 'ata-*', localDisks: { ...DISKS, byIdPattern: 'nvme-*' } }).localDisks!.byIdPattern).toBe('nvme-*');
  });

  test('two sets of one model and different sizes are told apart by size', () => {
    const scratchDisks = { count: 1, size: GIB(400), byIdPattern: 'nvme-SAMSUNG_*' };
    expect(machine({ localDisks: { ...DISKS, byIdPattern: 'nvme-SAMSUNG_*' }, scratchDisks }).scratchDisks).toEqual(scratchDisks);
  });
});

describe('refused', () => {
  test.each([
    ['a pattern of every disk', { byIdPattern: '*' }, 'localDisks.byIdPattern \'*\' names no model, so it would match the root disk of such a machine too; spell the model (nvme-SAMSUNG_MZQL2*), or say rootDisk'],
    ['a pattern of a whole bus', { byIdPattern: 'nvme-*' }, 'names no model'],
    ['no pattern', { byIdPattern: undefined }, 'localDisks.byIdPattern is missing: nothing is known of these disks\' names'],
    ['a device path', { byIdPattern: '/dev/nvme1n1' }, 'localDisks.byIdPattern must be a file name pattern of /dev/disk/by-id without slashes or spaces, got \'/dev/nvme1n1\''],
    ['a stripe of one disk', { count: 1, layout: DiskLayout.stripe() }, 'localDisks.layout: a stripe needs at least two disks, got 1; use DiskLayout.wholeDisks()'],
    ['partitions that do not fit', { layout: DiskLayout.partitions(GIB(600), GIB(400)) }, 'localDisks.layout: the partitions need 1024002Mi with their table, a disk has 1024000Mi; make them smaller or fewer'],
    ['a tiny partition', { layout: DiskLayout.partitions(Size.mebibytes(100)) }, 'a partition must have at least 512Mi'],
    ['raw volumes with a file system', { volumeMode: LocalVolumeMode.BLOCK, filesystem: LocalFilesystem.XFS },
      'localDisks.filesystem \'xfs\' makes no sense with LocalVolumeMode.BLOCK: pods get the raw device and write it themselves; leave filesystem out'],
    ['half a disk', { count: 0.5 }, 'localDisks.count must be a whole number between 1 and 64'],
    ['a disk of nothing', { size: Size.mebibytes(10) }, 'localDisks.size must be at least 1Gi, got 10Mi'],
  ] as Array<[string, Partial<LocalDisks>, string]>)('%s', (_, disks, message) => {
    expect(() => machine({ localDisks: { ...DISKS, ...disks } })).toThrow(message);
  });

  test('partitions to the last mebibyte fit', () => {
    expect(() => machine({ localDisks: { ...DISKS, layout: DiskLayout.partitions(GIB(500), Size.mebibytes(500 * 1024 - 2)) } })).not.toThrow();
    expect(() => machine({ localDisks: { ...DISKS, layout: DiskLayout.partitions(GIB(500), Size.mebibytes(500 * 1024 - 1)) } })).toThrow('the partitions need');
  });

  test('a pattern that meets the root disk\'s', () => {
    expect(() => machine({ rootDisk: 'nvme-SAMSUNG_MZ1L2960*', localDisks: { ...DISKS, byIdPattern: 'nvme-SAMSUNG_*' } }))
      .toThrow('localDisks.byIdPattern \'nvme-SAMSUNG_*\' and rootDisk \'nvme-SAMSUNG_MZ1L2960*\' can match the same name; make one of them narrower');
    expect(() => machine({ rootDisk: '/dev/sda', localDisks: DISKS })).toThrow('rootDisk must be a file name pattern');
  });

  test('two sets that could take the same disks', () => {
    expect(() => machine({ localDisks: DISKS, scratchDisks: { count: 1, size: GIB(1100), byIdPattern: 'nvme-SAMSUNG_*' } })).toThrow('localDisks and scratchDisks could take the same disks');
  });

  test.each([
    ['no folder', [], 'scratchDisks.holds must name at least one folder; leave it out for all'],
    ['logs without the kubelet\'s folder', [NodeFolder.IMAGES, NodeFolder.POD_LOGS], 'scratchDisks.holds: POD_LOGS without POD_DATA would not be counted'],
  ] as Array<[string, NodeFolder[], string]>)('scratch disks with %s', (_, holds, message) => {
    const scratchDisks: ScratchDisks = { count: 1, size: GIB(400), byIdPattern: 'nvme-INTEL_*', holds };
    expect(() => machine({ scratchDisks })).toThrow(message);
  });

  test.each(['relative', '/a b', '/etc/../x', '/', ''])('key file %j', path => {
    expect(() => DiskEncryption.keyFile(path)).toThrow('keyFile must be an absolute path without special characters');
  });

  test('a register that no TPM has', () => { expect(() => DiskEncryption.tpm([7, 24])).toThrow('pcrs must be a whole number between 0 and 23'); });
  test('a cut into nothing', () => { expect(() => DiskLayout.partitions()).toThrow('partitions needs at least one size'); });
  test('no attachment at all', () => { expect(() => machine({ attachableVolumes: 0 })).toThrow('attachableVolumes must be a whole number between 1 and 1024'); });

  test('all problems at once', () => {
    expect(() => machine({ localDisks: { count: 1, size: GIB(1), byIdPattern: '*', layout: DiskLayout.stripe() } })).toThrow(/2 problems[^]*names no model[^]*at least two disks/);
  });
});

describe('names of nodes', () => {
  const pool = (nodeNames: string[], nodes = 2) => NodePool.of('data', { nodes, machine: machine({}), nodeNames });
  test('are kept in one order', () => { expect(pool(['b', 'a']).nodeNames).toEqual(['a', 'b']); });
  test.each([
    [['a', 'b', 'c'], 'nodeNames names 3 nodes, the pool has 2; raise nodes or remove names'],
    [['a', 'a'], 'nodeNames: \'a\' stands there twice; a node registers once'],
    [['A'], 'nodeNames must be a DNS name in lower case, got "A"'],
  ])('%j are refused', (names, message) => { expect(() => pool(names)).toThrow(message); });
});
