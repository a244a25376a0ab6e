import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { everyForm, NamedTree } from './furnished-forms';
import { WrittenFile } from './written-files';
import { Check, failed, passed } from '../../check';
import { commandsOf, HostText, notInstalled, shellcheck, unitRemarks } from '../../distribution-judges';
import { Scene } from '../../scene';

/** Version of the running kernel; what a distribution adds to it says nothing of the settings. */
const KERNEL = /^\d+(\.\d+)*/.exec(os.release())?.[0] ?? os.release();

const UNIT = /^\/etc\/systemd\/system\/.+\.(service|timer|socket|mount|path|conf)$/;
const SYSCTL = /^\/etc\/sysctl\.d\//;
const SETTINGS = '/proc/sys';

/** Commands that other packages bring; install.md asks for them. */
const OF_OTHERS = ['/bin/chmod', '/bin/chown', '/usr/bin/kubelet', '/usr/local/bin/etcd', '/usr/bin/systemctl', '/usr/sbin/sysctl', '/usr/sbin/swapoff'];

/** Settings that a machine has with a module only: it may lack here, and then they are named and not judged. */
const MODULES: Array<[prefix: string, module: string]> = [['net.netfilter.', 'nf_conntrack'], ['net.bridge.', 'br_netfilter'], ['net.ipv6.', 'ipv6']];

const noKernelSettings = () => (fs.existsSync(`${SETTINGS}/kernel/panic`) ? undefined : 'this machine does not show its kernel settings');

/** Scripts, units and kernel settings of every form, before the shell's, systemd's and the kernel's own judgement. */
export const hostFileChecks: Check[] = [
  {
    id: 'scripts-of-every-form-shellcheck',
    drill: '4',
    judge: 'component',
    component: 'shellcheck',
    skip: () => notInstalled('shellcheck'),
    run: async scene => {
      const scripts = scriptsOf(scene);
      const done = await shellcheck(scene, [...scripts.values()]);
      const programs = new Set([...scripts.values()].map(file => path.basename(file)));
      const figures = { scripts: { value: scripts.size, unit: 'texts' }, programs: { value: programs.size, unit: 'programs' }, forms: { value: everyForm(scene).length, unit: 'written forms' } };
      return done.code === 0 && scripts.size > 0 ? passed(`${scripts.size} scripts without remark`, figures) : failed(done.stdout.slice(0, 1000) || done.stderr.slice(0, 500), figures);
    },
  },
  {
    id: 'units-of-every-form-verify',
    drill: '4',
    judge: 'component',
    component: 'systemd-analyze',
    skip: () => notInstalled('systemd-analyze'),
    run: async scene => {
      const sets = unitSets(scene);
      const remarks: string[] = [];
      for (const [i, { form, units }] of sets.entries()) { remarks.push(...(await unitRemarks(scene, `units/${i}`, units)).map(text => `${form}: ${text}`)); }
      const strange = everyForm(scene).flatMap(tree => strangeCommands(tree));
      const texts = new Set(sets.flatMap(({ units }) => units.map(unit => unit.content)));
      const figures = { units: { value: texts.size, unit: 'texts' }, machines: { value: sets.length, unit: 'kinds of machines' } };
      return remarks.length === 0 && strange.length === 0 && texts.size > 0 ? passed(`${texts.size} units and fragments without remark; each command is written beside its unit or comes with a package`, figures)
        : failed([...remarks, ...strange].join('; ').slice(0, 1500), figures);
    },
  },
  {
    id: 'kernel-settings-exist',
    drill: '4',
    judge: 'component',
    component: 'kernel',
    skip: noKernelSettings,
    run: async scene => {
      const { names, unknown, hidden } = kernelSettings(everyForm(scene).flatMap(tree => tree.files));
      const figures = { settings: { value: names.length, unit: 'names' }, hidden: { value: Object.values(hidden).flat().length, unit: 'names of modules that are not loaded here' } };
      const words = Object.entries(hidden).map(([module, keys]) => `; without module ${module} nobody sees ${keys.join(', ')}`).join('');
      return unknown.length === 0 && names.length > 0 ? passed(`Linux ${KERNEL} has ${names.length - Object.values(hidden).flat().length} of ${names.length} settings${words}`, figures) : failed(`Linux ${KERNEL} has no ${unknown.join(', ')}${words}`, figures);
    },
  },
  {
    id: 'unquoted-variable-noticed',
    drill: 'N4',
    judge: 'component',
    component: 'shellcheck',
    skip: () => notInstalled('shellcheck'),
    run: async scene => {
      const [[content, file]] = [...scriptsOf(scene)].filter(([text]) => text.includes('basename "$0"'));
      const done = await shellcheck(scene, [scene.file(`negative/${path.basename(file)}`, content.replace('basename "$0"', 'basename $0'))]);
      return done.code !== 0 && /SC2086/.test(done.stdout) ? passed(done.stdout.split('\n').find(line => line.includes('SC2086'))!.trim()) : failed(`accepted: ${done.stdout}`);
    },
  },
  {
    id: 'misspelt-directive-noticed',
    drill: 'N4',
    judge: 'component',
    component: 'systemd-analyze',
    skip: () => notInstalled('systemd-analyze'),
    run: async scene => {
      const { units } = unitSets(scene).find(set => set.units.some(unit => unit.path.endsWith('kubelet.service.d/20-gpu-check.conf')))!;
      const remarks = await unitRemarks(scene, 'negative/units', units.map(unit => ({ ...unit, content: unit.content.replace(/^RestartSec=/m, 'RestartSecs=') })));
      return remarks.some(text => text.includes("'RestartSecs'") && text.includes('20-gpu-check.conf')) ? passed(remarks.find(text => text.includes('20-gpu-check.conf'))!.slice(0, 240)) : failed(`not noticed: ${remarks.join('; ')}`);
    },
  },
  {
    // A setting of old guides for large clusters, gone with Linux 4.12.
    id: 'removed-kernel-setting-noticed',
    drill: 'N4',
    judge: 'component',
    component: 'kernel',
    skip: noKernelSettings,
    run: async scene => {
      const [right] = everyForm(scene).flatMap(tree => tree.files).filter(file => SYSCTL.test(file.path));
      const { unknown } = kernelSettings([{ ...right, content: right.content.replace(/^net\.ipv4\.tcp_tw_reuse /m, 'net.ipv4.tcp_tw_recycle ') }]);
      return unknown.join() === 'net.ipv4.tcp_tw_recycle' ? passed(`Linux ${KERNEL} has no ${unknown[0]}`) : failed(`unknown: ${unknown.join()}`);
    },
  },
];

