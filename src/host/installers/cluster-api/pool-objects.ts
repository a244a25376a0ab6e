import { createHash } from 'crypto';
import { ClusterApiOptions, InfrastructureReference } from './infrastructure';
import { kubeletPatchFile, workerConfig } from './kubeadm-config';
import { largestJoinWave } from '../../../capacity/host-capacity';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { NodePool, POOL_LABEL } from '../../../cluster/node-pool';
import { KubeletHost } from '../../kubelet-host';
import { RenderedFile } from '../rendered-file';

export const CORE = 'cluster.x-k8s.io/v1beta2';
export const BOOTSTRAP = 'bootstrap.cluster.x-k8s.io/v1beta2';

const SIZE = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group';
const CAPACITY = 'capacity.cluster-autoscaler.kubernetes.io';

/** A node that is not Ready for longer is replaced; the controller manager has moved its pods by then. */
const UNHEALTHY_AFTER_SECONDS = 600;

/** A machine that is no node by then is replaced: image pulls of a mass join are part of it. Source: default of the field is 600. */
const STARTUP_SECONDS = 1200;

/** Machines of a pool. */
export interface PoolMachines {
  /** The bootstrap template: with a class nothing else of the pool is an object. */
  readonly template: Named;
  readonly objects: object[];
  readonly files: RenderedFile[];
  readonly deployments: string[];
  readonly placements: Placement[];
}

/** Template, machine deployments (one for each zone) and health check of a pool. */
export function poolMachines(
  pool: NodePool, kubelet: KubeletHost, poolHostFiles: RenderedFile[], cluster: ClusterFacts, options: ClusterApiOptions,
): PoolMachines {
  const namespace = options.namespace ?? 'default';
  const files = [...poolHostFiles, kubeletPatchFile(kubelet)];
  const config = workerConfig(kubelet, files);
  // A template cannot be changed: another content is another name, and the deployment rolls.
  const template = { apiVersion: BOOTSTRAP, kind: 'KubeadmConfigTemplate', metadata: { name: hashedName(`${cluster.name}-${pool.name}`, config), namespace }, spec: { template: { spec: config } } };
  const zones: Array<string | undefined> = pool.zones.length > 0 ? pool.zones : [undefined];
  const placements = zones.map((zone, i): Placement => ({
    name: [pool.name, ...(zone === undefined ? [] : [zone])].join('-'), zone, nodes: share(pool.nodes, zones.length, i), nodesToday: share(pool.nodesToday, zones.length, i),
  }));
  const deployments = placements.map(placement => deployment(pool, cluster, options, placement, template.metadata.name));
  const wave = largestJoinWave(pool.name, pool.nodes).value;
  return {
    files,
    template,
    placements,
    deployments: deployments.map(object => object.metadata.name),
    objects: [
      template,
      ...deployments,
      healthCheck(`${cluster.name}-${pool.name}`, namespace, cluster.name, { [POOL_LABEL]: pool.name }, wave),
    ],
  };
}

/** A name that changes with the content. */
export function hashedName(name: string, content: object): string {
  return `${name}-${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8)}`;
}

/** Replaces machines whose node is gone, but not when many are: then network or API server is the reason, and new machines would not help. */
export function healthCheck(name: string, namespace: string, clusterName: string, matchLabels: { [key: string]: string }, most: number): object {
  return { apiVersion: CORE, kind: 'MachineHealthCheck', metadata: { name, namespace }, spec: { clusterName, selector: { matchLabels }, ...healthChecks(most) } };
}

/** When a machine is replaced. */
export function healthChecks(most: number): object {
  const unhealthy = (status: string) => ({ type: 'Ready', status, timeoutSeconds: UNHEALTHY_AFTER_SECONDS });
  return {
    checks: { nodeStartupTimeoutSeconds: STARTUP_SECONDS, unhealthyNodeConditions: [unhealthy('Unknown'), unhealthy('False')] },
    remediation: { triggerIf: { unhealthyLessThanOrEqualTo: most } },
  };
}

