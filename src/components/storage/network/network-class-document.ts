import { k8s } from 'cdk8s-plus-24';
import { VolumeAttributes } from './network-class-props';
import { NetworkStorageClass } from './network-storage-class';
import { KubeVolumeAttributesClass } from '../../../../imports/k8s-1.37';
import { Manifest } from '../../../in-cluster/in-cluster-object';

/** A class whose volumes a CSI driver makes. */
export function networkStorageClass(network: NetworkStorageClass): Manifest {
  return k8s.KubeStorageClass.manifest({
    metadata: { name: network.name, annotations: network.isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : undefined },
    provisioner: network.provisioner,
    parameters: Object.keys(network.parameters).length > 0 ? network.parameters : undefined,
    allowVolumeExpansion: network.allowVolumeExpansion,
    reclaimPolicy: network.retain ? 'Retain' : 'Delete',
    // The zone of the volume follows the pod, not the other way round.
    volumeBindingMode: 'WaitForFirstConsumer',
    mountOptions: network.mountOptions.length > 0 ? network.mountOptions : undefined,
    allowedTopologies: network.zones.length > 0 ? [{ matchLabelExpressions: [{ key: network.topologyKey, values: network.zones }] }] : undefined,
  });
}

/** What can be changed about volumes in use, in the version that the release serves. */
export function volumeAttributesClass(network: NetworkStorageClass, attributes: VolumeAttributes, apiVersion: string): Manifest {
  return {
    ...KubeVolumeAttributesClass.manifest(
      { metadata: { name: attributes.name }, driverName: network.provisioner, parameters: attributes.parameters },
    ),
    apiVersion,
  };
}

/** A class of snapshots, of the definitions that the snapshot controller brings. */
export function volumeSnapshotClass(network: NetworkStorageClass): Manifest | undefined {
  const { snapshots } = network;
  return snapshots && {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: { name: snapshots.name, ...(snapshots.isDefault ? { annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' } } : {}) },
    driver: network.provisioner,
    deletionPolicy: snapshots.retain ? 'Retain' : 'Delete',
    ...(Object.keys(snapshots.parameters ?? {}).length > 0 ? { parameters: snapshots.parameters } : {}),
  };
}
