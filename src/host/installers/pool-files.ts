import { kubeletFiles } from './kubelet-files';
import { renderFile } from './plain';
import { RenderedFile } from './rendered-file';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { InvalidInput } from '../../input/problems';
import { HostArtefacts } from '../host-artefacts';
import { KubeletHost } from '../kubelet-host';

/** Everything that lies on each node of a pool. */
export interface PoolFiles {
  readonly pool: string;
  readonly kubelet: KubeletHost;
  readonly files: RenderedFile[];
}

/**
 * The pools of a tree with their files, for installers that give a node all its files at its first boot.
 *
 * @throws when there is no pool: such an installer has nothing to say of machines with names
 */
export function poolFiles(artefacts: HostArtefacts, cluster: ClusterFacts, installer: string): PoolFiles[] {
  const kubelets = artefacts.kubelets.filter(kubelet => kubelet.target.group === 'pools');
  if (kubelets.length === 0) {
    throw new InvalidInput(`installer ${installer}`, [
      'there is no pool, and machines with names of their own are not carried by this form; use Installer.plain() or Installer.kubeadm() for them',
    ]);
  }
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
