import { Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-24';
import { LocalPoolSettings, StorageSettings } from './storage-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { POOL_LABEL } from '../../cluster/node-pool';
import { Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { podTemplate } from '../../in-cluster/pod-template';
import { WAVE } from '../../in-cluster/wave';

export const PROVISIONER = 'local-volume-provisioner';

/** Port of metrics and readiness, inside the pod's own network: no host port to share. */
export const PROVISIONER_PORT = 8080;

export function storageOwner(cluster: ClusterFacts): ObjectOwner {
  return { name: PROVISIONER, component: 'storage', cluster: cluster.name, wave: WAVE.storage };
}

/** The class of local disks. No allowedTopologies: the scheduler does not read them for classes without provisioner. */
export function localStorageClass(settings: StorageSettings): Manifest {
  return k8s.KubeStorageClass.manifest({
    metadata: { name: settings.className },
    provisioner: 'kubernetes.io/no-provisioner',
    // Bound before a pod is scheduled, a claim could land on a node that has no room for the pod.
    volumeBindingMode: 'WaitForFirstConsumer',
    // A retained local volume stays Released until a person wipes the disk; the provisioner cleans, deletes and publishes it again.
    reclaimPolicy: 'Delete',
  });
}

export function networkStorageClass(settings: StorageSettings): Manifest | undefined {
  const network = settings.networkClass;
  return network && k8s.KubeStorageClass.manifest({
    metadata: { name: network.name, annotations: network.isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : undefined },
    provisioner: network.provisioner,
    parameters: Object.keys(network.parameters).length > 0 ? network.parameters : undefined,
    allowVolumeExpansion: network.allowVolumeExpansion,
    reclaimPolicy: network.retain ? 'Retain' : 'Delete',
    // The zone of the volume follows the pod, not the other way round.
    volumeBindingMode: 'WaitForFirstConsumer',
  });
}

/** What the provisioner reads: each key of the ConfigMap is one member of a YAML document. */
export function provisionerConfig(settings: StorageSettings): { [key: string]: string } {
  return {
    storageClassMap: Yaml.stringify({
      [settings.className]: {
        hostDir: settings.discoveryDir,
        mountDir: settings.discoveryDir,
        // For raw devices only; file systems are emptied. On an SSD a discard takes seconds where overwriting takes hours.
        blockCleanerCommand: ['/scripts/blkdiscard.sh'],
        volumeMode: 'Filesystem',
        fsType: settings.fsType,
        namePattern: '*',
      },
    }),
    nodeLabelsForPV: Yaml.stringify([POOL_LABEL, LABELS.zone]),
    // The name of the provisioner stands in every volume; with the node's UID in it a re-registered node would not know its volumes.
    useNodeNameOnly: 'true',
    // Volumes of a deleted node go with it; otherwise pods wait for ever for a disk that is gone.
    setPVOwnerRef: 'true',
    minResyncPeriod: `${settings.minResync.value}s`,
    useJobForCleaning: 'false',
  };
}

/** Exactly the calls the provisioner makes: its node once, volumes, classes, events about volumes. */
export const PROVISIONER_RULES: k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
  { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['list', 'watch', 'create', 'delete'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
];

/** The provisioner on every node of one pool. */
export function provisionerDaemonSet(cluster: ClusterFacts, settings: StorageSettings, local: LocalPoolSettings, configName: string): Manifest {
  const owner = storageOwner(cluster);
  // Two DaemonSets must not select each other's pods.
  const ofPool = { [LABELS.instance]: local.pool.name };
  const template = podTemplate(owner, {
    serviceAccount: PROVISIONER,
    mountToken: true,
    // A node without provisioner publishes no disks and cleans none, so it must not wait for room.
    priorityClassName: 'system-node-critical',
    nodeSelector: { [POOL_LABEL]: local.pool.name },
    tolerations: local.pool.taints.map(taint => ({ key: taint.key, operator: 'Equal', value: taint.value, effect: taint.effect })),
    spread: false,
    runAsUser: 0,
    containers: [{
      name: 'provisioner',
      image: cluster.imageRegistry.image(UPSTREAM_IMAGES.localVolumeProvisioner, `v${cluster.versions.localVolumeProvisioner}`),
      args: [`--listen-address=:${PROVISIONER_PORT}`],
      cpuRequest: `${settings.cpu.value}m`,
      memoryRequest: `${settings.memory.value / 1024 ** 2}Mi`,
      env: [
        { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        { name: 'MY_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      ],
      ports: [{ name: 'metrics', containerPort: PROVISIONER_PORT }],
      readinessProbe: { httpGet: { path: '/ready', port: k8s.IntOrString.fromNumber(PROVISIONER_PORT) } },
      volumeMounts: [
        { name: 'config', mountPath: '/etc/provisioner/config', readOnly: true },
        // Disks that are mounted later on the host must appear in the container.
        { name: 'disks', mountPath: settings.discoveryDir, mountPropagation: 'HostToContainer' },
      ],
      // It deletes the files of any user when it cleans a volume; upstream runs and tests it privileged.
      securityContext: { privileged: true, readOnlyRootFilesystem: true },
    }],
    volumes: [
      { name: 'config', configMap: { name: configName } },
      { name: 'disks', hostPath: { path: settings.discoveryDir, type: 'DirectoryOrCreate' } },
    ],
  });
  return k8s.KubeDaemonSet.manifest({
    metadata: { name: `${PROVISIONER}-${local.pool.name}`, namespace: NAMESPACES.storage, labels: ofPool },
    spec: {
      selector: { matchLabels: { ...selectorLabels(owner), ...ofPool } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString(`${local.maxUnavailable.value}%`) } },
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...ofPool } } },
    },
  });
}
