import * as fs from 'node:fs';
import { effective, ONE, plugins, problems, Reader, TWO } from './containerd-effective';
import { CONFIGURATION, ContainerdNode, containerdNodes } from './containerd-pools';
import { KubernetesRelease } from '../../../src';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';
import { binaries } from '../../toolchain/binaries';

/** Sandbox images of earlier releases, by cmd/kubeadm/app/constants of Kubernetes v1.35.4 and v1.36.2; the default release's kubeadm is asked. */
const PAUSE = { [KubernetesRelease.V1_35.version]: 'registry.k8s.io/pause:3.10.1', [KubernetesRelease.V1_36.version]: 'registry.k8s.io/pause:3.10.2' };

const newest = (scene: Scene): Reader => ({ ...scene.binaries.containerd, layout: TWO });

/** config.toml before containerd's own loader: what it has in effect in the end, since it refuses little and says nothing about much. */
export const containerdChecks: Check[] = [
  {
    id: 'containerd-configurations-in-effect',
    drill: '11',
    judge: 'component',
    component: 'containerd',
    run: async scene => {
      const asked = await scene.processes.run(scene.binaries.kubeadm.path, ['config', 'images', 'list', '--kubernetes-version', scene.binaries.kubeadm.version]);
      const sandbox = asked.stdout.split('\n').find(line => /\/pause:/.test(line)) ?? '';
      return verdict([[newest(scene), containerdNodes(scene, 'default', KubernetesRelease.newest()), sandbox]], scene);
    },
  },
  {
    // The file says "and newer": each is read by all that may lie under it.
    id: 'containerd-configurations-of-earlier-releases-in-effect',
    drill: '11',
    judge: 'component',
    component: 'containerd-1.7',
    run: async scene => {
      const tools = await binaries(['containerd-1.7', 'containerd-2.2'], console.log);
      const [one, two] = [{ ...tools['containerd-1.7'], layout: ONE }, { ...tools['containerd-2.2'], layout: TWO }];
      const earlier = containerdNodes(scene, 'one', KubernetesRelease.V1_35);
      const later = containerdNodes(scene, 'two', KubernetesRelease.V1_36);
      const [older, middle] = [PAUSE[KubernetesRelease.V1_35.version], PAUSE[KubernetesRelease.V1_36.version]];
      return verdict(
        [[one, earlier, older], [two, earlier, older], [newest(scene), earlier, older], [two, later, middle], [newest(scene), later, middle]], scene,
      );
    },
  },
  {
    id: 'misspelt-containerd-key-noticed',
    drill: 'N11',
    judge: 'component',
    component: 'containerd',
    run: async scene => {
      const found = await changed(scene, 'misspelt', 'config_path', 'config_pth');
      return found.some(text => /Ignoring unknown key.*config_pth/.test(text)) && found.some(text => /^folder of mirrors/.test(text)) ? passed(found[0].slice(0, 300)) : failed(`not noticed: ${found.join('; ')}`);
    },
  },
  {
    // Its loader keeps the table and says nothing: only that it has no such plugin, and that nothing is in effect, tells.
    id: 'misspelt-containerd-plugin-noticed',
    drill: 'N11',
    judge: 'component',
    component: 'containerd',
    run: async scene => {
      const found = await changed(scene, 'plugin', /cri\.v1\.images/g, 'cri.v1.image');
      return found.includes('no plugin io.containerd.cri.v1.image') && found.some(text => /^folder of mirrors/.test(text)) ? passed(found.join('; ').slice(0, 300)) : failed(`not noticed: ${found.join('; ')}`);
    },
  },
  {
    id: 'containerd-layout-of-the-future-refused',
    drill: 'N11',
    judge: 'component',
    component: 'containerd',
    run: async scene => {
      const file = scene.file('containerd/future.toml', fs.readFileSync(general(scene).root + CONFIGURATION, 'utf8').replace(/^version = \d$/m, 'version = 9'));
      const { code, complaints } = await effective(scene, newest(scene), file);
      return code !== 0 && /config version equal to or less than/.test(complaints.join()) ? passed(complaints.join(' ').slice(0, 300)) : failed(`exit ${code}: ${complaints.join(' ')}`);
    },
  },
];

/** Every file before every containerd that is named with it. */
async function verdict(cases: Array<[Reader, ContainerdNode[], string]>, scene: Scene) {
  const found: string[] = [];
  for (const [reader, nodes, sandbox] of cases) {
    for (const node of nodes) { found.push(...(await problems(scene, reader, node, sandbox)).map(text => `${reader.version} ${node.name}: ${text}`)); }
  }
  const files = cases.reduce((sum, [, nodes]) => sum + nodes.length, 0);
  const versions = [...new Set(cases.map(([reader]) => reader.version))];
  return found.length === 0
    ? passed(`containerd ${versions.join(', ')}: every value of ${files} files is in effect, with sandbox image, mirrors, runtimes and systemd cgroups as expected`, { files: { value: files, unit: 'files' } })
    : failed(found.join('; ').slice(0, 2000));
}

function general(scene: Scene): ContainerdNode {
  return containerdNodes(scene, 'changed', KubernetesRelease.newest())[0];
}

/** What is found when one thing in a right file is another. */
async function changed(scene: Scene, label: string, from: string | RegExp, to: string): Promise<string[]> {
  const node = general(scene);
  const text = fs.readFileSync(node.root + CONFIGURATION, 'utf8');
  const wrong = text.replace(from, to);
  if (wrong === text) { throw new Error(`nothing to change: ${from} is not there`); }
  scene.file(`containerd/${label}${CONFIGURATION}`, wrong);
  const known = await plugins(scene, newest(scene));
  if (!known.includes(TWO.imagePlugin)) { throw new Error(`containerd has no ${TWO.imagePlugin}`); }
  return problems(scene, newest(scene), { ...node, root: `${scene.folder}/containerd/${label}` }, PAUSE[KubernetesRelease.V1_36.version]);
}
