import * as fs from 'node:fs';
import * as path from 'node:path';
import { Finished } from './processes';
import { Scene } from './scene';

/** A file of a machine. */
export interface HostText { readonly path: string; readonly content: string }

const UNITS = '/etc/systemd/system/';

/** Commands that units name, behind the prefixes of systemd. */
const COMMAND = /^(Exec[A-Za-z]+=[-@:+!]*)(\/\S+)/gm;

/** Why a check that needs a program of the distribution is left out here; undefined where the program is. */
export function notInstalled(program: 'shellcheck' | 'systemd-analyze'): string | undefined {
  return (process.env.PATH ?? '').split(path.delimiter).some(folder => fs.existsSync(path.join(folder, program))) ? undefined : `${program} is not installed`;
}

export function shellcheck(scene: Scene, files: string[]): Promise<Finished> {
  return scene.processes.run('shellcheck', files);
}

/** Commands that units start. */
export function commandsOf(units: readonly HostText[]): string[] {
  return [...new Set(units.flatMap(unit => [...unit.content.matchAll(COMMAND)].map(match => match[2])))];
}

/**
 * What systemd says of units and fragments of units below /etc/systemd/system, laid into a folder of the run. It looks whether commands exist, so another stands for
 * each, and it wants the units of other packages that ours change or require.
 */
export async function unitRemarks(scene: Scene, label: string, units: readonly HostText[]): Promise<string[]> {
  const folder = path.join(scene.folder, label);
  const names = units.map(unit => unit.path.slice(UNITS.length));
  const whole = names.filter(name => !name.includes('/'));
  const others = [...new Set(['containerd.service', ...names.filter(name => name.includes('.d/')).map(name => name.slice(0, name.indexOf('.d/')))])].filter(name => !whole.includes(name));
  for (const [i, name] of names.entries()) { scene.file(path.join(label, name), units[i].content.replace(COMMAND, '$1/bin/true')); }
  for (const name of others) { scene.file(path.join(label, name), '[Service]\nExecStart=/bin/true\n'); }
  const files = [...whole, ...others].map(name => path.join(folder, name));
  const done = await scene.processes.run('systemd-analyze', ['verify', '--man=no', ...files], { env: { SYSTEMD_LOG_LEVEL: 'warning' } });
  const ours = [folder, ...whole, ...others];
  const said = done.stderr.split('\n').filter(line => ours.some(text => line.includes(text)));
  return done.code === 0 || said.length > 0 ? said : [`systemd-analyze ended with ${done.code}: ${done.stderr.trim().slice(-300)}`];
}
