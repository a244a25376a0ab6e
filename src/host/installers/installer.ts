import { CloudInitOptions, renderCloudInit } from './cloud-init/cloud-init';
import { renderClusterApi } from './cluster-api/cluster-api';
import { ClusterApiOptions } from './cluster-api/infrastructure';
import { renderEks } from './eks/eks';
import { EksOptions } from './eks/eks-options';
import { IgnitionOptions, renderIgnition } from './ignition/ignition';
import { renderKops } from './kops/kops';
import { KopsOptions } from './kops/kops-options';
import { renderKubeadm } from './kubeadm';
import { KUBEADM_PATHS } from './kubeadm-paths';
import { renderKubespray } from './kubespray/kubespray';
import { renderKwok } from './kwok/kwok';
import { renderPlain } from './plain';
import { RenderedTree } from './rendered-file';
import { renderTalos } from './talos/talos';
import { TalosOptions } from './talos/talos-options';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { InvalidInput } from '../../input/problems';
import { HostArtefacts } from '../host-artefacts';
import { INSTALLER } from '../installer-names';

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

  /** User data for cloud-init, one for each pool. The control plane is left to another form. */
  public static cloudInit(options: CloudInitOptions = {}): Installer {
    return new Installer(INSTALLER.cloudInit, (artefacts, cluster) => renderCloudInit(artefacts, cluster, options));
  }

  /** Butane and Ignition for Flatcar or Fedora CoreOS, one for each pool. The control plane is left to another form. */
  public static ignition(options: IgnitionOptions = {}): Installer {
    return new Installer(INSTALLER.ignition, (artefacts, cluster) => renderIgnition(artefacts, cluster, options));
  }

  /** Objects for a Cluster API management cluster: control plane without etcd, and every pool. */
  public static clusterApi(options: ClusterApiOptions): Installer {
    return new Installer(INSTALLER.clusterApi, (artefacts, cluster) => renderClusterApi(artefacts, cluster, options));
  }

  /** Nodes without machines, for rehearsals with kwok. */
  public static kwok(): Installer {
    return new Installer(INSTALLER.kwok, renderKwok);
  }

  /** Managed node groups and Karpenter objects with nodeadm's configuration. The control plane belongs to AWS. */
  public static eks(options: EksOptions): Installer {
    return new Installer(INSTALLER.eks, (artefacts, cluster) => renderEks(artefacts, cluster, options));
  }

  /** Variables of kubespray for each group of machines, and an inventory to fill in. */
  public static kubespray(): Installer {
    return new Installer(INSTALLER.kubespray, renderKubespray);
  }

  /** Cluster and instance groups for kOps on AWS. */
  public static kops(options: KopsOptions): Installer {
    return new Installer(INSTALLER.kops, (artefacts, cluster) => renderKops(artefacts, cluster, options));
  }

  /** Machine configuration patches for Talos Linux: control plane, members and pools. */
  public static talos(options: TalosOptions = {}): Installer {
    return new Installer(INSTALLER.talos, (artefacts, cluster) => renderTalos(artefacts, cluster, options));
  }

  private constructor(
    /** Folder of the output. */
    public readonly name: string,
    private readonly render: (artefacts: HostArtefacts, cluster: ClusterFacts) => RenderedTree,
  ) {}

  /** @internal */
  public _render(artefacts: HostArtefacts, cluster: ClusterFacts): RenderedTree {
    refuseKubeadmsCoreDns(artefacts, this.name);
    return this.render(artefacts, cluster);
  }
}

/** Forms that run kubeadm with its patches, or leave the control plane to a form that does. */
const WITH_KUBEADMS_COREDNS: string[] = [INSTALLER.kubeadm, INSTALLER.cloudInit, INSTALLER.ignition, INSTALLER.kwok];

/** A CoreDNS that kubeadm should install exists nowhere when the form switches its addon off. */
function refuseKubeadmsCoreDns(artefacts: HostArtefacts, name: string): void {
  if (WITH_KUBEADMS_COREDNS.includes(name) || !artefacts.files.some(file => file.path === KUBEADM_PATHS.coreDnsPatch)) { return; }
  throw new InvalidInput(`installer ${name}`, [
    'dns.owner is kubeadm, and this form does not let kubeadm install CoreDNS with patches; use Installer.kubeadm() or CoreDnsOwner.construct()',
  ]);
}
