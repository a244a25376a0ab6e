import { renderKubeadm } from './kubeadm';
import { renderPlain } from './plain';
import { RenderedTree } from './rendered-file';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HostArtefacts } from '../host-artefacts';

/** Names of installers, as they stand in `providedBy` and as folders of the output. */
export const INSTALLER = { plain: 'plain', kubeadm: 'kubeadm' } as const;

/** The way machines are set up: same content, different wrapping. */
export class Installer {
  /** Static pods and systemd, nothing else on the machine. */
  public static plain(): Installer {
    return new Installer(INSTALLER.plain, renderPlain);
  }

  /** kubeadm documents, patches and the files they refer to. */
  public static kubeadm(): Installer {
    return new Installer(INSTALLER.kubeadm, renderKubeadm);
  }

  private constructor(
    /** Folder of the output. */
    public readonly name: string,
    private readonly render: (artefacts: HostArtefacts, cluster: ClusterFacts) => RenderedTree,
  ) {}

  /** @internal */
  public _render(artefacts: HostArtefacts, cluster: ClusterFacts): RenderedTree {
    return this.render(artefacts, cluster);
  }
}
