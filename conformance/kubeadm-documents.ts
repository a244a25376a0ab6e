import * as fs from 'node:fs';
import * as path from 'node:path';
import { HostTree } from './control-plane/host-tree';
import { Scene } from './scene';

/** Documents for kubeadm in a written tree. */
export function kubeadmDocuments(tree: HostTree): string[] {
  return tree.entries.filter(entry => /\/kubeadm-[a-z-]+\.yaml$/.test(entry.path)).map(entry => path.join(tree.folder, entry.file));
}

/** What kubeadm refuses in documents, or takes only half: a warning is a field that it ignores or calls deprecated, which is not what we promise. */
export async function problemsOfDocuments(scene: Scene, kubeadm: { readonly path: string }, files: string[]): Promise<string[]> {
  // kubeadm looks whether the discovery file exists; on a machine it is put there before the join.
  const discovery = scene.file('kubeadm/discovery.conf', '');
  const problems: string[] = [];
  for (const [i, original] of files.entries()) {
    const file = scene.file(`kubeadm/${i}.yaml`, fs.readFileSync(original, 'utf8').replace(/\/etc\/kubernetes\/discovery\.conf/, discovery));
    const done = await scene.processes.run(kubeadm.path, ['config', 'validate', '--config', file]);
    if (done.code !== 0 || /warning|deprecated/i.test(done.stderr)) { problems.push(`${original.split(path.sep).slice(-4).join('/')}: ${done.stderr.trim()}`); }
  }
  return problems;
}
