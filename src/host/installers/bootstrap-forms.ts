import { ClusterFacts } from '../../cluster/cluster-facts';
import { EKS, refuseManagedControlPlane } from '../../cluster/managed-control-plane';

/** Forms whose nodes join by a bootstrap token of the cluster: a control plane that a service runs lets nobody in that way. */
export function refuseManagedCluster(cluster: ClusterFacts, installer: string): void {
  refuseManagedControlPlane(cluster, `installer ${installer}`, `its nodes do not join by bootstrap token; use ${cluster.controlPlaneManagedBy === EKS ? 'Installer.eks()' : 'Installer.plain() for what lies on its nodes'}`);
}
