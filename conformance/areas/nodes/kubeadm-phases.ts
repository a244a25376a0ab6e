import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { form } from './forms';
import { ItemDifference, itemDifferences, podItems } from './pod-items';
import { KubernetesRelease } from '../../../src';
import { HostTree } from '../../control-plane/host-tree';
import { Finished } from '../../processes';
import { Scene } from '../../scene';

/** One cluster as kubeadm gets it, and as it looks without an installer. */
export interface Trees { readonly kubeadm: HostTree; readonly plain: HostTree }

/** Documents for kubeadm, by kind. */
export interface InitDocuments { InitConfiguration: any; ClusterConfiguration: any; KubeletConfiguration: any }

/** A difference of one component on one machine; the machine's own name and address are MACHINE and ADDRESS. */
export interface MachineDifference extends ItemDifference { readonly machine: string; readonly component: string }

interface Tool { readonly path: string }

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

export function trees(scene: Scene, release: KubernetesRelease): Trees {
  return { kubeadm: new HostTree(form(scene, 'kubeadm', release)), plain: new HostTree(form(scene, 'plain', release)) };
}

/** Machines of the control plane, the one that is initialised first. */
export function controlPlaneMachines({ kubeadm }: Trees): string[] {
  const rank = (machine: string) => (kubeadm.at('/etc/kubernetes/kubeadm-init.yaml').some(entry => entry.machine === machine) ? 0 : 1);
  return kubeadm.machines.sort((a, b) => rank(a) - rank(b));
}

/** What kubeadm works with on a machine of the control plane. One that joins has a document of its own and gets the others from the API server. */
export function initDocuments({ kubeadm }: Trees, machine: string): InitDocuments {
  const [init] = kubeadm.at('/etc/kubernetes/kubeadm-init.yaml');
  const documents = Object.fromEntries(
    parseAllDocuments(kubeadm.text(init)).map(document => document.toJS()).map(document => [document.kind, document]),
  ) as unknown as InitDocuments;
  if (init.machine === machine) { return documents; }
  const { nodeRegistration, patches, controlPlane } = parse(kubeadm.text(kubeadm.at('/etc/kubernetes/kubeadm-join.yaml').find(entry => entry.machine === machine)!));
  const { apiVersion, kind } = documents.InitConfiguration;
  return { ...documents, InitConfiguration: { apiVersion, kind, nodeRegistration, patches, localAPIEndpoint: controlPlane.localAPIEndpoint } };
}

/** Runs a phase of `kubeadm init` that only writes files, into a folder of the run. `patched` is the machine or pool whose patches are taken. */
export async function initPhase(
  scene: Scene, kubeadm: Tool, phase: string[], documents: InitDocuments, patched: string, env: { readonly [name: string]: string } = {},
): Promise<{ done: Finished; folder: string }> {
  const work = path.join(scene.folder, 'kubeadm-phases');
  fs.mkdirSync(work, { recursive: true });
  const folder = fs.mkdtempSync(path.join(work, `${phase[0]}-`));
  const init = { ...documents.InitConfiguration, patches: { directory: path.join(patched, '/etc/kubernetes/patches') } };
  const file = `${folder}.yaml`;
  fs.writeFileSync(file, Object.values({ ...documents, InitConfiguration: init }).map(document => stringify(document)).join('---\n'));
  const done = await scene.processes.run(kubeadm.path, ['init', 'phase', ...phase, '--dry-run', '--config', file], { env: { ...env, KUBEADM_INIT_DRYRUN_DIR: folder } });
  // Earlier ones make a folder of their own in the one that they are given.
  const within = path.join(folder, 'tmp');
  return { done, folder: fs.existsSync(within) ? path.join(within, fs.readdirSync(within)[0]) : folder };
}

/** What kubeadm's manifests of the control plane say otherwise than ours; `change` alters the documents first. */
export async function controlPlaneDifferences(
  scene: Scene, kubeadm: Tool, both: Trees, change: (documents: InitDocuments) => void = () => {},
): Promise<MachineDifference[]> {
  const found: MachineDifference[] = [];
  for (const machine of controlPlaneMachines(both)) {
    const documents = initDocuments(both, machine);
    change(documents);
    const { done, folder } = await initPhase(scene, kubeadm, ['control-plane', 'all'], documents, path.join(both.kubeadm.folder, 'machines', machine));
    if (done.code !== 0) { throw new Error(`kubeadm on ${machine}: ${done.stderr.slice(-500)}`); }
    found.push(...COMPONENTS.flatMap(component => compared(both, machine, documents, component, path.join(folder, `${component}.yaml`), component)));
  }
  return found;
}

/** What the etcd that kubeadm would run says otherwise than a member of ours, given the same data directory. */
export async function etcdDifferences(scene: Scene, kubeadm: Tool, both: Trees): Promise<MachineDifference[]> {
  const [machine] = controlPlaneMachines(both);
  const documents = initDocuments(both, machine);
  documents.ClusterConfiguration.etcd = { local: { dataDir: '/var/lib/etcd-main' } };
  const { done, folder } = await initPhase(scene, kubeadm, ['etcd', 'local'], documents, path.join(both.kubeadm.folder, 'machines', machine));
  if (done.code !== 0) { throw new Error(`kubeadm on ${machine}: ${done.stderr.slice(-500)}`); }
  return compared(both, machine, documents, 'etcd', path.join(folder, 'etcd.yaml'), 'etcd-main');
}

function compared({ plain }: Trees, machine: string, documents: InitDocuments, component: string, file: string, pod: string): MachineDifference[] {
  const address: string = documents.InitConfiguration.localAPIEndpoint.advertiseAddress;
  const items = (text: string) => podItems(parse(text.replaceAll(address, 'ADDRESS').replaceAll(machine, 'MACHINE')));
  const ours = plain.at(`/etc/kubernetes/manifests/${pod}.yaml`).find(entry => entry.machine === machine);
  if (ours === undefined) { throw new Error(`${machine} has no static pod ${pod}`); }
  return itemDifferences(items(fs.readFileSync(file, 'utf8')), items(plain.text(ours))).map(difference => ({ machine, component, ...difference }));
}
