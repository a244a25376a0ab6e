import { KubeletFields } from './kubelet-fields';
import { KubeletSettings } from './kubelet-settings';
import { kubeletFieldUsed } from '../../catalogue/kubelet-field-use';
import { HOST_PATHS } from '../../cluster/host-paths';

/** The configuration of one pool's kubelets: only fields that the pool's own release knows. */
export function kubeletConfiguration(settings: KubeletSettings, staticPods: boolean): KubeletFields {
  const { maxPods, release } = settings.subject;
  const fields: KubeletFields = {
    ...identity(settings, staticPods),
    maxPods: maxPods.value,
    podPidsLimit: settings.pidsLimit.value,
    ...reservations(settings),
    ...eviction(settings),
    ...managers(settings),
    ...settings.machine,
    ...images(settings),
    // Written out, because the defaults changed tenfold in 1.27. Never 0: it is documented as unlimited and meant the default up to 1.36.
    eventRecordQPS: settings.events.qps.value,
    eventBurst: settings.events.burst.value,
    kubeAPIQPS: settings.api.qps.value,
    kubeAPIBurst: settings.api.burst.value,
    // nodeStatusUpdateFrequency stays out: written alone, it would also set nodeStatusReportFrequency, and status writes grow thirtyfold.
    nodeStatusMaxImages: settings.statusImages.value,
    nodeLeaseDurationSeconds: settings.lease?.value,
    ...(settings.shutdownByPriority === undefined
      ? { shutdownGracePeriod: `${settings.shutdown.total.value}s`, shutdownGracePeriodCriticalPods: `${settings.shutdown.critical.value}s` }
      : { shutdownGracePeriodByPodPriority: settings.shutdownByPriority }),
    containerLogMaxSize: `${settings.logFiles.size.value}Mi`,
    containerLogMaxFiles: settings.logFiles.count.value,
    containerLogMaxWorkers: settings.logWorkers.value,
  };
  return Object.fromEntries(Object.entries(fields).filter(([field, value]) => value !== undefined && kubeletFieldUsed(field, release.version)));
}

function identity(settings: KubeletSettings, staticPods: boolean): KubeletFields {
  return {
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: HOST_PATHS.clusterCa },
    },
    authorization: { mode: 'Webhook' },
    readOnlyPort: 0,
    rotateCertificates: true,
    serverTLSBootstrap: true,
    // The kernel settings that the kubelet checks are in our sysctl file: a machine without it must show, not drift.
    protectKernelDefaults: true,
    cgroupDriver: 'systemd',
    containerRuntimeEndpoint: HOST_PATHS.containerdSocket,
    clusterDNS: settings.clusterDns,
    clusterDomain: settings.clusterDomain,
    resolvConf: HOST_PATHS.resolvConf,
    staticPodPath: staticPods ? HOST_PATHS.staticPods : undefined,
  };
}

function reservations(settings: KubeletSettings): KubeletFields {
  // With reservedSystemCPUs the kubelet drops the CPU of both reservations and takes the number of these CPUs: a value here would lie.
  const fractional = settings.managers.cpu === undefined;
  return {
    kubeReserved: {
      ...(fractional ? { cpu: `${settings.kubeCpu.value}m` } : {}),
      'memory': `${settings.kubeMemory.value}Mi`,
      'ephemeral-storage': `${settings.kubeStorage.value}Gi`,
    },
    systemReserved: {
      ...(fractional ? { cpu: `${settings.systemCpu.value}m` } : {}),
      memory: `${settings.systemMemory.value}Mi`,
    },
    reservedSystemCPUs: settings.managers.cpu?.reserved,
    enforceNodeAllocatable: ['pods'],
  };
}

function eviction(settings: KubeletSettings): KubeletFields {
  const { evictionShares: shares, softEviction: soft } = settings;
  return {
    // Always the whole set: a signal that is not named counts as zero.
    evictionHard: {
      'memory.available': `${settings.eviction.value}Mi`,
      'nodefs.available': `${shares.nodefs.value}%`,
      'nodefs.inodesFree': `${shares.nodefsInodes.value}%`,
      'imagefs.available': `${shares.imagefs.value}%`,
      'imagefs.inodesFree': `${shares.imagefsInodes.value}%`,
      'pid.available': `${shares.pids.value}%`,
    },
    ...(soft === undefined ? {} : {
      evictionSoft: { 'memory.available': `${soft.share.value}%` },
      evictionSoftGracePeriod: { 'memory.available': `${soft.grace.value}s` },
      // Soft evictions end a pod at once unless this says how long it may take.
      evictionMaxPodGracePeriod: soft.podGrace.value,
    }),
  };
}

function managers(settings: KubeletSettings): KubeletFields {
  const { cpu, topology, reservedMemory } = settings.managers;
  const options = Object.fromEntries((cpu?.options ?? []).map(option => [option, 'true']));
  return {
    ...(cpu === undefined ? {} : { cpuManagerPolicy: 'static' }),
    ...(Object.keys(options).length === 0 ? {} : { cpuManagerPolicyOptions: options }),
    ...(topology === undefined ? {} : { topologyManagerPolicy: topology.policy, topologyManagerScope: topology.scope }),
    ...(topology === undefined || Object.keys(topology.options).length === 0 ? {} : { topologyManagerPolicyOptions: topology.options }),
    ...(reservedMemory === undefined ? {} : {
      memoryManagerPolicy: 'Static',
      reservedMemory: reservedMemory.map((mebibytes, numaNode) => ({ numaNode, limits: { memory: `${mebibytes}Mi` } })),
    }),
  };
}

function images(settings: KubeletSettings): KubeletFields {
  return {
    serializeImagePulls: false,
    maxParallelImagePulls: settings.parallelPulls.value,
    registryPullQPS: settings.registry.qps.value,
    registryBurst: settings.registry.burst.value,
    imageGCHighThresholdPercent: settings.imageCollection.high.value,
    imageGCLowThresholdPercent: settings.imageCollection.low.value,
    imageMaximumGCAge: `${settings.imageCollection.age.value}h0m0s`,
  };
}
