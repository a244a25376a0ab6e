import { k8s } from 'cdk8s-plus-24';
import { NodePool } from '../../cluster/node-pool';
import { Problems } from '../../input/problems';

/** A pool as the autoscaler sees it. */
export interface ScaledGroup {
  readonly pool: NodePool;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly priority: number;
  /** Name of the group at the cloud, where the user named it. */
  readonly groupName?: string;
}

/** A ConfigMap that a provider reads. */
export interface ProviderConfigMap {
  readonly id: string;
  readonly name: string;
  readonly data: { readonly [key: string]: string };
}

/** A flag that may stand several times on the command line; commas do not separate its values. */
export interface RepeatedFlag {
  readonly name: string;
  readonly value: string;
}

/** What the Deployment, the rights and the node groups need to know of a cloud. */
export interface CloudBinding {
  /** Problems of the options and of the groups under these options. */
  readonly check: (groups: ScaledGroup[], problems: Problems) => void;
  /** How groups are found. */
  readonly discovery: (clusterName: string, groups: ScaledGroup[]) => RepeatedFlag[];
  /** Path for `--cloud-config`. */
  readonly cloudConfig?: string;
  readonly env?: k8s.EnvVar[];
  readonly volumes?: k8s.Volume[];
  readonly volumeMounts?: k8s.VolumeMount[];
  /** Rights beside those of every provider. */
  readonly clusterRules?: k8s.PolicyRule[];
  /** Names of ConfigMaps in the autoscaler's namespace that it reads by name. */
  readonly readsConfigMaps?: string[];
  readonly configMaps?: (groups: ScaledGroup[]) => ProviderConfigMap[];
  /** Tags or annotations that the group needs at the cloud: to be found, and to be understood while it has no nodes. */
  readonly groupMetadata: (clusterName: string, group: ScaledGroup) => { [key: string]: string };
  /**
   * Who resolves the cloud's API: the node where that works. Through cluster DNS an autoscaler could not add the nodes that cluster DNS
   * waits for.
   */
  readonly dnsPolicy: 'Default' | 'ClusterFirst';
}

/** Label value by which a provider knows that a node should have accelerators, for example `nvidia-t4`. */
export function acceleratorName(pool: NodePool): string | undefined {
  return pool.gpu && `${pool.gpu.vendor}-${pool.gpu.model}`.toLowerCase();
}

/** `name=value:effect`, the notation of taints in annotations. */
export function taintTexts(pool: NodePool): string[] {
  return pool.taints.map(taint => `${taint.key}=${taint.value ?? ''}:${taint.effect}`).sort();
}

/** Labels of a pool sorted by key. */
export function labelEntries(pool: NodePool): Array<[string, string]> {
  return Object.entries(pool.labels).sort(([a], [b]) => (a < b ? -1 : 1));
}
