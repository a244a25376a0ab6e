import * as fs from 'node:fs';
import * as path from 'node:path';
import { EtcdMachines } from './etcd-machines';
import { Finished } from '../../processes';
import { Scene } from '../../scene';

const LAID_OUT = new WeakMap<Scene, Map<string, Promise<EtcdMachines>>>();

/** The machines of a ring, laid out once a run; a drill begins with `fresh()`. */
export function ringOf(scene: Scene, ring: string): Promise<EtcdMachines> {
  const rings = LAID_OUT.get(scene) ?? new Map<string, Promise<EtcdMachines>>();
  LAID_OUT.set(scene, rings);
  const machines = rings.get(ring) ?? EtcdMachines.layOut(scene, ring);
  rings.set(ring, machines);
  return machines;
}

/** The last thing a script said. */
export function lastLine(done: Finished): string {
  return `${done.stdout}\n${done.stderr}`.trim().split('\n').at(-1)!.slice(0, 240);
}

export function expectExit(done: Finished, code: number): void {
  if (done.code !== code) { throw new Error(`exit ${done.code} instead of ${code}: ${done.stdout.slice(-300)} ${done.stderr.slice(-600)}`); }
}

/** Set a column of the ring's rows in a machine's table: where a drill cannot have the real size. */
export function setColumn(ring: EtcdMachines, machine: string, column: number, value: number): void {
  const file = path.join(ring.root(machine), '/etc/thousand-node/etcd-rings.tsv');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').split('\n').map(line => {
    const columns = line.split('\t');
    if (columns[0] === ring.ring) { columns[column] = String(value); }
    return columns.join('\t');
  }).join('\n'));
}
