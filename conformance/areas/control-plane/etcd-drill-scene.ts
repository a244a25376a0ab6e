import * as os from 'node:os';
import { EtcdRing, RingOptions } from './etcd-ring';
import { Figure } from '../../results';
import { Scene } from '../../scene';

const OWN = new WeakMap<Scene, Promise<Scene>>();

/** Machines of the drills' own, laid out once. Their rings start on the reference cluster's arguments, and each drill ends those that it started. */
export function drillScene(shared: Scene): Promise<Scene> {
  const known = OWN.get(shared);
  if (known) { return known; }
  const scene = new Scene(shared.binaries, shared.extent);
  shared.atEnd(keep => scene.end(keep));
  const prepared = scene.controlPlane.prepare().then(() => scene);
  OWN.set(shared, prepared);
  return prepared;
}

/** Run a drill on a ring and end the ring, whatever happens. */
export async function onRing<T>(shared: Scene, ring: string, options: RingOptions, drill: (ring: EtcdRing) => Promise<T>): Promise<T> {
  const started = await EtcdRing.start(await drillScene(shared), ring, options);
  try {
    return await drill(started);
  } finally {
    await started.stop();
  }
}

/** What else kept this machine busy: a time without it says little. */
export function besides(): { readonly [name: string]: Figure } {
  return { load_average: { value: Math.round(os.loadavg()[0] * 10) / 10, unit: `runnable on ${os.cpus().length} cores, 1 min` } };
}

export const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

/** The value below which a share of the sorted values lies. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) { throw new Error('a quantile of nothing'); }
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));
