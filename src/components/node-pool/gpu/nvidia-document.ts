import { Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-24';
import { GpuPoolSettings, NvidiaSettings } from './nvidia-settings';
import { GpuAgentResources } from '../../../capacity/gpu-capacity';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { GpuSharingKind } from '../../../cluster/gpu';
import { UPSTREAM_IMAGES } from '../../../cluster/image-registry';
import { LABELS } from '../../../cluster/labels';
import { NAMESPACES } from '../../../cluster/namespaces';
import { POOL_KIND_LABEL, POOL_LABEL, PoolKind } from '../../../cluster/node-pool';
import { Manifest, ObjectOwner, selectorLabels } from '../../../in-cluster/in-cluster-object';
import { podTemplate, PodTemplateSpec, TOLERATE_EVERYTHING } from '../../../in-cluster/pod-template';
import { WAVE } from '../../../in-cluster/wave';

export const DEVICE_PLUGIN = 'nvidia-device-plugin';
export const MPS_CONTROL_DAEMON = 'nvidia-mps-control-daemon';
export const DCGM_EXPORTER = 'dcgm-exporter';
export const DCGM_PORT = 9400;

/** Where control daemon and plugin meet on a node. */
const MPS_ROOT = '/run/nvidia/mps';

export function nvidiaOwner(cluster: ClusterFacts, name: string): ObjectOwner {
  return { name, component: 'gpu', cluster: cluster.name, wave: WAVE.devices };
}

/**
 * The class that gives a pod driver and libraries. Admission adds its selector and tolerations to every pod of the class, so that such a pod
 * needs nothing but the class and a limit of cards.
 */
export function nvidiaRuntimeClass(name: string, settings: NvidiaSettings): Manifest {
  const taints = settings.pools.flatMap(({ pool }) => pool.taints);
  return k8s.KubeRuntimeClass.manifest({
    metadata: { name },
    handler: 'nvidia',
    scheduling: {
      nodeSelector: { [POOL_KIND_LABEL]: PoolKind.GPU },
      tolerations: [...new Map(taints.filter(({ key }) => settings.pools.some(({ gpu }) => gpu.resourceName === key))
        .map(({ key, effect }) => [`${key} ${effect}`, { key, operator: 'Exists', effect }])).values()],
    },
  });
}

/** What the plugin reads. Each pool has its own, since the way of sharing holds for all cards of a node. */
export function devicePluginConfig({ gpu }: GpuPoolSettings, settings: NvidiaSettings): { [key: string]: string } {
  const resources = [{ name: gpu.resourceName, replicas: gpu.sharing?.replicas }];
  const sharing = {
    // A request for two shared cards gives no more than one for one card: refused, it is noticed.
    [GpuSharingKind.TIME_SLICING]: { timeSlicing: { renameByDefault: false, failRequestsGreaterThanOne: true, resources } },
    [GpuSharingKind.MPS]: { mps: { renameByDefault: false, resources } },
  };
  return {
    'config.yaml': Yaml.stringify({
      version: 'v1',
      flags: {
        migStrategy: 'none',
        // A plugin that waits for ever on a node without cards would look healthy.
        failOnInitError: true,
        plugin: { passDeviceSpecs: settings.passDeviceSpecs, deviceListStrategy: 'envvar', deviceIDStrategy: 'uuid' },
      },
      ...(gpu.sharing ? { sharing: sharing[gpu.sharing.kind] } : {}),
    }),
  };
}

export function devicePlugin(cluster: ClusterFacts, settings: NvidiaSettings, gpuPool: GpuPoolSettings, configName: string): Manifest {
  const mps = gpuPool.gpu.sharing?.kind === GpuSharingKind.MPS;
  const privileged = settings.passDeviceSpecs || mps;
  return onPool(cluster, DEVICE_PLUGIN, gpuPool, {
    serviceAccount: DEVICE_PLUGIN,
    containers: [{
      name: 'plugin',
      image: pluginImage(cluster),
      command: ['nvidia-device-plugin'],
      args: [],
      ...requests(settings.plugin),
      env: [
        { name: 'CONFIG_FILE', value: '/config/config.yaml' },
        ...(mps ? [{ name: 'MPS_ROOT', value: MPS_ROOT }] : []),
        ...ALL_CARDS,
      ],
      volumeMounts: [
        { name: 'config', mountPath: '/config', readOnly: true },
        { name: 'device-plugins', mountPath: '/var/lib/kubelet/device-plugins' },
        ...(mps ? [{ name: 'mps-root', mountPath: '/mps' }, { name: 'mps-shm', mountPath: '/dev/shm' }] : []),
      ],
      securityContext: privileged ? { privileged: true } : { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    }],
    volumes: [
      { name: 'config', configMap: { name: configName } },
      { name: 'device-plugins', hostPath: { path: '/var/lib/kubelet/device-plugins', type: 'Directory' } },
      ...(mps ? MPS_VOLUMES : []),
    ],
  });
}

/** The daemon that divides the cards of a node; undefined where they are not shared by MPS. */
export function mpsControlDaemon(cluster: ClusterFacts, settings: NvidiaSettings, gpuPool: GpuPoolSettings, configName: string): Manifest | undefined {
  if (gpuPool.gpu.sharing?.kind !== GpuSharingKind.MPS) { return undefined; }
  const privileged = { privileged: true };
  return onPool(cluster, MPS_CONTROL_DAEMON, gpuPool, {
    serviceAccount: DEVICE_PLUGIN,
    // Shared memory of the clients has to be on the host before the daemon starts.
    initContainers: [{
      name: 'mount-shm',
      image: pluginImage(cluster),
      command: ['mps-control-daemon', 'mount-shm'],
      args: [],
      ...requests(settings.plugin),
      volumeMounts: [{ name: 'mps-root', mountPath: '/mps', mountPropagation: 'Bidirectional' }],
      securityContext: privileged,
    }],
    containers: [{
      name: 'mps-control-daemon',
      image: pluginImage(cluster),
      command: ['mps-control-daemon'],
      args: [],
      ...requests(settings.mps),
      env: [
        { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        { name: 'CONFIG_FILE', value: '/config/config.yaml' },
        ...ALL_CARDS,
      ],
      volumeMounts: [
        { name: 'config', mountPath: '/config', readOnly: true },
        { name: 'mps-root', mountPath: '/mps' },
        { name: 'mps-shm', mountPath: '/dev/shm' },
      ],
      securityContext: privileged,
    }],
    volumes: [{ name: 'config', configMap: { name: configName } }, ...MPS_VOLUMES],
  }, true);
}

export function dcgmExporter(cluster: ClusterFacts, settings: NvidiaSettings, gpuPool: GpuPoolSettings): Manifest {
  const health = { httpGet: { path: '/health', port: k8s.IntOrString.fromNumber(DCGM_PORT) } };
  return onPool(cluster, DCGM_EXPORTER, gpuPool, {
    serviceAccount: DCGM_EXPORTER,
    containers: [{
      name: 'exporter',
      image: cluster.imageRegistry.image(UPSTREAM_IMAGES.dcgmExporter, `${cluster.versions.dcgm}-${cluster.versions.dcgmExporter}-distroless`),
      args: [],
      ...requests(settings.exporter),
      env: [
        { name: 'DCGM_EXPORTER_LISTEN', value: `:${DCGM_PORT}` },
        // Names the pod that has the card, read from the kubelet's socket; no rights in the API are needed.
        { name: 'DCGM_EXPORTER_KUBERNETES', value: 'true' },
        { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        ...ALL_CARDS,
      ],
      ports: [{ name: 'metrics', containerPort: DCGM_PORT }],
      // The first collection takes a while on a machine with many cards.
      livenessProbe: { ...health, initialDelaySeconds: 45, periodSeconds: 30 },
      readinessProbe: { ...health, initialDelaySeconds: 15, periodSeconds: 15 },
      volumeMounts: [{ name: 'pod-resources', mountPath: '/var/lib/kubelet/pod-resources', readOnly: true }],
      // Counters of the profiler (DCGM_FI_PROF_*) want this capability.
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } },
    }],
    volumes: [{ name: 'pod-resources', hostPath: { path: '/var/lib/kubelet/pod-resources', type: 'Directory' } }],
  });
}

const ALL_CARDS: k8s.EnvVar[] = [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }, { name: 'NVIDIA_DRIVER_CAPABILITIES', value: 'compute,utility' }];

const MPS_VOLUMES: k8s.Volume[] = [
  { name: 'mps-root', hostPath: { path: MPS_ROOT, type: 'DirectoryOrCreate' } },
  { name: 'mps-shm', hostPath: { path: `${MPS_ROOT}/shm` } },
];

/** What all agents of cards have in common. Driver libraries are only readable as root. */
const AGENT = { mountToken: false, priorityClassName: 'system-node-critical', spread: false, runAsUser: 0 } as const;

function pluginImage(cluster: ClusterFacts): string {
  return cluster.imageRegistry.image(UPSTREAM_IMAGES.nvidiaDevicePlugin, `v${cluster.versions.nvidiaDevicePlugin}`);
}

function requests({ cpu, memory }: GpuAgentResources): { cpuRequest: string; memoryRequest: string } {
  return { cpuRequest: `${cpu.value}m`, memoryRequest: `${memory.value}Mi` };
}

/** A DaemonSet on the nodes of one pool, with the runtime that brings the driver. */
function onPool(
  cluster: ClusterFacts, name: string, { pool, maxUnavailable }: GpuPoolSettings, spec: Pick<PodTemplateSpec, 'serviceAccount' | 'containers' | 'initContainers' | 'volumes'>,
  shareProcesses = false,
): Manifest {
  const owner = nvidiaOwner(cluster, name);
  // Two DaemonSets must not select each other's pods.
  const ofPool = { [LABELS.instance]: pool.name };
  const template = podTemplate(owner, {
    ...AGENT,
    ...spec,
    nodeSelector: { [POOL_LABEL]: pool.name },
    // Startup taints included: the node is ready when these agents run, not before.
    tolerations: TOLERATE_EVERYTHING,
  });
  return k8s.KubeDaemonSet.manifest({
    metadata: { name: `${name}-${pool.name}`, namespace: NAMESPACES.gpu, labels: ofPool },
    spec: {
      selector: { matchLabels: { ...selectorLabels(owner), ...ofPool } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString(`${maxUnavailable.value}%`) } },
      template: {
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...ofPool } },
        spec: { ...template.spec!, runtimeClassName: 'nvidia', shareProcessNamespace: shareProcesses ? true : undefined },
      },
    },
  });
}
