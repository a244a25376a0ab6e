import { Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-24';
import { BlockCleaning } from './block-cleaning';
import { LocalPoolSettings, StorageSettings } from './storage-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { LABELS } from '../../cluster/labels';
import { LocalVolumeMode } from '../../cluster/local-disks';
import { NAMESPACES } from '../../cluster/namespaces';
import { NodePool, POOL_LABEL } from '../../cluster/node-pool';
import { Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { podTemplate } from '../../in-cluster/pod-template';
import { WAVE } from '../../in-cluster/wave';

export const PROVISIONER = 'local-volume-provisioner';

/** Port of metrics and readiness, inside the pod's own network: no host port to share. */
export const PROVISIONER_PORT = 8080;

export function storageOwner(cluster: ClusterFacts): ObjectOwner {
  return { name: PROVISIONER, component: 'storage', cluster: cluster.name, wave: WAVE.storage };
}

const CLEANING: { readonly [cleaning in BlockCleaning]: string[] } = {
  [BlockCleaning.DISCARD]: ['/scripts/blkdiscard.sh'],
  [BlockCleaning.ZERO]: ['/scripts/dd_zero.sh', '1'],
  [BlockCleaning.SHRED]: ['/scripts/shred.sh', '3'],
};

/** What the provisioner of a pool reads: each key of the ConfigMap is one member of a YAML document. */
export function provisionerConfig(settings: StorageSettings, local: LocalPoolSettings): { [key: string]: string } {
  const { localClass, set, pool } = local;
  return {
    storageClassMap: Yaml.stringify({
      [localClass.name]: {
        hostDir: set.targetDir,
        mountDir: set.targetDir,
        blockCleanerCommand: CLEANING[settings.blockCleaning],
        volumeMode: localClass.volumeMode,
        ...(localClass.volumeMode === LocalVolumeMode.BLOCK ? {} : { fsType: set.filesystem }),
        namePattern: '*',
      },
    }),
    nodeLabelsForPV: Yaml.stringify([POOL_LABEL, LABELS.zone, LABELS.hostname]),
    // The name of the provisioner stands in every volume; with the node's UID in it a re-registered node would not know its volumes.
    useNodeNameOnly: 'true',
    // With an owner, volumes of a node that is registered anew are deleted while their data stay, and are published again uncleaned.
    setPVOwnerRef: 'false',
    minResyncPeriod: `${settings.minResync.value}s`,
    useJobForCleaning: String(settings.cleaningJobs),
    ...(settings.cleaningJobs && pool.taints.length > 0 ? { jobTolerations: Yaml.stringify(tolerations(pool)) } : {}),
  };
}

function tolerations(pool: NodePool): k8s.Toleration[] {
  return pool.taints.map(taint => ({ key: taint.key, operator: 'Equal', value: taint.value, effect: taint.effect }));
}

/** Exactly the calls the provisioner makes: its node once, volumes, classes, events about volumes. */
export const PROVISIONER_RULES: k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
  { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['list', 'watch', 'create', 'delete'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
];

/** The same for cleaning jobs, in the namespace of the provisioner. */
export const CLEANING_JOB_RULES: k8s.PolicyRule[] = [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['list', 'watch', 'create', 'delete'] }];

/** The provisioner on every node of one pool. */
export function provisionerDaemonSet(cluster: ClusterFacts, settings: StorageSettings, local: LocalPoolSettings, configName: string): Manifest {
  const owner = storageOwner(cluster);
  const { targetDir } = local.set;
  const image = cluster.imageRegistry.image(UPSTREAM_IMAGES.localVolumeProvisioner, `v${cluster.versions.localVolumeProvisioner}`);
  // Links to raw volumes lead to devices that udev makes, also after the pod has started.
  const devices = local.localClass.volumeMode === LocalVolumeMode.BLOCK;
  // Two DaemonSets must not select each other's pods.
  const ofPool = { [LABELS.instance]: local.pool.name };
  const template = podTemplate(owner, {
    serviceAccount: PROVISIONER,
    mountToken: true,
    // A node without provisioner publishes no disks and cleans none, so it must not wait for room.
    priorityClassName: 'system-node-critical',
    nodeSelector: { [POOL_LABEL]: local.pool.name },
    tolerations: tolerations(local.pool),
    spread: false,
    runAsUser: 0,
    containers: [{
      name: 'provisioner',
      image,
      args: [`--listen-address=:${PROVISIONER_PORT}`],
      cpuRequest: `${settings.cpu.value}m`,
      memoryRequest: `${settings.memory.value / 1024 ** 2}Mi`,
      env: [
        { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        { name: 'MY_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        ...(settings.cleaningJobs ? [{ name: 'JOB_CONTAINER_IMAGE', value: image }] : []),
      ],
      ports: [{ name: 'metrics', containerPort: PROVISIONER_PORT }],
      readinessProbe: { httpGet: { path: '/ready', port: k8s.IntOrString.fromNumber(PROVISIONER_PORT) } },
      volumeMounts: [
        { name: 'config', mountPath: '/etc/provisioner/config', readOnly: true },
        // Disks that are mounted later on the host must appear in the container.
        { name: 'disks', mountPath: targetDir, mountPropagation: 'HostToContainer' },
        ...(devices ? [{ name: 'devices', mountPath: '/dev' }] : []),
      ],
      // It deletes the files of any user when it cleans a volume; upstream runs and tests it privileged.
      securityContext: { privileged: true, readOnlyRootFilesystem: true },
    }],
    volumes: [
      { name: 'config', configMap: { name: configName } },
      { name: 'disks', hostPath: { path: targetDir, type: 'DirectoryOrCreate' } },
      ...(devices ? [{ name: 'devices', hostPath: { path: '/dev', type: 'Directory' } }] : []),
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
