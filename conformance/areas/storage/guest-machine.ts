import * as fs from 'node:fs';
import * as path from 'node:path';
import { Finished } from '../../processes';
import { Scene } from '../../scene';

/** What one command on the machine said. */
export interface Step {
  readonly code: number;
  readonly output: string;
}

/** A disk of the machine: a sparse file of the run, with a serial number that udev makes its name of. */
export interface GuestDisk {
  readonly file: string;
  readonly serial: string;
}

const GIBIBYTE = 1024 ** 3;
/** The machine's memory is a file: on a disk, every page of it would be written. */
const MEMORY = fs.existsSync('/dev/shm') ? { TMPDIR: '/dev/shm' } : undefined;
const PROGRAMS = ['linux.uml', 'udevadm', 'mdadm', 'cryptsetup', 'mkfs.xfs', 'mkfs.ext4', 'sfdisk', 'insmod'];
const PLACES = ['/usr/bin', '/usr/sbin', '/bin', '/sbin'];
/** Ciphers before what wants them: nothing asks for modules here. */
const MODULES = ['aes_generic', 'cbc', 'ecb', 'hmac', 'sha256_generic', 'xts', 'essiv', 'raid0', 'dm-crypt', 'algif_skcipher'];

/** Programs that are missing on this machine, as a reason to skip; all are packages of Debian (user-mode-linux, udev, mdadm, cryptsetup-bin, xfsprogs, fdisk, kmod). */
export function guestSkip(...more: string[]): string | undefined {
  const missing = [...PROGRAMS, ...more].filter(program => !PLACES.some(place => fs.existsSync(path.join(place, program))));
  return missing.length === 0 ? undefined : `not installed here: ${missing.join(', ')}`;
}

/**
 * A machine with a kernel of its own: Linux as a program (user-mode-linux), which needs no rights and reaches no disk but the files it is given. Its
 * root is this machine's, read-only, below an overlay in its own memory. What is done there is what happens on a server: real block devices, real
 * udev, real md and dm-crypt, and a reboot is a new kernel.
 */
export class GuestMachine {
  private readonly disks: GuestDisk[] = [];

  constructor(private readonly scene: Scene, private readonly name: string) {
    fs.mkdirSync(this.folder, { recursive: true });
  }

  public get folder(): string { return path.join(this.scene.folder, 'guests', this.name); }

  /** Another disk. Its name below by-id is `nvme-<model>_<serial>`. */
  public disk(serial: string, bytes = GIBIBYTE): GuestDisk {
    const file = path.join(this.folder, `${serial}.disk`);
    fs.closeSync(fs.openSync(file, 'w'));
    fs.truncateSync(file, bytes);
    const disk = { file, serial };
    this.disks.push(disk);
    return disk;
  }

  /** A file that commands on the machine find at the same path. */
  public file(name: string, content: string): string {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode: 0o755 });
    return file;
  }

  /** Start with these disks in this order, run the commands of `body` (`step NAME COMMAND...`), power off. */
  public async boot(disks: GuestDisk[], body: string): Promise<Map<string, Step>> {
    const inner = this.file('inner.sh', `${INNER}\n${body}\n${END}\n`);
    const init = this.file('init.sh', INIT(inner));
    const done = await this.scene.processes.run('linux.uml', [
      'mem=768M', 'rootfstype=hostfs', 'root=/dev/root', 'ro', `init=${init}`, 'con=null', 'con0=fd:0,fd:1', 'quiet', `uml_dir=${this.folder}`,
      ...disks.map((disk, i) => `ubd${i}=${disk.file},,${disk.serial}`),
    ], { timeoutMs: 480_000, env: MEMORY });
    const steps = parsed(done.stdout);
    if (!steps.has('end')) { throw new Error(`machine ${this.name} did not come to its end: ${lastLines(done)}`); }
    return steps;
  }
}

function lastLines(done: Finished): string {
  return `${done.stdout}\n${done.stderr}`.trim().split('\n').slice(-6).join(' | ').slice(0, 900);
}

function parsed(output: string): Map<string, Step> {
  const steps = new Map<string, Step>();
  let current: { name: string; lines: string[] } | undefined;
  for (const line of output.split(/\r?\n/)) {
    const begin = /^@@begin (\S+)$/.exec(line);
    const end = /^@@end (\S+) (\d+)$/.exec(line);
    if (begin) {
      current = { name: begin[1], lines: [] };
    } else if (end && current) {
      steps.set(end[1], { code: Number(end[2]), output: current.lines.join('\n') });
      current = undefined;
    } else {
      current?.lines.push(line);
    }
  }
  return steps;
}

const INIT = (inner: string) => `#!/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t tmpfs tmp /mnt
modules="/usr/lib/uml/modules/$(uname -r)"
load() {
  local line dependency
  line="$(grep "/$1.ko:" "$modules/modules.dep")"
  for dependency in $(printf '%s\\n' \${line#*:} | sed '1!G;h;$!d') "\${line%%:*}"; do insmod "$modules/$dependency" 2> /dev/null; done
}
load overlay
mkdir -p /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
${MODULES.map(name => `load ${name}`).join('\n')}
mount -t proc proc /mnt/root/proc
mount -t sysfs sys /mnt/root/sys
mount --bind /dev /mnt/root/dev
mount -t tmpfs run /mnt/root/run
mount -t tmpfs mnt /mnt/root/mnt
exec chroot /mnt/root /bin/bash ${inner}
`;

// Disks of this kernel have a serial number and no rule of udev for it.
const RULES = `KERNEL=="ubd*", ENV{DEVTYPE}=="disk", ATTR{serial}=="?*", SYMLINK+="disk/by-id/nvme-$attr{serial}"
KERNEL=="ubd*", ENV{DEVTYPE}=="partition", ATTRS{serial}=="?*", SYMLINK+="disk/by-id/nvme-$attr{serial}-part%n"
`;

const INNER = `#!/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
exec 2>&1
ln -sfn /proc/self/fd /dev/fd
ip link set lo up 2> /dev/null
mkdir -p /run/udev/rules.d
cat > /run/udev/rules.d/90-guest.rules << 'RULES'
${RULES}RULES
udevd=/lib/systemd/systemd-udevd
[ -x "$udevd" ] || udevd=/usr/lib/systemd/systemd-udevd
"$udevd" --daemon --resolve-names=never > /dev/null
udevadm trigger --action=add
udevadm settle
step() {
  local name="$1" code=0
  shift
  printf '\\n@@begin %s\\n' "$name"
  "$@" || code=$?
  printf '\\n@@end %s %d\\n' "$name" "$code"
}
`;

// Not a tidy end: what was written is on the disks, what is mounted stays mounted, as when a machine loses its power.
const END = `sync
step end true
echo o > /proc/sysrq-trigger
sleep 10`;
