import { ApiObject, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { Wave } from './wave';
import { LABELS, MANAGED_BY } from '../cluster/labels';

/** Who an object belongs to; becomes its recommended labels. */
export interface ObjectOwner {
  /** Name of the application: `coredns`, `thanos-query`. */
  readonly name: string;
  /** Role within the part: `dns`, `query`. */
  readonly component: string;
  /** Name of the cluster. */
  readonly cluster: string;
  readonly wave: Wave;
}

/** The JSON of an object, as a generated class' static `manifest()` returns it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: { [key: string]: string };
    readonly annotations?: { [key: string]: string };
  };
  readonly [field: string]: unknown;
}

/** Recommended labels of an object. */
export function objectLabels(owner: ObjectOwner): { [key: string]: string } {
  return {
    [LABELS.name]: owner.name,
    [LABELS.component]: owner.component,
    [LABELS.partOf]: owner.cluster,
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.wave]: owner.wave,
  };
}

/**
 * Labels that select the pods of an application. Selectors cannot be changed later, so these never carry a version, a wave or a size.
 */
export function selectorLabels(owner: ObjectOwner): { [key: string]: string } {
  return { [LABELS.name]: owner.name, [LABELS.partOf]: owner.cluster };
}

/** Kinds of ours that live in no namespace. */
const CLUSTER_SCOPED = new Set([
  'APIServer', 'APIService', 'BGPConfiguration', 'BGPPeer', 'CSIDriver', 'ClusterRole', 'ClusterRoleBinding', 'FelixConfiguration', 'FlowSchema',
  'GlobalNetworkPolicy', 'HostEndpoint', 'IPAMConfiguration', 'IPPool', 'IPReservation', 'Installation', 'KubeControllersConfiguration', 'Namespace',
  'PersistentVolume', 'PriorityClass', 'PriorityLevelConfiguration', 'RuntimeClass', 'StorageClass', 'VolumeAttributesClass', 'VolumeSnapshotClass',
]);

/**
 * An object of the cluster. Raw ApiObject on purpose: the generated classes drop unknown fields after a user's JSON patches were applied,
 * so a patch would be lost without a word. Build the manifest with a generated class' typed `manifest()`.
 */
export function inClusterObject(scope: Construct, id: string, owner: ObjectOwner, manifest: Manifest): ApiObject {
  const { metadata, ...rest } = manifest;
  const object = new ApiObject(scope, id, {
    ...rest,
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    metadata: { ...metadata, labels: { ...objectLabels(owner), ...metadata?.labels } },
  });
  // cdk8s stamps a chart's namespace on everything in it; the API server refuses it on kinds that have none.
  if (CLUSTER_SCOPED.has(manifest.kind) && object.metadata.namespace !== undefined) { object.addJsonPatch(JsonPatch.remove('/metadata/namespace')); }
  return object;
}
