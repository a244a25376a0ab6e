import { k8s } from 'cdk8s-plus-24';
import { LocalClass } from './storage-settings';
import { Manifest } from '../../in-cluster/in-cluster-object';

/** A class of local disks. No allowedTopologies: the scheduler does not read them for classes without provisioner. */
export function localStorageClass(local: LocalClass): Manifest {
  return k8s.KubeStorageClass.manifest({
    metadata: { name: local.name },
    provisioner: 'kubernetes.io/no-provisioner',
    // Bound before a pod is scheduled, a claim could land on a node that has no room for the pod.
    volumeBindingMode: 'WaitForFirstConsumer',
    // A retained local volume stays Released until a person wipes the disk; otherwise the provisioner cleans, deletes and publishes it again.
    reclaimPolicy: local.retain ? 'Retain' : 'Delete',
  });
}
