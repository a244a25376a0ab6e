import { spawnSync } from 'child_process';
import { Size } from 'cdk8s';
import { constants, emit, fleet, SCRIPT, TWO_DISKS, withDisks } from './storage-build';
import { DiskEncryption, DiskLayout, LocalFilesystem, LocalVolumeMode, NodeFolder } from '../../../src/cluster/local-disks';
import { LocalSsdStorage } from '../../../src/components/storage/local-ssd-storage';

const GIB = Size.gibibytes;
const UNITS = '/etc/systemd/system/thousand-node-local-disks';
const scriptOf = (disks = {}) => constants(emit({ cluster: withDisks(disks) }).files[SCRIPT]);

describe('files of a machine', () => {
  const { files } = emit({ cluster: fleet() });
  const script = files[SCRIPT];

  test('script and units on every pool with disks, nothing on others', () => {
    expect(Object.keys(files).sort()).toEqual(['database', 'memory'].flatMap(pool => [
      `pools/${pool}${UNITS}-check.service`, `pools/${pool}${UNITS}-check.timer`, `pools/${pool}${UNITS}.service`, `pools/${pool}/usr/local/sbin/thousand-node-local-disks`,
    ]));
  });

  test('runs before the kubelet at every boot', () => {
    for (const line of ['Before=kubelet.service', 'Type=oneshot', 'ExecStart=/usr/local/sbin/thousand-node-local-disks', 'TimeoutStartSec=300', 'WantedBy=multi-user.target']) {
      expect(files[`pools/memory${UNITS}.service`].split('\n')).toContain(line);
    }
  });

  test('a timer looks at wear and errors, and no look is a failed unit', () => {
    expect(files[`pools/memory${UNITS}-check.timer`].split('\n')).toEqual(expect.arrayContaining(['OnUnitActiveSec=900', 'RandomizedDelaySec=225', 'WantedBy=timers.target']));
    expect(files[`pools/memory${UNITS}-check.service`].split('\n')).toEqual(expect.arrayContaining(['ExecStart=/usr/local/sbin/thousand-node-local-disks --check', 'SuccessExitStatus=1']));
  });

  test('finds disks by id and size, and names no device (STORAGE-04)', () => {
    // 1 TiB less and more a tenth, by hand.
    expect(constants(script)).toMatchObject({ BY_ID_PATTERN: 'nvme-Amazon_EC2_NVMe_Instance_Storage_*', DISK_COUNT: '2', LEAST_BYTES: '989560464998', MOST_BYTES: '1209462790553', VOLUME_COUNT: '2' });
    expect(script).not.toMatch(/\/dev\/(nvme|sd|vd|xvd)/);
  });

  test('no tool is told to overwrite what it refuses', () => {
    // Oracle: -f of mkfs.xfs, -F of mkfs.ext4, --force of wipefs, mdadm, sfdisk and umount.
    expect(script.match(/^.*\b(mkfs|wipefs|mdadm|sfdisk|umount|cryptsetup)\b.*( -f | -F | --force\b).*$/gm)).toBeNull();
  });

  test('one program for every set of disks: only the constants differ', () => {
    const program = (text: string) => text.slice(text.indexOf('usage() {'));
    const others = [
      { layout: DiskLayout.stripe() }, { volumeMode: LocalVolumeMode.BLOCK }, { encryption: DiskEncryption.tpm() },
    ].map(disks => emit({ cluster: withDisks(disks) }).files[SCRIPT]);
    for (const other of others) { expect(program(other)).toBe(program(script)); }
  });

  const bash = spawnSync('bash', ['--version']).status === 0;
  (bash ? test : test.skip)('bash reads it without complaint', () => {
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('what is said of the disks reaches the script', () => {
  test.each([
    ['whole disks', {}, { LAYOUT: 'whole', PARTITIONS: '', VOLUME_MODE: 'Filesystem', FILESYSTEM: 'ext4', ENCRYPTION: 'none', TARGET_DIR: '/mnt/local-disks/local-ssd' }],
    ['a file system of the pool', { filesystem: LocalFilesystem.XFS }, { FILESYSTEM: 'xfs' }],
    ['partitions', { layout: DiskLayout.partitions(GIB(400), GIB(600)) }, { LAYOUT: 'partitions', PARTITIONS: '409600 614400', VOLUME_COUNT: '4' }],
    ['a stripe', { layout: DiskLayout.stripe() }, { LAYOUT: 'stripe', VOLUME_COUNT: '1' }],
    ['raw volumes', { volumeMode: LocalVolumeMode.BLOCK }, { VOLUME_MODE: 'Block', FILESYSTEM: '', TARGET_DIR: '/mnt/local-disks/local-ssd-block' }],
    ['retained volumes', { retain: true }, { TARGET_DIR: '/mnt/local-disks/local-ssd-retain' }],
    ['a key file', { encryption: DiskEncryption.keyFile('/run/keys/disks') }, { ENCRYPTION: 'key-file', KEY_FILE: '/run/keys/disks' }],
    ['a TPM', { encryption: DiskEncryption.tpm([7, 4, 7]) }, { ENCRYPTION: 'tpm', TPM_PCRS: '4+7' }],
  ])('%s', (_, disks, expected) => { expect(scriptOf(disks)).toMatchObject(expected); });

  test('the mark fits the shorter limit, that of XFS, and differs between classes', () => {
    const marks = [
      scriptOf(), scriptOf({ retain: true }), scriptOf({ volumeMode: LocalVolumeMode.BLOCK }), constants(emit({ cluster: fleet(), storageClassName: 'fast-disks-of-the-shop' }).files[SCRIPT]),
      constants(emit({ cluster: fleet(), storageClassName: 'fast-disks-of-the-ship' }).files[SCRIPT]),
    ].map(({ LABEL }) => LABEL);
    expect(marks[0]).toBe('tn-local-ssd');
    expect(new Set(marks).size).toBe(5);
    for (const mark of marks) { expect(mark.length).toBeLessThanOrEqual(12); }
  });
});

describe('disks that nodes use themselves', () => {
  const scratchDisks = { count: 2, size: GIB(800), byIdPattern: 'nvme-INTEL_*' };
  const SCRATCH = 'pools/memory/usr/local/sbin/thousand-node-scratch-disks';
  const emitted = (more = {}) => emit({ cluster: fleet(undefined, { localDisks: undefined, scratchDisks: { ...scratchDisks, ...more } }) });

  test('are one file system under images, emptyDir and logs', () => {
    expect(constants(emitted().files[SCRATCH])).toMatchObject({
      PURPOSE: 'node', LAYOUT: 'stripe', FILESYSTEM: 'xfs', LABEL: 'tn-scratch', VOLUME_COUNT: '1', TARGET_DIR: '/mnt/scratch-disks', NODE_FOLDERS: '/var/lib/containerd /var/lib/kubelet /var/log/pods', STATIC_TABLE: '/dev/null',
    });
    expect(constants(emitted({ count: 1, filesystem: LocalFilesystem.EXT4, holds: [NodeFolder.IMAGES] }).files[SCRATCH])).toMatchObject({ LAYOUT: 'whole', FILESYSTEM: 'ext4', NODE_FOLDERS: '/var/lib/containerd' });
  });

  test('are ready before the runtime starts', () => {
    expect(emitted().files['pools/memory/etc/systemd/system/thousand-node-scratch-disks.service'].split('\n')).toContain('Before=containerd.service kubelet.service');
  });

  test('are no volumes: no provisioner runs for them', () => {
    const { storage, objects } = emitted();
    expect(storage.pools).toEqual(['database']);
    expect(objects.filter(object => object.kind === 'DaemonSet').map(object => object.metadata.name)).toEqual(['local-volume-provisioner-database']);
    expect(storage.logStreams.map(stream => stream.name)).toEqual(['local-disks', 'scratch-disks']);
  });
});

describe('volumes that are written by hand', () => {
  const disk = { id: 'nvme-SAMSUNG_MZQL2_S64GNE0R1', size: Size.tebibytes(1) };
  const by = (work: (storage: LocalSsdStorage) => void) => emit({ cluster: fleet() }, work);
  const TABLE = 'pools/memory/etc/thousand-node/local-volumes.tsv';

  test('an object with the affinity of its node, kept when its claim goes, at the path that the machine mounts', () => {
    const { objects, files } = by(storage => storage.addVolume('memory-1', { ...disk, claim: 'shop/data-postgres-0' }));
    const volume = objects.find(object => object.kind === 'PersistentVolume')!;
    const [node, id, uuid, least, most, filesystem] = files[TABLE].trim().split('\t');
    expect([node, id, least, most, filesystem]).toEqual(['memory-1', disk.id, '989560464998', '1209462790553', 'ext4']);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(volume.metadata.labels).toMatchObject({ 'thousand-node.io/pool': 'memory', 'kubernetes.io/hostname': 'memory-1' });
    expect(volume.spec).toEqual({
      storageClassName: 'local-ssd-retain',
      // 1 TiB is 1,048,576 MiB, nine tenths of it are promised.
      capacity: { storage: '943718Mi' },
      accessModes: ['ReadWriteOnce'],
      volumeMode: 'Filesystem',
      persistentVolumeReclaimPolicy: 'Retain',
      local: { path: `/mnt/local-volumes/${uuid}`, fsType: 'ext4' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data-postgres-0' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['memory-1'] }] }] } },
    });
    expect(objects.filter(object => object.kind === 'StorageClass').map(object => object.metadata.name).sort()).toEqual(['local-ssd', 'local-ssd-retain']);
  });

  test('its identity follows from cluster, node and disk, in any order of calls', () => {
    const table = (ids: string[]) => by(storage => ids.forEach(id => storage.addVolume('memory-1', { ...disk, id }))).files[TABLE];
    expect(table(['nvme-A_1', 'nvme-B_2'])).toBe(table(['nvme-B_2', 'nvme-A_1']));
  });

  test('lies outside of the folders that a provisioner searches', () => {
    const { STATIC_DIR, TARGET_DIR } = constants(by(storage => storage.addVolume('memory-1', disk)).files[SCRIPT]);
    expect(STATIC_DIR.startsWith(TARGET_DIR) || TARGET_DIR.startsWith(STATIC_DIR)).toBe(false);
  });

  test('a pool without disks of its own gets the script for it, with no pattern to match', () => {
    const { files } = by(storage => storage.addVolume('general-1', disk));
    expect(constants(files['pools/general/usr/local/sbin/thousand-node-local-disks'])).toMatchObject({ DISK_COUNT: '0', BY_ID_PATTERN: '', VOLUME_COUNT: '0' });
  });

  test('a node of the pool gets about 125 bytes for each, all nodes the same', () => {
    const bytes = (count: number) => by(storage => {
      for (let i = 0; i < count; i++) { storage.addVolume(i % 2 === 0 ? 'memory-1' : 'memory-2', { ...disk, id: `nvme-SAMSUNG_MZQL21T9HCJR-00A07_S64GNE0R${100_000 + i}` }); }
    }).files[TABLE].length;
    // Columns by hand: 8 node, 46 disk, 36 UUID, 12 and 13 bytes, 4 type, 5 tabs, 1 line end.
    expect(bytes(1)).toBe(8 + 46 + 36 + 12 + 13 + 4 + 5 + 1);
    expect(bytes(100)).toBe(100 * bytes(1));
  });

  test.each([
    ['an unknown node', 'memory-9', disk, 'addVolume: no pool has a node "memory-9"; known are memory-1, memory-2, general-1'],
    ['a device name', 'memory-1', { ...disk, id: 'nvme1n1' }, 'addVolume: disk.id "nvme1n1" is a device name, which another disk may have after a reboot; use its name below /dev/disk/by-id'],
    ['a device path', 'memory-1', { ...disk, id: '/dev/sdb' }, 'addVolume: disk.id "/dev/sdb" is a device name'],
    ['a pattern', 'memory-1', { ...disk, id: 'nvme-SAMSUNG_*' }, 'addVolume: disk.id must be one name below /dev/disk/by-id, without wildcards'],
    ['a partition', 'memory-1', { ...disk, id: 'nvme-SAMSUNG_1-part2' }, 'is a partition; name the disk'],
    ['no size', 'memory-1', { ...disk, size: Size.mebibytes(1) }, 'addVolume: disk.size must be at least 1Gi'],
    ['a claim without namespace', 'memory-1', { ...disk, claim: 'data' }, 'addVolume: disk.claim must be namespace/name, got "data"'],
  ])('refused: %s', (_, node, wrong, message) => { expect(() => by(storage => storage.addVolume(node, wrong))).toThrow(message); });

  test('refused: a disk twice, a claim twice, and nothing of it is written', () => {
    const twice = (second: object) => by(storage => {
      storage.addVolume('memory-1', { ...disk, claim: 'shop/data' });
      expect(() => storage.addVolume('memory-2', { ...disk, ...second })).toThrow(/is a volume already, on node "memory-1"|has a volume already, local-memory-1-/);
    }).objects.filter(object => object.kind === 'PersistentVolume').length;
    expect([twice({}), twice({ id: 'nvme-OTHER_1', claim: 'shop/data' })]).toEqual([1, 1]);
  });

  test('refused where no pool names its nodes', () => {
    expect(() => emit({}, storage => storage.addVolume('node-1', disk))).toThrow('addVolume: node "node-1" cannot be checked, no pool names its nodes; set nodeNames of its NodePool');
  });
});

test('disks of a pool that is not chosen stay alone', () => {
  expect(Object.keys(emit({ cluster: fleet(), pools: ['memory'] }).files).filter(path => path.startsWith('pools/database'))).toEqual([]);
  expect(TWO_DISKS.count).toBe(2);
});
