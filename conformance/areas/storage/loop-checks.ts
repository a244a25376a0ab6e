import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DiskFiles, TWO_DISKS } from './disk-files';
import { LocalFilesystem } from '../../../src/cluster/local-disks';
import { Check, failed, passed } from '../../check';
import { Finished } from '../../processes';
import { Scene } from '../../scene';

const WRITERS = ['mkfs.ext4', 'mkfs.xfs', 'mount', 'umount', 'wipefs', 'sfdisk', 'mdadm', 'cryptsetup', 'blkdiscard'];
const PLACES = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];
const at = (program: string) => PLACES.map(folder => path.join(folder, program)).find(file => fs.existsSync(file));

/** Disks of this machine's own kernel: files of the run behind loop devices. All are taken away again, whatever happens. */
class LoopDisks {
  public static async with<T>(scene: Scene, name: string, work: (disks: LoopDisks) => Promise<T>): Promise<T> {
    const disks = new LoopDisks(scene, name);
    try {
      return await work(disks);
    } finally {
      await disks.end();
    }
  }

  public readonly root: string;
  public readonly byId: string;
  public readonly log: string;
  private readonly folder: string;
  private readonly tools: string;
  private readonly devices = new Map<string, string>();

  private constructor(private readonly scene: Scene, name: string) {
    const folder = this.folder = path.join(scene.folder, 'loop', name);
    [this.root, this.byId, this.tools] = ['root', 'by-id', 'tools'].map(part => path.join(folder, part));
    for (const place of [this.root, this.byId, this.tools]) { fs.mkdirSync(place, { recursive: true }); }
    this.log = path.join(folder, 'calls');
    fs.writeFileSync(this.log, '');
    // Whatever can write to a disk is written down first: which device was it?
    for (const tool of WRITERS.filter(writer => at(writer) !== undefined)) {
      fs.writeFileSync(path.join(this.tools, tool), `#!/bin/bash\nprintf '%s\\n' "${tool} $*" >> '${this.log}'\nexec ${at(tool)} "$@"\n`, { mode: 0o755 });
    }
  }

  public file(name: string): string {
    return path.join(this.folder, `${name}.disk`);
  }

  /** Disks in this order: the first gets the lowest number. */
  public async attach(names: string[]): Promise<void> {
    for (const name of names) {
      if (!fs.existsSync(this.file(name))) {
        fs.closeSync(fs.openSync(this.file(name), 'w'));
        fs.truncateSync(this.file(name), 1024 ** 3);
      }
      const done = await this.scene.processes.run('losetup', ['--find', '--show', this.file(name)]);
      if (done.code !== 0) { throw new Error(`losetup: ${done.stderr}`); }
      this.devices.set(name, done.stdout.trim());
      fs.symlinkSync(done.stdout.trim(), path.join(this.byId, `nvme-DRILL_SSD_${name}`));
    }
  }

  public async detach(): Promise<void> {
    for (const mount of fs.readFileSync('/proc/mounts', 'utf8').split('\n').map(line => line.split(' ')[1]).filter(place => place?.startsWith(this.root)).reverse()) {
      await this.scene.processes.run('umount', [mount]);
    }
    for (const [name, device] of this.devices) {
      await this.scene.processes.run('losetup', ['--detach', device]);
      fs.rmSync(path.join(this.byId, `nvme-DRILL_SSD_${name}`), { force: true });
    }
    this.devices.clear();
  }

