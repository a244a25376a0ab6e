import * as fs from 'node:fs';
import * as path from 'node:path';
import { DifferenceVerdict, differenceVerdict } from './difference-verdict';
import { CONTROL_PLANE_DIFFERENCES, ETCD_DIFFERENCES, KUBELET_DIFFERENCES } from './kubeadm-differences';
import { kubeadmNodes, KubeletOfKubeadm, kubeletOfKubeadm } from './kubeadm-kubelets';
import { controlPlaneDifferences, controlPlaneMachines, etcdDifferences, initDocuments, initPhase, trees } from './kubeadm-phases';
import { KubernetesRelease } from '../../../src';
import { Check, failed, Outcome, passed } from '../../check';
import { kubeadmDocuments, problemsOfDocuments } from '../../kubeadm-documents';
import { Scene } from '../../scene';
import { binaries } from '../../toolchain/binaries';

const DEFAULT = KubernetesRelease.newest();
/** The last release whose documents have the older form. */
const OLDER = KubernetesRelease.V1_30;

const notInShortForm = (scene: Scene) => (scene.extent.ci ? 'earlier releases are not built in the short form' : undefined);

async function older() {
  return (await binaries(['kubeadm-1.30'], console.log))['kubeadm-1.30'];
}

/** kubeadm reads our documents, writes manifests and kubelet configurations from them, and these are those of the plain form. */
export const kubeadmChecks: Check[] = [
  {
    id: 'kubeadm-takes-the-documents',
    drill: '2',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => documentsTaken(scene, scene.binaries.kubeadm, DEFAULT, 'kubeadm.k8s.io/v1beta4'),
  },
  {
    id: 'kubeadm-writes-our-control-plane',
    drill: '2',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => sameControlPlane(scene, scene.binaries.kubeadm, DEFAULT),
  },
  {
    id: 'kubeadm-leaves-etcd-to-us',
    drill: '2',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const both = trees(scene, DEFAULT);
      const [machine] = controlPlaneMachines(both);
      const { done, folder } = await initPhase(scene, scene.binaries.kubeadm, ['etcd', 'local'], initDocuments(both, machine), path.join(both.kubeadm.folder, 'machines', machine));
      const written = fs.readdirSync(folder);
      if (done.code !== 0 || written.length > 0) { return failed(`exit ${done.code}, wrote ${written.join()}: ${done.stderr.slice(-300)}`); }
      return judged(differenceVerdict(await etcdDifferences(scene, scene.binaries.kubeadm, both), ETCD_DIFFERENCES, DEFAULT), 'no manifest of its own; the one it would write');
    },
  },
  {
    id: 'kubeadm-writes-our-kubelets',
    drill: '2',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const { kubelets, outcome } = await sameKubelets(scene, scene.binaries.kubeadm, DEFAULT);
      const strict = await scene.processes.run(scene.binaries['kubelet-config-check'].path, kubelets.map(({ file }) => file));
      return strict.code === 0 ? outcome : failed(`patched by kubeadm: ${strict.stdout.slice(0, 800)}`);
    },
  },
  {
    id: 'kubeadm-of-the-older-form-agrees',
    drill: '2',
    judge: 'component',
    component: 'kubeadm-1.30',
    skip: notInShortForm,
    run: async scene => {
      const kubeadm = await older();
      const outcomes = [
        await documentsTaken(scene, kubeadm, OLDER, 'kubeadm.k8s.io/v1beta3'), await sameControlPlane(scene, kubeadm, OLDER), (await sameKubelets(scene, kubeadm, OLDER)).outcome,
      ];
      const text = `kubeadm ${kubeadm.version}: ${outcomes.map(outcome => outcome.message).join('; ')}`;
      return outcomes.every(outcome => outcome.passed) ? passed(text) : failed(text);
    },
  },
  {
    // Each takes what was written for it, and refuses what was written for the other.
    id: 'documents-of-the-other-form-refused',
    drill: 'N2',
    judge: 'component',
    component: 'kubeadm-1.30',
    skip: notInShortForm,
    run: async scene => {
      const kubeadm = await older();
      const cases = [[kubeadm, DEFAULT, /experimental API spec: "kubeadm\.k8s\.io\/v1beta4" is not allowed/], [scene.binaries.kubeadm, OLDER, /uses an old API spec: "kubeadm\.k8s\.io\/v1beta3"/]] as const;
      const said: string[] = [];
      for (const [tool, release, reason] of cases) {
        const init = kubeadmDocuments(trees(scene, release).kubeadm).filter(file => file.endsWith('kubeadm-init.yaml'));
        const refusal = (await problemsOfDocuments(scene, tool, init)).join().split('\n').find(line => reason.test(line));
        if (refusal === undefined) { return failed(`documents of ${release.version} not refused by ${tool.version} for ${reason}`); }
        said.push(refusal.replace(/^.*?(?=experimental API|your configuration)/, '').slice(0, 200));
      }
      return passed(said.join(' | '));
    },
  },
  {
    id: 'changed-flag-noticed',
    drill: 'N2',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const {
        unlisted, gone,
      } = differenceVerdict(await controlPlaneDifferences(scene, scene.binaries.kubeadm, trees(scene, DEFAULT), ({ ClusterConfiguration: { apiServer } }) => {
        apiServer.extraArgs.find(({ name }: { name: string }) => name === 'max-requests-inflight').value = '1';
      }), CONTROL_PLANE_DIFFERENCES, DEFAULT);
      return unlisted.length === 1 && /^kube-apiserver --max-requests-inflight: kubeadm 1, here \d+$/.test(unlisted[0]) && gone.length === 0 ? passed(unlisted[0]) : failed(`${unlisted.join('; ')}; gone: ${gone.join()}`);
    },
  },
  {
    // Without a pod range in the document kubeadm has no reason to write the flag that the table excuses; it then leaves out the Services' range too.
    id: 'listed-difference-that-is-gone-noticed',
    drill: 'N2',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const { unlisted, gone } = differenceVerdict(await controlPlaneDifferences(scene, scene.binaries.kubeadm, trees(scene, DEFAULT), (
        { ClusterConfiguration: { networking } },
      ) => {
        delete networking.podSubnet;
      }), CONTROL_PLANE_DIFFERENCES, DEFAULT);
      return gone.join() === 'kube-controller-manager --cluster-cidr' && unlisted.every(text => text.startsWith('kube-controller-manager --service-cluster-ip-range')) ? passed(`${gone[0]} is listed and gone`) : failed(`gone: ${gone.join()}; ${unlisted.join('; ')}`);
    },
  },
  {
    id: 'misspelt-kubelet-patch-noticed',
    drill: 'N2',
    judge: 'component',
    component: 'kubelet-config-check',
    run: async scene => {
      const both = trees(scene, DEFAULT);
      const { file, found } = await kubeletOfKubeadm(scene, scene.binaries.kubeadm, both, { group: 'pools', name: 'general' }, folder => {
        const patch = path.join(folder, 'kubeletconfiguration0+merge.yaml');
        fs.writeFileSync(patch, fs.readFileSync(patch, 'utf8').replace(/^kubeReserved:/m, 'kubeReservd:'));
      });
      const strict = await scene.processes.run(scene.binaries['kubelet-config-check'].path, [file]);
      const { unlisted } = differenceVerdict(found, KUBELET_DIFFERENCES, DEFAULT);
      return strict.code === 1 && /unknown field "kubeReservd"/.test(JSON.parse(strict.stdout).error) && unlisted.some(text => text.startsWith('kubelet kubeReserv'))
        ? passed(`kubeadm takes the patch; ${JSON.parse(strict.stdout).error}; ${unlisted[0]}`) : failed(`${strict.stdout.slice(0, 300)}; ${unlisted.join('; ')}`);
    },
  },
  {
    // Three minors are right, four are not: kubeadm asks the kubelet that it finds for its version before it touches anything.
    id: 'skew-of-four-minors-refused',
    drill: 'N2',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const said: string[] = [];
      for (const behind of [3, 4]) {
        const { done } = await preflight(scene, `v1.${Number(DEFAULT.version.split('.')[1]) - behind}.0`);
        said.push(done.stderr.split('\n').find(line => line.includes('[ERROR KubeletVersion]'))?.trim() ?? '');
      }
      return said[0] === '' && /is lower than kubeadm can support/.test(said[1]) ? passed(said[1]) : failed(`three behind: '${said[0]}', four behind: '${said[1]}'`);
    },
  },
  {
    id: 'control-plane-of-four-minors-ago-refused',
    drill: 'N2',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const both = trees(scene, DEFAULT);
      const [machine] = controlPlaneMachines(both);
      const documents = initDocuments(both, machine);
      documents.ClusterConfiguration.kubernetesVersion = KubernetesRelease.V1_33.tag;
      const { done } = await initPhase(scene, scene.binaries.kubeadm, ['control-plane', 'all'], documents, path.join(both.kubeadm.folder, 'machines', machine));
      const line = done.stderr.split('\n').find(text => /only supports deploying clusters with the control plane version >=/.test(text));
      return done.code !== 0 && line !== undefined ? passed(line.trim().slice(0, 240)) : failed(`exit ${done.code}: ${done.stderr.slice(-300)}`);
    },
  },
];

