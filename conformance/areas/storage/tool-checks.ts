import * as fs from 'node:fs';
import { App, Chart, Size } from 'cdk8s';
import { drillFleet, TWO_DISKS } from './disk-files';
import { LocalSsdStorage } from '../../../src/components/storage/local-ssd-storage';
import { HostFiles } from '../../../src/host/host-files';
import { Check, failed, passed } from '../../check';

const TOOLS = ['mkfs.xfs', 'mkfs.ext4', 'wipefs', 'blkid'];
const at = (program: string) => ['/usr/sbin', '/sbin', '/usr/bin', '/bin'].map(folder => `${folder}/${program}`).find(file => fs.existsSync(file));

/** What the tools refuse by themselves, and what they do not: why the script asks before it calls them. */
export const toolChecks: Check[] = [
  {
    id: 'mkfs-on-a-signature',
    drill: 'N3',
    judge: 'component',
    component: 'mkfs',
    skip: () => {
      const missing = TOOLS.filter(tool => at(tool) === undefined);
      return missing.length === 0 ? undefined : `not installed here: ${missing.join(', ')}`;
    },
    run: async scene => {
      const disk = scene.file('signature.disk', '');
      fs.truncateSync(disk, 400 * 1024 ** 2);
      const run = (tool: string, ...words: string[]) => scene.processes.run(at(tool)!, words);
      const made = await run('mkfs.ext4', '-q', '-L', 'precious', disk);
      if (made.code !== 0) { return failed(`mkfs.ext4: ${made.stderr}`); }
      const xfs = await run('mkfs.xfs', '-q', disk);
      const kept = await run('blkid', '-p', '-s', 'LABEL', '-o', 'value', disk);
      // Without a terminal it asks nobody.
      const ext4 = await run('mkfs.ext4', '-q', '-L', 'other', disk);
      const lost = await run('blkid', '-p', '-s', 'LABEL', '-o', 'value', disk);
      return xfs.code !== 0 && /appears to contain an existing filesystem/.test(xfs.stderr) && kept.stdout.trim() === 'precious' && ext4.code === 0 && lost.stdout.trim() === 'other'
        ? passed(`mkfs.xfs: ${xfs.stderr.trim().split('\n')[0]}; mkfs.ext4 without a terminal overwrote the same disk without a word, so the script never leaves it to the tool (foreign-disks-refused)`)
        : failed(`mkfs.xfs ${xfs.code} ${xfs.stderr.slice(0, 200)}; label ${kept.stdout.trim()}; mkfs.ext4 ${ext4.code}; label ${lost.stdout.trim()}`);
    },
  },
  {
    id: 'device-paths-and-duplicates-refused',
    drill: 'N3',
    judge: 'library',
    component: 'thousand-node',
    run: async () => {
      const storage = new LocalSsdStorage(new Chart(new App(), 'drill'), 'storage', { cluster: drillFleet({ localDisks: TWO_DISKS }, ['data-1', 'data-2']) });
      HostFiles.of(storage).leaveOut();
      const disk = { id: 'nvme-DRILL_SSD_1', size: Size.gibibytes(1) };
      const refusal = (work: () => void) => { try { work(); return 'accepted'; } catch (error) { return (error as Error).message; } };
      storage.addVolume('data-1', disk);
      const path = refusal(() => storage.addVolume('data-1', { ...disk, id: '/dev/nvme1n1' }));
      const twice = refusal(() => storage.addVolume('data-2', disk));
      const unknown = refusal(() => storage.addVolume('data-3', { ...disk, id: 'nvme-DRILL_SSD_2' }));
      return /device name/.test(path) && /is a volume already/.test(twice) && /no pool has a node/.test(unknown) ? passed(`${path.slice(0, 110)}; ${twice.slice(0, 90)}`) : failed([path, twice, unknown].join('; '));
    },
  },
];
