import { Size } from 'cdk8s';
import { DiskFiles, TWO_DISKS } from './disk-files';
import { Findings } from './findings';
import { GuestMachine, guestSkip, Step } from './guest-machine';
import { DiskEncryption, DiskLayout, LocalDisks, LocalFilesystem, LocalVolumeMode } from '../../../src/cluster/local-disks';
import { Check } from '../../check';

/** How a scenario differs from the plain one. */
interface Life {
  readonly volumes: number;
  /** Commands before the script at every boot. */
  readonly prepare?: string;
  /** Words of the script. */
  readonly words?: string;
  /** Further programs. */
  readonly needs?: string[];
  /** A further disk, by its serial number. */
  readonly besides?: string;
  /** Bytes of each disk. @default - a gibibyte */
  readonly bytes?: number;
}

const identities = (step: Step) => [...step.output.matchAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g)].map(match => match[0]).sort().join();
const lines = (step: Step) => step.output.trim().split('\n').filter(line => line.trim() !== '');

/** A first boot of raw disks, a second run, a boot in another order: for one way to use them. */
function lifeOfDisks(id: string, about: string, localDisks: LocalDisks, life: Life): Check {
  return {
    id,
    drill: '5',
    judge: 'component',
    component: 'linux',
    skip: () => guestSkip(...(life.needs ?? [])),
    run: async scene => {
      const files = DiskFiles.write(scene, id, { localDisks });
      const script = `thousand-node-local-disks${life.words ?? ''}`;
      const guest = new GuestMachine(scene, id);
      const disks = [guest.disk('DRILL_SSD_A', life.bytes), guest.disk('DRILL_SSD_B', life.bytes)];
      const root = guest.disk('DRILL_SSD_ROOT');
      const besides = life.besides === undefined ? [] : [guest.disk(life.besides)];
      // The root disk of this machine: same model, same size, in use.
      const prepare = `${files.install}
mkdir -p /mnt/root
disk() { readlink -f "/dev/disk/by-id/nvme-$1"; }
[ -n "$(blkid -p -s TYPE -o value "$(disk DRILL_SSD_ROOT)")" ] || mkfs.ext4 -q -L root "$(disk DRILL_SSD_ROOT)"
mount "$(disk DRILL_SSD_ROOT)" /mnt/root
${life.prepare ?? ''}`;
      const list = 'step list sh -c \'cd /mnt/local-disks/* && ls -1\'';
      const whole = 'step root sh -c \'cat /mnt/root/file; umount /mnt/root; fsck.ext4 -fn "$(readlink -f /dev/disk/by-id/nvme-DRILL_SSD_ROOT)"\'';
      const first = new Findings(await guest.boot([root, ...disks, ...besides], `${prepare}
echo system > /mnt/root/file
step plan ${script} --dry-run
step untouched sh -c 'wipefs --no-act --noheadings /dev/ubdb /dev/ubdc | wc -l'
step first ${script}
${list}
step write sh -c 'for entry in /mnt/local-disks/*/*; do if [ -d "$entry" ]; then echo data > "$entry/file"; else printf data | dd of="$entry" conv=notrunc status=none; fi; done'
step second ${script}
step look ${script} --check
step numbers sh -c 'cat /var/lib/thousand-node/metrics/*_disks.prom'
${whole}`));
      first.exit('plan', 0);
      first.says('plan', /would/);
      first.expect('a dry run leaves blank disks blank', first.step('untouched').output.trim() === '0', 'untouched', 'plan');
      first.exit('first', 0);
      first.expect(`${life.volumes} volumes`, lines(first.step('list')).length === life.volumes, 'list', 'first');
      first.exit('write', 0);
      first.exit('second', 0);
      first.silent('second', /: run: |would/);
      first.exit('look', 0);
      first.says('numbers', new RegExp(`state="volumes"} ${life.volumes}\n`));
      first.says('numbers', /state="faults"} 0/);
      first.exit('root', 0);
      first.says('root', /^system/);
      if (!first.isEmpty) { return Findings.outcome('', first); }
      const again = new Findings(await guest.boot([disks[1], ...besides, root, disks[0]], `${prepare}
step first ${script}
${list}
step read sh -c 'for entry in /mnt/local-disks/*/*; do if [ -d "$entry" ]; then cat "$entry/file"; else dd if="$entry" bs=4 count=1 status=none; echo; fi; done'
step second ${script}
${whole}`));
      again.exit('first', 0);
      again.silent('first', /mkfs|luksFormat|--create|sfdisk/);
      again.expect('the same paths after a boot in another order', identities(again.step('list')) === identities(first.step('list')) && identities(again.step('list')).length > 30, 'list', 'first');
      again.expect('the data of each volume', lines(again.step('read')).length === life.volumes && lines(again.step('read')).every(line => line === 'data'), 'read');
      again.silent('second', /: run: |would/);
      again.exit('root', 0);
      again.says('root', /^system/);
      return Findings.outcome(`${about}: prepared once, same paths and data after a boot in another order, a second run changes nothing, the root disk of the same model is whole`, first, again);
    },
  };
}

