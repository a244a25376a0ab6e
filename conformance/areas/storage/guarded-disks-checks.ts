import { Size } from 'cdk8s';
import { DiskFiles, TWO_DISKS } from './disk-files';
import { Findings } from './findings';
import { GuestDisk, GuestMachine, guestSkip } from './guest-machine';
import { blocksOf } from './storage-cluster';
import { DiskLayout, LocalFilesystem } from '../../../src/cluster/local-disks';
import { Check, failed } from '../../check';
import { Finished, Processes } from '../../processes';

const SCRIPT = 'thousand-node-local-disks';

/** A command on a file of this machine; it has to succeed. */
async function prepared(processes: Processes, binary: string, ...words: string[]): Promise<Finished> {
  const done = await processes.run(binary, words);
  if (done.code !== 0) { throw new Error(`${binary} ${words.join(' ')}: ${done.stderr}`); }
  return done;
}

/** What a repair on a machine asks for, as the runbook has it. */
const repair = (files: DiskFiles, name: string) => blocksOf(files.runbook(name), 'on the machine');
const quoted = (text: string) => `'${text.replace(/'/g, '\'\\\'\'')}'`;

/** Disks that are somebody else's, and what people do to disks in a repair. */
export const guardedDisksChecks: Check[] = [
  {
    id: 'foreign-disks-refused',
    drill: '5',
    judge: 'component',
    component: 'linux',
    skip: () => guestSkip('mkswap'),
    run: async scene => {
      const files = DiskFiles.write(scene, 'foreign', { localDisks: TWO_DISKS });
      const guest = new GuestMachine(scene, 'foreign');
      const blank = [guest.disk('DRILL_SSD_A'), guest.disk('DRILL_SSD_B')];
      const foreign: { [kind: string]: GuestDisk } = {
        'file system': guest.disk('DRILL_SSD_FILES'),
        'table': guest.disk('DRILL_SSD_TABLE'),
        'swap': guest.disk('DRILL_SSD_SWAP'),
        'size': guest.disk('DRILL_SSD_LARGE', 2 * 1024 ** 3),
        'class': guest.disk('DRILL_SSD_CLASS'),
        'model': guest.disk('OTHER_SSD_A'),
        'root': guest.disk('DRILL_SSD_ROOT'),
      };
      const { processes } = scene;
      await prepared(processes, 'mkfs.ext4', '-q', '-L', 'precious', foreign['file system'].file);
      await prepared(processes, 'mkswap', '-q', foreign.swap.file);
      await prepared(processes, 'mkfs.ext4', '-q', '-L', 'tn-other', foreign.class.file);
      await prepared(processes, 'bash', '-c', `printf 'label: gpt\\n,256MiB\\n,\\n' | sfdisk --quiet ${quoted(foreign.table.file)}; printf 'label: gpt\\n,\\n' | sfdisk --quiet ${quoted(foreign.root.file)}`);
      const before = Object.values(foreign).filter(disk => disk !== foreign.root);
      for (const disk of before) { await prepared(processes, 'cp', '--sparse=always', disk.file, `${disk.file}.before`); }
      const found = new Findings(await guest.boot([...Object.values(foreign), ...blank], `${files.install}
disk() { readlink -f "/dev/disk/by-id/nvme-$1"; }
mkfs.ext4 -q "$(disk DRILL_SSD_ROOT-part1)"
mkdir -p /mnt/root
mount "$(disk DRILL_SSD_ROOT-part1)" /mnt/root
echo system > /mnt/root/file
step plan ${SCRIPT} --dry-run
step first ${SCRIPT}
step mounted sh -c 'findmnt -rno SOURCE,TARGET | grep /mnt/local-disks/'
step blank sh -c 'readlink -f /dev/disk/by-id/nvme-DRILL_SSD_A /dev/disk/by-id/nvme-DRILL_SSD_B'
step second ${SCRIPT}
step wipe ${SCRIPT} --wipe "$(blkid -s UUID -o value "$(disk DRILL_SSD_FILES)")"
step root sh -c 'cat /mnt/root/file; umount /mnt/root; fsck.ext4 -fn "$(readlink -f /dev/disk/by-id/nvme-DRILL_SSD_ROOT-part1)"'`));
      found.exit('first', 1);
      found.says('first', /carries ext4; if its data are not needed: wipefs -a/);
      found.says('first', /carries swap/);
      found.says('first', /it has partitions or is part of/);
      found.says('first', /left alone: 2147483648 bytes is not a declared size/);
      found.says('first', /left alone: in use at \/mnt\/root/);
      const devices = found.step('blank').output.trim().split('\n').sort();
      const mounted = found.step('mounted').output.trim().split('\n').map(line => line.split(' ')[0]).sort();
      found.expect('the two blank disks are in use, and no other', devices.join() === mounted.join() && devices.length === 2, 'mounted', 'blank', 'first');
      found.exit('second', 1);
      found.silent('second', /: run: /);
      found.exit('wipe', 1);
      found.says('wipe', /no volume of this set is called/);
      found.says('root', /^system/);
      found.exit('root', 0);
      if (!found.isEmpty) { return Findings.outcome('', found); }
      for (const disk of before) {
        const same = await processes.run('cmp', [disk.file, `${disk.file}.before`]);
        if (same.code !== 0) { return failed(`disk ${disk.serial} was written to: ${same.stdout}${same.stderr}`); }
      }
      return Findings.outcome(`${before.length} disks of others are the same bit for bit, two blank ones are in use, the running system is whole`, found);
    },
  },
  {
    id: 'wide-pattern-formats-nothing',
    drill: 'N5',
    judge: 'component',
    component: 'linux',
    skip: () => guestSkip(),
    run: async scene => {
      const files = DiskFiles.write(scene, 'wide', { localDisks: TWO_DISKS });
      const guest = new GuestMachine(scene, 'wide');
      const disks = ['A', 'B', 'NETWORK'].map(name => guest.disk(`DRILL_SSD_${name}`));
      const found = new Findings(await guest.boot(disks, `${files.install}
step first ${SCRIPT}
step blank sh -c 'wipefs --no-act --noheadings /dev/ubda /dev/ubdb /dev/ubdc | wc -l'
step two ${SCRIPT} --by-id "$(mkdir /run/two; ln -s /dev/ubda /run/two/nvme-DRILL_SSD_A; ln -s /dev/ubdb /run/two/nvme-DRILL_SSD_B; echo /run/two)"`));
      found.exit('first', 1);
      found.says('first', /0 prepared and 3 blank disks match .*, 2 are declared: no disk is formatted; make the pattern narrower/);
      found.expect('all three are blank', found.step('blank').output.trim() === '0', 'blank');
      found.exit('two', 0);
      return Findings.outcome('three blank disks where two are declared: none was formatted; with two of them it works', found);
    },
  },
  {
    id: 'scratch-disks',
    drill: '5',
    judge: 'component',
    component: 'linux',
    skip: () => guestSkip(),
    run: async scene => {
      const files = DiskFiles.write(scene, 'scratch', { scratchDisks: { count: 2, size: Size.gibibytes(1), byIdPattern: 'nvme-DRILL_SSD_*' } });
      const guest = new GuestMachine(scene, 'scratch');
      const disks = [guest.disk('DRILL_SSD_A'), guest.disk('DRILL_SSD_B')];
      const script = 'thousand-node-scratch-disks';
      const folders = '/var/lib/containerd /var/lib/kubelet /var/log/pods';
      const first = new Findings(await guest.boot(disks, `${files.install}
mkdir -p ${folders}
echo image > /var/lib/containerd/preloaded
step plan ${script} --dry-run
step first ${script}
step places findmnt -rno FSTYPE,TARGET -t xfs
step image cat /var/lib/containerd/preloaded
echo layer > /var/lib/containerd/layer
step second ${script}
step look ${script} --check`));
      first.exit('first', 0);
      first.expect('one XFS under all three folders', folders.split(' ').every(folder => first.step('places').output.includes(`xfs ${folder}`)), 'places', 'first');
      first.says('image', /image/);
      first.exit('second', 0);
      first.silent('second', /: run: /);
      first.exit('look', 0);
      const again = new Findings(await guest.boot([disks[1], disks[0]], `${files.install}
mkdir -p ${folders}
step first ${script}
step read cat /var/lib/containerd/preloaded /var/lib/containerd/layer
step second ${script}`));
      again.exit('first', 0);
      again.silent('first', /cp -a|mkfs|--create/);
      again.says('read', /image\s+layer/);
      again.silent('second', /: run: /);
      return Findings.outcome('a stripe under images, emptyDir and logs; what the image of the machine brought is there, and still after a boot in another order', first, again);
    },
  },
  {
    id: 'disks-by-hand',
    drill: '5',
    judge: 'component',
    component: 'linux',
    skip: () => guestSkip(),
    run: async scene => {
      const files = DiskFiles.write(scene, 'by-hand', { localDisks: { ...TWO_DISKS, count: 1 } }, storage => {
        storage.addVolume('data-1', { id: 'nvme-DRILL_SSD_DB', size: Size.gibibytes(1), filesystem: LocalFilesystem.XFS });
        storage.addVolume('data-2', { id: 'nvme-DRILL_SSD_OTHER', size: Size.gibibytes(1) });
      }, ['data-1', 'data-2']);
      const guest = new GuestMachine(scene, 'by-hand');
      const [db, free] = [guest.disk('DRILL_SSD_DB'), guest.disk('DRILL_SSD_A')];
      const table = files.text('/etc/thousand-node/local-volumes.tsv').trim().split('\n').map(line => line.split('\t'));
      const uuid = table.find(([node]) => node === 'data-1')![2];
      const body = `${files.install}
hostname data-1
step first ${SCRIPT}
step places sh -c 'findmnt -rno FSTYPE,TARGET | grep /mnt/local-'
step second ${SCRIPT}`;
      const first = new Findings(await guest.boot([db, free], body));
      const again = new Findings(await guest.boot([free, db], body));
      const gone = new Findings(await guest.boot([free], `${files.install}
hostname data-1
step first ${SCRIPT}`));
      for (const found of [first, again]) {
        found.exit('first', 0);
        found.expect(`XFS at /mnt/local-volumes/${uuid}, one published volume`, found.step('places').output.includes(`xfs /mnt/local-volumes/${uuid}`)
          && found.step('places').output.split('\n').filter(line => line.includes('/mnt/local-disks/')).length === 1, 'places', 'first');
        found.silent('second', /: run: /);
      }
      again.silent('first', /mkfs/);
      gone.exit('first', 1);
      gone.says('first', new RegExp(`disk nvme-DRILL_SSD_DB of volume ${uuid} is not here`));
      return Findings.outcome('formatted under the UUID that the volume names, out of the provisioner\'s sight; a disk of this machine that is missing is told', first, again, gone);
    },
  },
  {
    id: 'repairs-on-a-machine',
    drill: '2',
    judge: 'component',
    component: 'linux',
    skip: () => guestSkip(),
    run: async scene => {
      const files = DiskFiles.write(scene, 'repairs', { localDisks: TWO_DISKS });
      const guest = new GuestMachine(scene, 'repairs');
      const [a, b, fresh] = ['A', 'B', 'C'].map(name => guest.disk(`DRILL_SSD_${name}`));
      const run = (step: string, block: string, variables = '') => `step ${step} env ${variables} bash -euo pipefail -c ${quoted(block)}`;
      const [look, retire] = repair(files, 'storage-disk-lost');
      const [replace] = repair(files, 'storage-disk-replaced');
      const [wipeAll] = repair(files, 'storage-node-renamed');
      const [clean] = repair(files, 'storage-volume-not-cleaned');
      const volumeOf = (disk: string) => `"UUID=$(blkid -s UUID -o value /dev/disk/by-id/nvme-DRILL_SSD_${disk})"`;
      const list = (step: string) => `step ${step} sh -c 'ls /mnt/local-disks/local-ssd'`;
      const first = new Findings(await guest.boot([a, b], `${files.install}
step start ${SCRIPT}
${list('before')}
for entry in /mnt/local-disks/local-ssd/*; do echo secret > "$entry/file"; done
${run('look', look)}
${run('clean', clean, volumeOf('A'))}
${list('cleaned')}
step secrets sh -c 'cat /mnt/local-disks/local-ssd/*/file'
${run('retire', retire, volumeOf('B'))}
${list('retired')}
step after ${SCRIPT}
step kept sh -c 'cat /etc/thousand-node/retired-disks'`));
      first.exit('look', 0);
      first.exit('clean', 0);
      const names = (findings: Findings, step: string) => findings.step(step).output.trim().split(/\s+/).sort();
      const before = names(first, 'before');
      const cleaned = names(first, 'cleaned');
      first.expect('one volume got a new identity, the other kept its own', cleaned.length === 2 && cleaned.filter(name => before.includes(name)).length === 1, 'before', 'cleaned', 'clean');
      first.expect('one secret is left', first.step('secrets').output.trim() === 'secret', 'secrets');
      first.exit('retire', 0);
      first.expect('the retired volume is gone', names(first, 'retired').length === 1, 'retired', 'retire');
      first.exit('after', 1);
      first.says('after', /is left alone: it was retired/);
      first.says('kept', /^nvme-DRILL_SSD_B$/m);
      const replaced = new Findings(await guest.boot([fresh, a, b], `${files.install}
mkdir -p /etc/thousand-node
echo nvme-DRILL_SSD_B > /etc/thousand-node/retired-disks
${run('replace', replace)}
${list('volumes')}
${run('rename', wipeAll)}
step gone sh -c 'ls /mnt/local-disks/local-ssd; wipefs --no-act --noheadings /dev/ubda /dev/ubdb'
step again ${SCRIPT}
${list('renamed')}
step files sh -c 'find /mnt/local-disks/local-ssd -name file'`));
      replaced.exit('replace', 0);
      replaced.expect('the new disk has a volume beside the old one', names(replaced, 'volumes').length === 2 && names(replaced, 'volumes').filter(name => cleaned.includes(name)).length === 1, 'volumes', 'replace');
      replaced.exit('rename', 0);
      replaced.expect('disks are blank and folders gone', replaced.step('gone').output.trim() === '', 'gone', 'rename');
      replaced.exit('again', 0);
      replaced.expect('two volumes under new identities, without the old files', names(replaced, 'renamed').every(name => !names(replaced, 'volumes').includes(name)) && replaced.step('files').output.trim() === '', 'renamed', 'files');
      return Findings.outcome('blocks of four runbooks ran as written: a volume cleaned, a disk retired over a boot, a new one in its place, all made blank before a new name', first, replaced);
    },
  },
  {
    id: 'stripe-with-a-new-disk-refused',
    drill: 'N6',
    judge: 'component',
    component: 'mdadm',
    skip: () => guestSkip(),
    run: async scene => {
      const files = DiskFiles.write(scene, 'broken-stripe', { localDisks: { ...TWO_DISKS, layout: DiskLayout.stripe() } });
      const guest = new GuestMachine(scene, 'broken-stripe');
      const [a, b, fresh] = ['A', 'B', 'C'].map(name => guest.disk(`DRILL_SSD_${name}`));
      const first = new Findings(await guest.boot([a, b], `${files.install}\nstep first ${SCRIPT}`));
      first.exit('first', 0);
      const broken = new Findings(await guest.boot([fresh, b], `${files.install}
step first ${SCRIPT}
step blank sh -c 'wipefs --no-act --noheadings /dev/ubda | wc -l'
step upstream sh -c 'mdadm --assemble --scan; cat /proc/mdstat'
step mended ${SCRIPT} --wipe all
step second ${SCRIPT}
step volumes sh -c 'ls /mnt/local-disks/local-ssd | wc -l'`));
      broken.exit('first', 1);
      broken.says('first', /1 of 2 disks of the stripe are blank .*: disks were replaced, and the data of the stripe are lost; thousand-node-local-disks --wipe all, then run again/);
      broken.expect('the new disk is blank', broken.step('blank').output.trim() === '0', 'blank');
      broken.silent('upstream', /active raid0/);
      broken.exit('mended', 0);
      broken.exit('second', 0);
      broken.expect('one volume', broken.step('volumes').output.trim() === '1', 'volumes', 'second');
      return Findings.outcome('half a stripe is not started by mdadm and not touched by the script; made blank as the message says, it is a stripe again', first, broken);
    },
  },
];
