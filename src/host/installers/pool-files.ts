import { kubeletFiles } from './kubelet-files';
import { renderFile } from './plain';
import { RenderedFile } from './rendered-file';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NodePool } from '../../cluster/node-pool';
import { Problems } from '../../input/problems';
import { HostArtefacts } from '../host-artefacts';
import { KubeletHost } from '../kubelet-host';

/** Everything that lies on each node of a pool. */
export interface PoolFiles {
  readonly pool: string;
  readonly kubelet: KubeletHost;
  readonly files: RenderedFile[];
}

/** The pools of a tree with their files, for installers that give a node all its files at its first boot. Without a pool such an installer has nothing to say. */
export function poolFiles(artefacts: HostArtefacts, cluster: ClusterFacts, installer: string, problems: Problems): PoolFiles[] {
  const kubelets = artefacts.kubelets.filter(kubelet => kubelet.target.group === 'pools');
  problems.require(kubelets.length > 0, 'there is no pool, and machines with names of their own are not carried by this form; use Installer.plain() or Installer.kubeadm() for them');
  return kubelets.map(kubelet => ({
    pool: kubelet.target.name,
    kubelet,
    files: [
      ...artefacts.files
        .filter(file => file.target.folder === kubelet.target.folder && !file.providedBy.includes('plain') && !file.providedBy.includes(installer))
        .map(renderFile),
      ...kubeletFiles(kubelet, cluster),
    ],
  }));
}

/** Pools that the description knows, for forms that write their sizes; the others are a problem each. */
export function describedPools<T extends { readonly kubelet: KubeletHost }>(
  items: T[], cluster: ClusterFacts, problems: Problems,
): Array<T & { readonly described: NodePool }> {
  return items.flatMap(item => {
    const name = item.kubelet.target.name;
    const described = cluster.pools.find(pool => pool.name === name);
    if (described === undefined) {
      problems.add(`pool '${name}' is not one of '${cluster.name}' (${cluster.pools.map(pool => pool.name).join(', ')}), and this form writes its size; give its NodePoolKubelet the cluster that it belongs to`);
      return [];
    }
    return [{ ...item, described }];
  });
}

/** Units that the files bring and that want to be started at boot. */
export function enabledUnits(files: RenderedFile[]): string[] {
  return files.filter(file => unitName(file) !== undefined && file.content.includes('\n[Install]\n')).map(file => unitName(file)!).sort();
}

/** Name of the unit that a file is; undefined for drop-ins and everything else. */
export function unitName(file: RenderedFile): string | undefined {
  return /^\/etc\/systemd\/system\/([^/]+\.(?:service|timer|socket|mount|path))$/.exec(file.path)?.[1];
}

/** Unit and file name of a drop-in. */
export function dropInName(file: RenderedFile): { unit: string; name: string } | undefined {
  const match = /^\/etc\/systemd\/system\/([^/]+)\.d\/([^/]+\.conf)$/.exec(file.path);
  return match ? { unit: match[1], name: match[2] } : undefined;
}
