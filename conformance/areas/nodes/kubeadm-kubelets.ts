import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { Found } from './difference-verdict';
import { controlPlaneMachines, initDocuments, initPhase, Trees } from './kubeadm-phases';
import { itemDifferences, leaves } from './pod-items';
import { IndexEntry } from '../../control-plane/host-tree';
import { plainValue } from '../../plain-value';
import { Scene } from '../../scene';

/** Where a kubelet finds the files that both forms give it. */
const OWN_FLAGS = ['--config', '--kubeconfig', '--bootstrap-kubeconfig'];

/** A node whose kubelet kubeadm configures: a machine of the control plane, or one of a pool. */
export interface KubeadmNode { readonly group: 'machines' | 'pools'; readonly name: string }

/** What kubeadm leaves on a node. */
export interface KubeletOfKubeadm { readonly file: string; readonly found: Found[] }

export function kubeadmNodes(both: Trees): KubeadmNode[] {
  return [...controlPlaneMachines(both).map(name => ({ group: 'machines' as const, name })), ...both.kubeadm.pools.map(name => ({ group: 'pools' as const, name }))];
}

/** The kubelet's configuration and command line as kubeadm writes them for a node, beside those of the plain form. `change` may alter the patches. */
export async function kubeletOfKubeadm(
  scene: Scene, kubeadm: { readonly path: string }, both: Trees, node: KubeadmNode, change: (folder: string) => void = () => {},
): Promise<KubeletOfKubeadm> {
  const documents = initDocuments(both, node.group === 'machines' ? node.name : controlPlaneMachines(both)[0]);
  const join = both.kubeadm.at('/etc/kubernetes/kubeadm-join.yaml').find(entry => of(entry, node));
  if (join !== undefined) { documents.InitConfiguration.nodeRegistration = parse(both.kubeadm.text(join)).nodeRegistration; }
  const patched = path.join(scene.folder, 'kubeadm-patches', node.name);
  fs.cpSync(path.join(both.kubeadm.folder, node.group, node.name), patched, { recursive: true });
  change(path.join(patched, 'etc/kubernetes/patches'));
  const { done, folder } = await initPhase(scene, kubeadm, ['kubelet-start'], documents, patched);
  if (done.code !== 0) { throw new Error(`kubeadm for ${node.name}: ${done.stderr.slice(-500)}`); }
  const file = path.join(folder, 'config.yaml');
  const [, words] = /^KUBELET_KUBEADM_ARGS="(.*)"$/m.exec(fs.readFileSync(path.join(folder, 'kubeadm-flags.env'), 'utf8'))!;
  const theirs = items(words, parse(fs.readFileSync(file, 'utf8')), documents.InitConfiguration.nodeRegistration.taints);
  const text = (place: string) => both.plain.text(both.plain.at(place).find(entry => of(entry, node))!);
  const [, command] = /^ExecStart=\S+ (.*)$/m.exec(text('/etc/systemd/system/kubelet.service'))!;
  const { registerWithTaints, ...fields } = parse(text('/var/lib/kubelet/config.yaml'));
  const found = itemDifferences(theirs, items(command, fields, registerWithTaints)).map(difference => ({ component: 'kubelet', ...difference }));
  return { file, found: found.map(difference => ({ ...difference, kubeadm: difference.kubeadm?.replace(node.name, 'MACHINE') })) };
}

function of(entry: IndexEntry, { group, name }: KubeadmNode): boolean {
  return (group === 'machines' ? entry.machine : entry.pool) === name;
}

/** Flags, fields and taints. kubeadm prints every field that it knows; what is zero, and not false, means the default to a kubelet. */
function items(command: string, fields: object, taints: Array<{ key: string; value?: string; effect: string }> | undefined): Map<string, string> {
  const flags = command.split(' ').map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const).filter(([flag]) => flag !== '' && !OWN_FLAGS.includes(flag));
  // 110m is a part of a core, not a time.
  const plain = (value: unknown) => (String(value).endsWith('s') ? plainValue(value) : String(value));
  const zero = (value: unknown) => ['', '0', '0 s'].includes(plain(value));
  return new Map([
    ...flags,
    ...leaves(fields).filter(([, value]) => !zero(value)).map(([item, value]) => [item, plain(value)] as const),
    ...(taints ?? []).map(({ key, value = '', effect }) => [`taint ${key}`, `${value}:${effect}`] as const),
  ]);
}