/** Reference as the v1beta2 API wants it: the version is looked up by the contract's labels. */
export function reference({ apiGroup, kind, name }: InfrastructureReference): object {
  return { apiGroup, kind, name };
}

/** An object whose name others tell. */
export interface Named {
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Machines of a pool in one zone. */
export interface Placement {
  /** Pool, and zone where there are several. */
  readonly name: string;
  readonly zone: string | undefined;
  readonly nodes: number;
  readonly nodesToday: number;
}

function deployment(pool: NodePool, cluster: ClusterFacts, options: ClusterApiOptions, placement: Placement, template: string): Named {
  const { zone } = placement;
  const labels = { [POOL_LABEL]: pool.name };
  return {
    apiVersion: CORE,
    kind: 'MachineDeployment',
    metadata: {
      name: `${cluster.name}-${placement.name}`,
      namespace: options.namespace ?? 'default',
      labels,
      ...sizeOf(pool, placement, options).metadata,
    },
    spec: {
      clusterName: cluster.name,
      ...sizeOf(pool, placement, options).spec,
      selector: { matchLabels: {} },
      rollout: rolloutOf(pool, placement.nodes),
      remediation: { maxInFlight: largestJoinWave(pool.name, placement.nodes).value },
      template: {
        metadata: { labels },
        spec: {
          clusterName: cluster.name,
          version: cluster.releaseOf(pool).tag,
          ...(zone === undefined ? {} : { failureDomain: zone }),
          bootstrap: { configRef: { apiGroup: 'bootstrap.cluster.x-k8s.io', kind: 'KubeadmConfigTemplate', name: template } },
          infrastructureRef: reference(options.poolTemplates[pool.name]),
        },
      },
    },
  };
}

/** A number, or the bounds within which the autoscaler has it: without a number an apply never undoes the autoscaler. */
export function sizeOf(pool: NodePool, { nodes, nodesToday }: Placement, options: ClusterApiOptions): { metadata: object; spec: object } {
  return options.autoscaledPools?.includes(pool.name)
    ? { metadata: { annotations: autoscalerAnnotations(pool, nodesToday, nodes) }, spec: {} }
    : { metadata: {}, spec: { replicas: nodesToday } };
}

/** New machines first: a pool never has less room than before. */
export function rolloutOf(pool: NodePool, nodes: number): object {
  return { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: largestJoinWave(pool.name, nodes).value, maxUnavailable: 0 } } };
}

/** Bounds, and what a node of an empty pool would have. Source: kubernetes/autoscaler, cloudprovider/clusterapi/README.md. */
function autoscalerAnnotations(pool: NodePool, min: number, max: number): { [key: string]: string } {
  const labels = Object.entries(pool.labels).map(([key, value]) => `${key}=${value}`).sort();
  const taints = pool.taints.map(taint => `${taint.key}=${taint.value ?? ''}:${taint.effect}`).sort();
  return {
    [`${SIZE}-min-size`]: String(min),
    [`${SIZE}-max-size`]: String(max),
    [`${CAPACITY}/cpu`]: String(pool.machine.cpu),
    [`${CAPACITY}/memory`]: `${pool.machine.memoryMebibytes}Mi`,
    [`${CAPACITY}/maxPods`]: String(pool.maxPods),
    [`${CAPACITY}/labels`]: labels.join(','),
    ...(taints.length > 0 ? { [`${CAPACITY}/taints`]: taints.join(',') } : {}),
    ...(pool.gpu ? { [`${CAPACITY}/gpu-type`]: pool.gpu.resourceName, [`${CAPACITY}/gpu-count`]: String(pool.gpu.reported) } : {}),
  };
}

/** The first zones take the rest. */
function share(nodes: number, zones: number, index: number): number {
  return Math.floor(nodes / zones) + (index < nodes % zones ? 1 : 0);
}