  public async end(): Promise<void> {
    await this.detach();
    const left = (await this.scene.processes.run('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE'])).stdout.split('\n').filter(file => file.startsWith(this.scene.folder));
    if (left.length > 0) { throw new Error(`loop devices are left: ${left.join(', ')}`); }
  }

  public script(files: DiskFiles, ...words: string[]): Promise<Finished> {
    return this.scene.processes.run('bash', [files.script, '--by-id', this.byId, ...words], { env: { THOUSAND_NODE_ROOT: this.root, PATH: `${this.tools}:${process.env.PATH}` } });
  }

  public device(name: string): string { return this.devices.get(name)!; }

  /** Devices that some call named, beside those that are ours. */
  public strangers(ours: string[]): string[] {
    // A look at the signatures of a disk is none.
    const calls = fs.readFileSync(this.log, 'utf8').split('\n').filter(line => !line.includes('--no-act'));
    const named = calls.join('\n').match(/\/dev\/[^\s]+/g) ?? [];
    return [...new Set(named)].filter(device => !ours.includes(device));
  }
}

const text = (done: Finished) => `${done.stdout}${done.stderr}`;
const hash = (file: string) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** The script on block devices of this machine's kernel, where the run may have some. */
export const loopChecks: Check[] = [LocalFilesystem.EXT4, LocalFilesystem.XFS].map((filesystem): Check => ({
  id: `loop-devices-${filesystem}`,
  drill: '5',
  judge: 'component',
  component: 'linux',
  skip: () => {
    const missing = ['losetup', `mkfs.${filesystem}`, 'lsblk', 'findmnt'].filter(program => at(program) === undefined);
    if (missing.length > 0) { return `not installed here: ${missing.join(', ')}`; }
    if (process.getuid?.() !== 0) { return 'loop devices want root; the machines with a kernel of their own do not'; }
    return fs.existsSync('/dev/loop-control') ? undefined : 'this kernel has no loop devices';
  },
  run: scene => LoopDisks.with(scene, filesystem, async disks => {
    const files = DiskFiles.write(scene, `loop-${filesystem}`, { localDisks: { ...TWO_DISKS, filesystem } });
    await disks.attach(['A', 'FOREIGN', 'B']);
    const made = await scene.processes.run('mkfs.ext4', ['-q', '-L', 'precious', disks.device('FOREIGN')]);
    if (made.code !== 0) { return failed(`mkfs.ext4: ${made.stderr}`); }
    const foreign = hash(disks.file('FOREIGN'));
    const ours = () => ['A', 'B'].map(name => disks.device(name));
    const list = () => fs.readdirSync(path.join(disks.root, '/mnt/local-disks/local-ssd')).sort();
    const plan = await disks.script(files, '--dry-run');
    if (fs.existsSync(path.join(disks.root, 'mnt')) || fs.readFileSync(disks.log, 'utf8').match(/mkfs|mount/)) { return failed(`the dry run did something: ${text(plan)}`); }
    const first = await disks.script(files);
    if (first.code !== 1 || !/carries ext4/.test(first.stderr) || list().length !== 2) { return failed(`first run ${first.code}: ${text(first).slice(-800)}`); }
    const before = list();
    for (const uuid of before) { fs.writeFileSync(path.join(disks.root, '/mnt/local-disks/local-ssd', uuid, 'file'), uuid); }
    const second = await disks.script(files);
    if (/: run: /.test(second.stdout)) { return failed(`the second run did something: ${second.stdout}`); }
    const strangers = disks.strangers(ours());
    if (strangers.length > 0) { return failed(`tools that write were called for ${strangers.join(', ')}`); }
    const order = ours();
    await disks.detach();
    await disks.attach(['B', 'A', 'FOREIGN']);
    const swapped = await disks.script(files);
    const data = list().every(uuid => fs.readFileSync(path.join(disks.root, '/mnt/local-disks/local-ssd', uuid, 'file'), 'utf8') === uuid);
    if (list().join() !== before.join() || !data || /mkfs/.test(swapped.stdout)) { return failed(`after a swap: ${list().join()} instead of ${before.join()}; ${text(swapped).slice(-600)}`); }
    await disks.detach();
    return hash(disks.file('FOREIGN')) === foreign
      ? passed(`${filesystem} on loop devices of this kernel: ${order.join(' and ')} swapped, the same paths and data; no tool that writes was called for another device; the foreign disk is the same bit for bit`)
      : failed('the foreign disk changed');
  }),
}));
