import * as path from 'node:path';
import { App, Chart, Size } from 'cdk8s';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { TunedApiServerProps } from '../../../src/components/api-server/api-server-options';
import { TunedApiServer } from '../../../src/components/api-server/tuned-api-server';
import { EtcdCluster, EtcdClusterProps } from '../../../src/components/etcd/etcd-cluster';
import { HostFiles } from '../../../src/host/host-files';
import { Installer } from '../../../src/host/installers/installer';
import { HostTree } from '../../control-plane/host-tree';

/** A cluster with one control-plane machine, so that one member per ring is what the description says. */
export function drillCluster(release = KubernetesRelease.newest()): ClusterFacts {
  return ClusterFacts.of({
    name: 'drill',
    release,
    controlPlane: { endpoint: 'api.drill.example.com:6443', machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(48) }), members: [{ name: 'one', address: '172.16.0.11' }] },
    network: { nodeCidr: '172.16.0.0/16' },
    pools: [NodePool.of('all', { nodes: 1200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  });
}

/** Etcd and control plane of a description, with what a user adds. */
export function describeControlPlane(
  cluster: ClusterFacts, etcdProps: Partial<EtcdClusterProps> = {}, apiServerProps: Partial<TunedApiServerProps> = {},
): Chart {
  const chart = new Chart(new App(), 'drill');
  const etcd = new EtcdCluster(chart, 'etcd', { cluster, ...etcdProps });
  new TunedApiServer(chart, 'api-server', { cluster, etcd, ...apiServerProps });
  return chart;
}

/** Host files of a description, read back from disk as a stranger would. */
export function writtenControlPlane(folder: string, cluster: ClusterFacts): HostTree {
  HostFiles.of(describeControlPlane(cluster)).write(folder, Installer.plain());
  return new HostTree(path.join(folder, 'plain'));
}
