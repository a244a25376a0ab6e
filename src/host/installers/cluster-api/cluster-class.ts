import { ClusterApiOptions, ClusterClassOptions, InfrastructureReference } from './infrastructure';
import { BOOTSTRAP, CORE, hashedName, healthChecks, PoolMachines, rolloutOf, sizeOf } from './pool-objects';
import { largestJoinWave } from '../../../capacity/host-capacity';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { NodePool, POOL_LABEL } from '../../../cluster/node-pool';
import { Problems } from '../../../input/problems';

const CONTROL_PLANE = 'controlplane.cluster.x-k8s.io';

/** A pool with its machines. */
export interface ClassPool extends PoolMachines {
  readonly pool: NodePool;
}

/** What a class cannot say of a cluster. */
export function checkClass(options: ClusterApiOptions, cluster: ClusterFacts, pools: NodePool[], hasControlPlane: boolean, problems: Problems): void {
  if (options.clusterClass === undefined) { return; }
  problems.require(hasControlPlane, 'clusterClass needs a control plane in the tree, since a class describes whole clusters; leave it out');
  for (const pool of pools.filter(candidate => cluster.releaseOf(candidate).tag !== cluster.release.tag)) {
    problems.add(`pool '${pool.name}': its release ${cluster.releaseOf(pool)} differs from ${cluster.release}, and a cluster of a class has one version for all machines; leave clusterClass out`);
  }
}

/** The class and the template of its control plane; the pools' templates lie with the pools. */
export function classObjects(options: ClusterApiOptions, config: object, pools: ClassPool[]): object[] {
  const { name, infrastructureVersion } = options.clusterClass!;
  const namespace = options.namespace ?? 'default';
  const template = (reference: InfrastructureReference) => ({ templateRef: { apiVersion: `${reference.apiGroup}/${infrastructureVersion}`, kind: reference.kind, name: reference.name } });
  const controlPlane = {
    apiVersion: `${CONTROL_PLANE}/v1beta2`,
    kind: 'KubeadmControlPlaneTemplate',
    metadata: { name: hashedName(`${name}-control-plane`, config), namespace },
    spec: { template: { spec: { kubeadmConfigSpec: config, rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } } } },
  };
  return [
    controlPlane,
    {
      apiVersion: CORE,
      kind: 'ClusterClass',
      metadata: { name, namespace },
      spec: {
        infrastructure: template(options.infrastructureCluster),
        controlPlane: {
          // Both are ours; an upgrade must neither look for them nor bring them back.
          metadata: { annotations: { [`${CONTROL_PLANE}/skip-coredns`]: '', [`${CONTROL_PLANE}/skip-kube-proxy`]: '' } },
          templateRef: { apiVersion: controlPlane.apiVersion, kind: controlPlane.kind, name: controlPlane.metadata.name },
          machineInfrastructure: template(options.controlPlaneTemplate),
          healthCheck: healthChecks(1),
        },
        workers: {
          machineDeployments: pools.map(({ pool, template: bootstrap }) => ({
            class: pool.name,
            metadata: { labels: { [POOL_LABEL]: pool.name } },
            bootstrap: { templateRef: { apiVersion: BOOTSTRAP, kind: 'KubeadmConfigTemplate', name: bootstrap.metadata.name } },
            infrastructure: template(options.poolTemplates[pool.name]),
            healthCheck: healthChecks(largestJoinWave(pool.name, pool.nodes).value),
            rollout: rolloutOf(pool, pool.nodes),
          })),
        },
      },
    },
  ];
}

/** The part of a Cluster that names the class, and says how much of it. */
export function topology(cluster: ClusterFacts, options: ClusterApiOptions, { name }: ClusterClassOptions, replicas: number, pools: ClassPool[]): object {
  return {
    classRef: { name },
    version: cluster.release.tag,
    controlPlane: { replicas },
    workers: {
      machineDeployments: pools.flatMap(({ pool, placements }) => placements.map(placement => {
        const size = sizeOf(pool, placement, options);
        return {
          class: pool.name,
          name: placement.name,
          ...(placement.zone === undefined ? {} : { failureDomain: placement.zone }),
          ...(Object.keys(size.metadata).length === 0 ? {} : { metadata: size.metadata }),
          ...size.spec,
        };
      })),
    },
  };
}
