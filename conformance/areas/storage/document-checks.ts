import * as fs from 'node:fs';
import * as path from 'node:path';
import { Size } from 'cdk8s';
import { DiskFiles, TWO_DISKS } from './disk-files';
import { DiskEncryption, DiskLayout, LocalVolumeMode } from '../../../src/cluster/local-disks';
import { Check, failed, passed } from '../../check';
import { REPOSITORY, Scene } from '../../scene';
import { promtoolFiles } from '../foundation/prometheus-files';

const FIXTURE = path.join(REPOSITORY, 'conformance', 'fixtures', 'promtool', 'storage.test.yaml');

/** Every script and unit that the library writes for disks, for each way to use them. */
function everyForm(scene: Scene): DiskFiles[] {
  const forms = {
    plain: { localDisks: TWO_DISKS, scratchDisks: { count: 2, size: Size.gibibytes(4), byIdPattern: 'nvme-OTHER_*' } },
    stripe: { localDisks: { ...TWO_DISKS, layout: DiskLayout.stripe(), encryption: DiskEncryption.tpm([7]) } },
    raw: { localDisks: { ...TWO_DISKS, volumeMode: LocalVolumeMode.BLOCK, encryption: DiskEncryption.keyFile('/run/keys/disks') } },
    partitions: { localDisks: { ...TWO_DISKS, size: Size.gibibytes(2), layout: DiskLayout.partitions(Size.gibibytes(1)) } },
  };
  return Object.entries(forms).map(([name, disks]) => DiskFiles.write(scene, `documents-${name}`, disks));
}

const SCRIPTS = '/usr/local/sbin';
const UNITS = '/etc/systemd/system';

/** Scripts, units and alerts, each read by the program that it is for. */
export const documentChecks: Check[] = [
  {
    id: 'disk-scripts-shellcheck',
    drill: '6',
    judge: 'component',
    component: 'shellcheck',
    skip: () => installed('shellcheck'),
    run: async scene => {
      const scripts = everyForm(scene).flatMap(files => files.below(SCRIPTS));
      const done = await scene.processes.run('shellcheck', ['--norc', '--shell=bash', ...scripts]);
      // The twin: one variable without its quotes.
      const broken = scene.file('disk-files/broken.sh', fs.readFileSync(scripts[0], 'utf8').replace('change rm -f "$entry"', 'change rm -f $entry'));
      const twin = await scene.processes.run('shellcheck', ['--norc', '--shell=bash', broken]);
      return done.code === 0 && scripts.length === 5 && twin.code === 1 && /SC2086/.test(twin.stdout)
        ? passed(`${scripts.length} scripts without a remark; an unquoted variable is found`, { scripts: { value: scripts.length, unit: 'scripts' } })
        : failed(`${scripts.length} scripts: ${done.stdout.slice(0, 1500)}; twin ${twin.code}`);
    },
  },
  {
    id: 'disk-units-verified',
    drill: '6',
    judge: 'component',
    component: 'systemd-analyze',
    skip: () => installed('systemd-analyze'),
    run: async scene => {
      const [files] = everyForm(scene);
      // The programs stand at their place on a machine only; their folder here stands for it.
      const folder = path.join(scene.folder, 'units');
      fs.mkdirSync(folder, { recursive: true });
      const units = files.below(UNITS).map(unit => {
        const copy = path.join(folder, path.basename(unit));
        fs.writeFileSync(copy, fs.readFileSync(unit, 'utf8').replace(/^ExecStart=\/usr\/local\/sbin\/\S+/gm, 'ExecStart=/bin/true'));
        return copy;
      });
      const verify = (...names: string[]) => scene.processes.run('systemd-analyze', ['verify', '--man=no', ...names]);
      const done = await verify(...units);
      const twin = path.join(folder, 'thousand-node-broken.service');
      fs.writeFileSync(twin, fs.readFileSync(units.find(unit => unit.endsWith('local-disks.service'))!, 'utf8').replace('TimeoutStartSec=', 'TimeoutStartSecs='));
      const broken = await verify(twin);
      const remarks = done.stderr.split('\n').filter(line => line.includes('thousand-node-'));
      return done.code === 0 && remarks.length === 0 && units.length === 6 && /Unknown key/.test(broken.stderr)
        ? passed(`${units.length} units without a remark; a misspelt key is found`, { units: { value: units.length, unit: 'units' } })
        : failed(`exit ${done.code}, ${units.length} units: ${remarks.join('; ').slice(0, 1200) || done.stderr.slice(0, 600)}; twin: ${broken.stderr.slice(0, 200)}`);
    },
  },
  {
    id: 'disk-alerts-fire',
    drill: '6',
    judge: 'component',
    component: 'promtool',
    run: async scene => {
      const contributed = promtoolFiles(scene).rules.find(file => file.endsWith('contributed.yaml'));
      if (contributed === undefined) { return failed('the example has no contributed rules'); }
      const test = path.join(path.dirname(contributed), path.basename(FIXTURE));
      fs.copyFileSync(FIXTURE, test);
      const done = await scene.processes.run(scene.binaries.promtool.path, ['test', 'rules', test]);
      // The twin: a threshold that the healthy half of the test crosses.
      const strict = scene.file('prometheus-strict/contributed.yaml', fs.readFileSync(contributed, 'utf8').replace('thousand_node_local_disk_wear_percent > 90', 'thousand_node_local_disk_wear_percent > 40'));
      fs.copyFileSync(FIXTURE, path.join(path.dirname(strict), path.basename(FIXTURE)));
      const twin = await scene.processes.run(scene.binaries.promtool.path, ['test', 'rules', path.join(path.dirname(strict), path.basename(FIXTURE))]);
      return done.code === 0 && twin.code !== 0 && /LocalDiskWorn/.test(`${twin.stdout}${twin.stderr}`)
        ? passed('fourteen alerts fire in trouble and none beside it; a lower threshold is found')
        : failed(`exit ${done.code}: ${`${done.stdout}${done.stderr}`.slice(-1500)}; twin ${twin.code}`);
    },
  },
];

function installed(program: string): string | undefined {
  return (process.env.PATH ?? '').split(':').some(folder => fs.existsSync(path.join(folder, program))) ? undefined : `${program} is not installed here`;
}
