import { k8s } from 'cdk8s-plus-24';
import { StorageSettings } from './storage-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { Derivation } from '../../derivation/derivation';
import { Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { podTemplate, TOLERATE_CONTROL_PLANE } from '../../in-cluster/pod-template';
import { WAVE } from '../../in-cluster/wave';

export const CLEANUP = 'local-volume-node-cleanup';
export const CLEANUP_PORT = 8080;

export function cleanupOwner(cluster: ClusterFacts): ObjectOwner {
  return { name: CLEANUP, component: 'storage', cluster: cluster.name, wave: WAVE.storage };
}

/** Exactly the calls the controller makes. It may delete any claim of the cluster: RBAC knows no classes, `--storageclass-names` does. */
export const CLEANUP_RULES: k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['persistentvolumes', 'persistentvolumeclaims'], verbs: ['list', 'watch', 'delete'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
];

/** The controller that deletes claims and volumes of nodes that were deleted. Retained volumes are left to people. */
export function cleanupDeployment(cluster: ClusterFacts, settings: StorageSettings, delay: Derivation): Manifest {
  const owner = cleanupOwner(cluster);
  const classes = settings.classes.filter(local => !local.retain).map(local => local.name);
  return k8s.KubeDeployment.manifest({
    metadata: { name: CLEANUP, namespace: NAMESPACES.storage },
    spec: {
      // It has no election: two would both delete, which is harmless, and both watch everything, which is not.
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selectorLabels(owner) },
      template: podTemplate(owner, {
        serviceAccount: CLEANUP,
        mountToken: true,
        priorityClassName: 'system-cluster-critical',
        tolerations: TOLERATE_CONTROL_PLANE,
        spread: false,
        containers: [{
          name: 'cleanup',
          image: cluster.imageRegistry.image(UPSTREAM_IMAGES.localVolumeNodeCleanup, `v${cluster.versions.localVolumeProvisioner}`),
          args: [`--storageclass-names=${classes.join(',')}`, `--pvc-deletion-delay=${delay.value}s`, '--stale-pv-discovery-interval=60s', `--listen-address=:${CLEANUP_PORT}`],
          cpuRequest: `${settings.cpu.value}m`,
          memoryRequest: `${settings.cleanupMemory.value / 1024 ** 2}Mi`,
          ports: [{ name: 'metrics', containerPort: CLEANUP_PORT }],
          livenessProbe: { httpGet: { path: '/metrics', port: k8s.IntOrString.fromNumber(CLEANUP_PORT) }, periodSeconds: 30 },
          readinessProbe: { httpGet: { path: '/metrics', port: k8s.IntOrString.fromNumber(CLEANUP_PORT) } },
        }],
      }),
    },
  });
}