/** Scripts of all forms: text to the file that it lies in now. */
function scriptsOf(scene: Scene): Map<string, string> {
  const scripts = everyForm(scene).flatMap(({ files, hooks }) => [
    ...files.filter(file => file.content.startsWith('#!')).map(file => [file.content, path.basename(file.path)]), ...hooks.filter(hook => hook.startsWith('#!')).map(hook => [hook, 'hook']),
  ] as Array<[string, string]>);
  return new Map([...new Map(scripts)].map(([content, name], i) => [content, scene.file(`scripts/${i}/${name}`, content)]));
}

/** Units that lie together on one kind of machine, each set once. */
function unitSets(scene: Scene): Array<{ form: string; units: HostText[] }> {
  const sets = everyForm(scene).flatMap(({ form, files, hooks }) => {
    const nodes = [...new Set(files.map(file => file.node))].map(node => files.filter(file => file.node === node && UNIT.test(file.path)));
    const hung = hooks.filter(hook => !hook.startsWith('#!')).map((content, i) => ({ path: `/etc/systemd/system/thousand-node-hook-${i}.service`, content }));
    return [...nodes, hung].map(units => ({ form, units: units.map(({ path: place, content }) => ({ path: place, content })) }));
  });
  return [...new Map(sets.filter(({ units }) => units.length > 0).map(set => [JSON.stringify(set.units), set])).values()];
}

/** Commands of units that nobody brings, or that the form writes without the right to be started. */
function strangeCommands({ form, files, hooks }: NamedTree): string[] {
  const units: HostText[] = [...files.filter(file => UNIT.test(file.path)), ...hooks.map(content => ({ path: '', content }))];
  const brought = new Set([...OF_OTHERS, ...files.filter((file: WrittenFile) => /[1357]/.test(file.mode.slice(-3))).map(file => file.path)]);
  return commandsOf(units).filter(command => !brought.has(command)).map(command => `${form}: nobody brings ${command}`);
}

/** Names in files for sysctl.d: those that this kernel does not have, and by module those that it has with a module only that is not loaded. */
function kernelSettings(files: readonly HostText[]): { names: string[]; unknown: string[]; hidden: { [module: string]: string[] } } {
  const lines = files.filter(file => SYSCTL.test(file.path)).flatMap(file => file.content.split('\n')).filter(line => line !== '' && !line.startsWith('#'));
  const names = [...new Set(lines.map(line => line.slice(0, line.indexOf(' ='))))].sort();
  const unknown: string[] = [];
  const hidden: { [module: string]: string[] } = {};
  for (const name of names.filter(key => !fs.existsSync(path.join(SETTINGS, key.replaceAll('.', '/'))))) {
    const [, module] = MODULES.find(([prefix]) => name.startsWith(prefix)) ?? [];
    if (module === undefined || fs.existsSync(`/sys/module/${module}`)) { unknown.push(name); } else { (hidden[module] ??= []).push(name); }
  }
  return { names, unknown, hidden };
}
