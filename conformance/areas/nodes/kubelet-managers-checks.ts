import * as fs from 'node:fs';
import { parse, stringify } from 'yaml';
import { PoolKubelet, poolKubelets } from './kubelet-pools';
import { KubernetesRelease, ThreadNumbers } from '../../../src';
import { Check, failed, Outcome, passed } from '../../check';
import { Finished } from '../../processes';
import { Scene } from '../../scene';
import { binaries } from '../../toolchain/binaries';

const DEFAULT = KubernetesRelease.newest();
const EARLIER = [
  { release: KubernetesRelease.V1_36, tool: 'kubelet-config-check-1.36' },
  { release: KubernetesRelease.V1_35, tool: 'kubelet-config-check-1.35' },
] as const;

interface Verdict { readonly file: string; readonly ok: boolean; readonly error: string }

/** Configurations of pools before the kubelet's own packages: strict decoding and validation, then the managers that compare them with the machine. */
export const kubeletManagersChecks: Check[] = [
  {
    id: 'pool-kubelets-valid',
    drill: '1',
    judge: 'component',
    component: 'kubelet-config-check',
    run: async scene => valid(scene, scene.binaries['kubelet-config-check'].path, DEFAULT),
  },
  {
    id: 'pool-kubelets-of-earlier-releases-valid',
    drill: '1',
    judge: 'component',
    component: 'kubelet-config-check-1.35',
    skip: scene => (scene.extent.ci ? 'earlier releases are not built in the short form' : undefined),
    run: async scene => {
      const tools = await binaries(EARLIER.map(({ tool }) => tool), console.log);
      const outcomes: Outcome[] = [];
      for (const { release, tool } of EARLIER) { outcomes.push(await valid(scene, tools[tool].path, release)); }
      const text = outcomes.map(outcome => outcome.message).join('; ');
      return outcomes.every(outcome => outcome.passed) ? passed(text) : failed(text);
    },
  },
  {
    // Topology of the machine is what cAdvisor would tell; that its firmware numbers threads like this is the user's word.
    id: 'pool-kubelets-start-their-managers',
    drill: '1',
    judge: 'component',
    component: 'kubelet-managers-check',
    run: async scene => {
      const pools = poolKubelets(scene, DEFAULT);
      const verdicts = await managers(scene, pools);
      const bad = verdicts.filter(verdict => !verdict.ok);
      const text = `CPU, memory and topology manager take ${verdicts.length} pools on their machines`;
      return bad.length === 0 && verdicts.length === pools.length ? passed(text, { pools: { value: verdicts.length, unit: 'pools' } }) : failed(bad.map(words).join('; '));
    },
  },
  {
    id: 'misspelt-field-of-a-pool-refused',
    drill: 'N1',
    judge: 'component',
    component: 'kubelet-config-check',
    run: async scene => {
      const file = scene.file('kubelets/misspelt.yaml', fs.readFileSync(pool(scene, 'general').file, 'utf8').replace(/^podPidsLimit:/m, 'podPidLimit:'));
      const done = await scene.processes.run(scene.binaries['kubelet-config-check'].path, [file]);
      return refused(done, /unknown field \\"podPidLimit\\"/);
    },
  },
  {
    id: 'memory-reservation-off-by-one-refused',
    drill: 'N1',
    judge: 'component',
    component: 'kubelet-managers-check',
    run: async scene => changed(scene, 'memory', configuration => {
      // One byte more than the sum over the NUMA nodes.
      const bytes = /^(\d+)Mi$/.exec(configuration.systemReserved.memory);
      if (bytes === null) { throw new Error(`systemReserved.memory is no longer in Mi: ${configuration.systemReserved.memory}`); }
      configuration.systemReserved.memory = String(Number(bytes[1]) * 1024 ** 2 + 1);
    }, /memory manager: .*(the total amount|reserved)/i),
  },
  {
    id: 'static-cpu-manager-without-reservation-refused',
    drill: 'N1',
    judge: 'component',
    component: 'kubelet-managers-check',
    run: async scene => changed(scene, 'compute', configuration => {
      delete configuration.reservedSystemCPUs;
      delete configuration.kubeReserved.cpu;
      delete configuration.systemReserved.cpu;
    }, /CPU manager: .*(reserved|reservation)/i),
  },
  {
    // The pair shows that the folder is read: with a kind, the kubelet stumbles over the value that the drop-in brings.
    id: 'drop-in-without-kind-refused',
    drill: 'N1',
    judge: 'component',
    component: 'kubelet',
    run: async scene => {
      const base = pool(scene, 'general').file;
      const start = async (name: string, text: string) => {
        const file = scene.file(`kubelets/${name}/10-pool.conf`, text);
        return scene.processes.run(scene.binaries.kubelet.path, ['--config', base, '--config-dir', file.replace(/\/[^/]+$/, ''), '--root-dir', `${scene.folder}/kubelets/root`], { timeoutMs: 20_000 });
      };
      const whole = await start('with-kind', 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: -5\n');
      if (whole.code === 0 || whole.code === null || !/maxPods.*-5|-5.*maxPods/.test(whole.stderr)) { return failed(`a drop-in with kind was not merged: ${whole.stderr.slice(-600)}`); }
      return refused(await start('without-kind', 'maxPods: 250\n'), /failed to merge kubelet configs.*kind/i);
    },
  },
];

function pool(scene: Scene, name: string): PoolKubelet {
  return poolKubelets(scene, DEFAULT).find(candidate => candidate.name === name)!;
}

async function valid(scene: Scene, judge: string, release: KubernetesRelease): Promise<Outcome> {
  const files = poolKubelets(scene, release).map(({ file }) => file);
  const verdicts = lines(await scene.processes.run(judge, files));
  const bad = verdicts.filter(verdict => !verdict.ok);
  return bad.length === 0 && verdicts.length === files.length ? passed(`${release.version}: ${files.length} configurations decode strictly and are valid`) : failed(`${release.version}: ${bad.map(words).join('; ')}`);
}

async function managers(scene: Scene, pools: PoolKubelet[]): Promise<Verdict[]> {
  const machines = pools.map(({ machine, file }) => ({
    file,
    cpu: machine.cpu,
    threadsPerCore: 2,
    numaNodes: machine.numaNodes ?? 1,
    memoryMebibytes: machine.memoryGibibytes * 1024,
    threadsApart: machine.threads === ThreadNumbers.APART,
  }));
  return lines(await scene.processes.run(scene.binaries['kubelet-managers-check'].path, [scene.file('kubelets/machines.json', JSON.stringify(machines))]));
}

/** A pool that its managers take, with one thing changed. */
async function changed(scene: Scene, name: string, change: (configuration: any) => void, reason: RegExp): Promise<Outcome> {
  const right = pool(scene, name);
  const configuration = parse(fs.readFileSync(right.file, 'utf8'));
  change(configuration);
  const [verdict] = await managers(scene, [{ ...right, file: scene.file(`kubelets/changed-${name}.yaml`, stringify(configuration)) }]);
  return !verdict.ok && reason.test(verdict.error) ? passed(verdict.error.slice(0, 300)) : failed(verdict.ok ? 'accepted' : verdict.error);
}

function lines(done: Finished): Verdict[] {
  return done.stdout.trim().split('\n').filter(line => line !== '').map(line => JSON.parse(line));
}

function words({ file, error }: Verdict): string {
  return `${file.split('/').pop()}: ${error}`;
}

function refused(done: Finished, reason: RegExp): Outcome {
  const line = `${done.stdout}\n${done.stderr}`.split('\n').find(text => reason.test(text));
  return done.code !== 0 && done.code !== null && line !== undefined ? passed(line.slice(0, 300)) : failed(`exit ${done.code}: ${done.stderr.slice(-600) || done.stdout.slice(-600)}`);
}