/** kubeadm looks at the machine, and a kubelet that says this version is what it finds there. Its other complaints are about this machine. */
function preflight(scene: Scene, kubelet: string) {
  const both = trees(scene, DEFAULT);
  const [machine] = controlPlaneMachines(both);
  const documents = initDocuments(both, machine);
  // kubeadm looks the name up; this one no server is asked for.
  documents.InitConfiguration.nodeRegistration.name = 'localhost';
  const binary = scene.file(`kubelet-${kubelet}/kubelet`, `#!/bin/sh\necho 'Kubernetes ${kubelet}'\n`);
  fs.chmodSync(binary, 0o755);
  return initPhase(scene, scene.binaries.kubeadm, ['preflight'], documents, path.join(both.kubeadm.folder, 'machines', machine), { PATH: `${path.dirname(binary)}:${process.env.PATH}` });
}

async function documentsTaken(scene: Scene, kubeadm: { readonly path: string }, release: KubernetesRelease, apiVersion: string): Promise<Outcome> {
  const files = kubeadmDocuments(trees(scene, release).kubeadm);
  const problems = await problemsOfDocuments(scene, kubeadm, files);
  const kinds = files.flatMap(file => [...fs.readFileSync(file, 'utf8').matchAll(/^apiVersion: (kubeadm\S+)\nkind: (\w+)$/gm)]).map(([, version, kind]) => `${version} ${kind}`);
  const counts = [...new Set(kinds)].map(kind => `${kinds.filter(other => other === kind).length} ${kind}`);
  const wanted = ['1 InitConfiguration', '1 ClusterConfiguration', '6 JoinConfiguration'].map(text => text.replace(' ', ` ${apiVersion} `));
  return problems.length === 0 && wanted.every(text => counts.includes(text)) ? passed(`${files.length} files: ${counts.join(', ')}`, { files: { value: files.length, unit: 'files' } }) : failed(`${counts.join(', ')}; ${problems.join('; ')}`);
}

