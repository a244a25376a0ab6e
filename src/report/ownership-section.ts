import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { OwnershipModel } from './report-model';
import { ClusterFacts } from '../cluster/cluster-facts';
import { hostArtefacts } from '../host/host-artefacts';

/** Who brings what: the manifests, the files of an installer, the installer itself, the cloud or data centre. */
export function ownershipSection(scope: IConstruct, cluster?: ClusterFacts): OwnershipModel[] {
  const { files, staticPods, kubelets, certificates } = hostArtefacts(scope);
  const objects = scope.node.findAll().filter(ApiObject.isApiObject).length;
  const rows: OwnershipModel[] = [
    { what: 'objects of the cluster', count: objects, owner: 'dist/', detail: 'applied in waves' },
    { what: 'control plane static pods', count: staticPods.length, owner: 'host/', detail: 'manifests with the plain installer, arguments of ClusterConfiguration with kubeadm' },
    { what: 'kubelet configurations', count: kubelets.length, owner: 'host/', detail: 'one per pool and per control-plane machine' },
    ...byProvider('files on machines', files),
    ...byProvider('certificates', certificates),
    ...(cluster && objects + files.length + kubelets.length + staticPods.length > 0 ? [
      { what: 'worker nodes', count: cluster.nodes, owner: 'cloud or data centre', detail: `machines of ${cluster.pools.length} pools with the operating system and containerd; ${cluster.nodesToday} today` },
      { what: 'control-plane machines', count: cluster.controlPlaneMembers.length, owner: 'cloud or data centre', detail: cluster.controlPlaneMembers.map(member => member.address).join(', ') },
      cluster.controlPlaneManagedBy === undefined
        ? { what: 'load balancer of the API servers', count: 1, owner: 'cloud or data centre', detail: `${cluster.apiHost}:${cluster.apiPort}` }
        : { what: 'control plane', count: 1, owner: cluster.controlPlaneManagedBy, detail: `${cluster.apiHost}:${cluster.apiPort}; etcd, API servers, controller manager, scheduler` },
    ] : []),
  ];
  return rows.filter(row => row.count > 0);
}

function byProvider(what: string, artefacts: Array<{ readonly providedBy: string[] }>): OwnershipModel[] {
  const groups = new Map<string, number>();
  for (const { providedBy } of artefacts) {
    const names = [...providedBy].sort().join(', ');
    groups.set(names, (groups.get(names) ?? 0) + 1);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([names, count]) => ({
    what, count, owner: names === '' ? 'host/' : `installer ${names}`, detail: names === '' ? 'with every installer' : `made by ${names}; written to host/ for other installers`,
  }));
}
