import * as os from 'node:os';
import { EtcdRing, RingOptions } from './etcd-ring';
import { Check } from '../../check';
import { Figure } from '../../results';
import { Scene } from '../../scene';

/**
 * Machines of the drills' own, laid out once; the shared control plane keeps running. Its rings start on the reference cluster's
 * arguments, and each drill ends those that it started.
 */
let own: Promise<Scene> | undefined;

export function drillScene(shared: Scene): Promise<Scene> {
  own ??= (async () => {
    const scene = new Scene(shared.binaries, shared.extent);
    await scene.controlPlane.prepare();
    return scene;
  })();
  return own;
}

/** The same checks; machines and processes of the drills go with the last of them. */
export function endingWithScene(checks: Check[]): Check[] {
  const last = checks[checks.length - 1];
  const ending: Check = {
    ...last,
    run: async shared => {
      try {
        return await last.run(shared);
      } finally {
        const scene = await own;
        own = undefined;
        await scene?.end(shared.extent.full);
      }
    },
  };
  return [...checks.slice(0, -1), ending];
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