async function sameControlPlane(scene: Scene, kubeadm: { readonly path: string }, release: KubernetesRelease): Promise<Outcome> {
  const both = trees(scene, release);
  return judged(differenceVerdict(await controlPlaneDifferences(scene, kubeadm, both), CONTROL_PLANE_DIFFERENCES, release), `manifests of ${controlPlaneMachines(both).length} machines`);
}

async function sameKubelets(
  scene: Scene, kubeadm: { readonly path: string }, release: KubernetesRelease,
): Promise<{ kubelets: KubeletOfKubeadm[]; outcome: Outcome }> {
  const both = trees(scene, release);
  const kubelets: KubeletOfKubeadm[] = [];
  for (const node of kubeadmNodes(both)) { kubelets.push(await kubeletOfKubeadm(scene, kubeadm, both, node)); }
  const verdict = differenceVerdict(kubelets.flatMap(({ found }) => found), KUBELET_DIFFERENCES, release);
  return { kubelets, outcome: judged(verdict, `configuration and command line of ${kubelets.length} kinds of nodes`) };
}

function judged({ unlisted, gone, flags, others }: DifferenceVerdict, what: string): Outcome {
  const figures = { flags: { value: flags, unit: 'flags that differ, all listed' }, others: { value: others, unit: 'other items that differ, all listed' } };
  return unlisted.length === 0 && gone.length === 0 ? passed(`${what}: ${flags} flags and ${others} other items differ, each with its reason`, figures)
    : failed(`not listed: ${unlisted.join('; ') || 'none'}; listed and gone: ${gone.join(', ') || 'none'}`, figures);
}