const KEY = `mkdir -p /etc/thousand-node
head -c 32 /dev/zero | tr '\\0' k > /etc/thousand-node/disks.key
chmod 0400 /etc/thousand-node/disks.key`;

// The TPM is a program; its memory lies on a disk of its own, so that it outlives the boot as a chip does. A resource manager stands before it, as the
// kernel's does before a chip: without one its few sessions are used up after the first disk.
const TPM = `[ -n "$(blkid -p -s TYPE -o value "$(disk CHIP)")" ] || mkfs.ext4 -q "$(disk CHIP)"
mkdir -p /mnt/chip /run/dbus
mount "$(disk CHIP)" /mnt/chip
dbus-daemon --system --fork
swtpm socket --tpm2 --tpmstate dir=/mnt/chip --server type=tcp,port=2321 --ctrl type=tcp,port=2322 --flags startup-clear,not-need-init --daemon
sleep 1
tpm2-abrmd --allow-root --tcti=swtpm:host=127.0.0.1,port=2321 > /dev/null &
sleep 3`;

/** The preparation script on machines with a kernel of their own, from raw disks to volumes and over a boot in another order. */
export const hostChecks: Check[] = [
  lifeOfDisks('disks-ext4', 'two disks, ext4', TWO_DISKS, { volumes: 2 }),
  lifeOfDisks('disks-xfs', 'two disks, XFS', { ...TWO_DISKS, filesystem: LocalFilesystem.XFS }, { volumes: 2 }),
  lifeOfDisks('disks-stripe', 'a stripe of two disks, XFS', { ...TWO_DISKS, layout: DiskLayout.stripe(), filesystem: LocalFilesystem.XFS }, { volumes: 1 }),
  lifeOfDisks('disks-partitions', 'two disks in two partitions each, ext4', { ...TWO_DISKS, size: Size.mebibytes(1100), layout: DiskLayout.partitions(Size.mebibytes(512), Size.mebibytes(586)) }, { volumes: 4, bytes: 1100 * 1024 ** 2 }),
  lifeOfDisks('disks-raw', 'two raw disks', { ...TWO_DISKS, volumeMode: LocalVolumeMode.BLOCK }, { volumes: 2 }),
  lifeOfDisks('disks-raw-stripe', 'a raw stripe of two disks', { ...TWO_DISKS, layout: DiskLayout.stripe(), volumeMode: LocalVolumeMode.BLOCK }, { volumes: 1 }),
  lifeOfDisks('disks-key-file', 'two disks encrypted by a key file, ext4', { ...TWO_DISKS, encryption: DiskEncryption.keyFile('/etc/thousand-node/disks.key') }, { prepare: KEY, volumes: 2 }),
  lifeOfDisks('disks-key-file-raw', 'two raw disks encrypted by a key file', { ...TWO_DISKS, volumeMode: LocalVolumeMode.BLOCK, encryption: DiskEncryption.keyFile('/etc/thousand-node/disks.key') }, { prepare: KEY, volumes: 2 }),
  lifeOfDisks('disks-tpm', 'two disks encrypted by a TPM, ext4', { ...TWO_DISKS, encryption: DiskEncryption.tpm() }, {
    prepare: TPM, besides: 'CHIP', words: ' --tpm-device tabrmd:', needs: ['swtpm', 'tpm2-abrmd', 'dbus-daemon', 'systemd-cryptenroll'], volumes: 2,
  }),
];
