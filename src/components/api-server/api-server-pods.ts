import { CONTROL_PLANE_FILES } from './api-server-paths';
import { ApiServerSettings } from './api-server-settings';
import { EncryptionAtRest } from './encryption-at-rest';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { AUTHORITY_FOLDERS, HOST_PATHS } from '../../cluster/host-paths';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { HOST_PORTS } from '../../cluster/ports';
import { HostTarget } from '../../host/host-target';
import { HostMount, HostProbe, StaticPodProps } from '../../host/static-pod';

type Flags = StaticPodProps['flags'];

/** For webhooks, token issuers and collectors whose certificates others sign; empty folders where a distribution has none. */
const AUTHORITIES = Object.entries(AUTHORITY_FOLDERS).map(([name, path]): HostMount => ({ name, path, type: 'DirectoryOrCreate' }));

/** kube-apiserver of one machine. */
export function apiServerPod(
  cluster: ClusterFacts, settings: ApiServerSettings, member: ControlPlaneMember, flags: Flags, encryption: EncryptionAtRest,
): StaticPodProps {
  const probe = (path: string): HostProbe => ({ host: loopback(member), path, port: HOST_PORTS.apiServer, scheme: 'HTTPS', periodSeconds: 10, timeoutSeconds: 15, failureThreshold: 8 });
  const kms = encryption._kms;
  return {
    target: HostTarget.machine(member.name),
    name: 'kube-apiserver',
    component: 'kube-apiserver',
    image: cluster.imageRegistry.image(UPSTREAM_IMAGES.kubeApiserver, cluster.release.tag),
    binary: 'kube-apiserver',
    flags,
    mounts: [
      { name: 'pki', path: HOST_PATHS.pki, type: 'DirectoryOrCreate' },
      { name: 'apiserver-config', path: HOST_PATHS.apiServerConfig, type: 'DirectoryOrCreate' },
      { name: 'audit-logs', path: HOST_PATHS.auditLogs, type: 'DirectoryOrCreate', readOnly: false },
      ...AUTHORITIES,
      // The folder, not the socket: a plugin that restarts makes a new one.
      ...(kms === undefined ? [] : [{ name: 'kms', path: kms.socket.slice(0, kms.socket.lastIndexOf('/')), type: 'DirectoryOrCreate', readOnly: false }]),
    ],
    // The binary in upstream's image carries this file capability. Dropped from the bounding set, the kernel refuses to execute it at all,
    // whatever port it listens on (kubernetes/kubernetes build/server-image/kube-apiserver/Dockerfile).
    capabilities: ['NET_BIND_SERVICE'],
    cpuRequest: String(settings.cpu.value),
    memoryRequest: `${settings.memory.value}Mi`,
    env: { GOMEMLIMIT: `${settings.goMemoryLimit.value}MiB` },
    livenessProbe: probe(encryption._health('/livez')),
    readinessProbe: { ...probe('/readyz'), periodSeconds: 1, failureThreshold: 3 },
    // Caches of 150,000 pods take minutes to fill on a cold start.
    startupProbe: { ...probe(encryption._health('/livez')), failureThreshold: 60 },
    terminationGracePeriodSeconds: settings.timing.terminationGrace.value,
    labels: { component: 'kube-apiserver', tier: 'control-plane' },
  };
}

/** kube-controller-manager of one machine. */
export function controllerManagerPod(cluster: ClusterFacts, settings: ApiServerSettings, member: ControlPlaneMember, flags: Flags): StaticPodProps {
  return {
    target: HostTarget.machine(member.name),
    name: 'kube-controller-manager',
    component: 'kube-controller-manager',
    image: cluster.imageRegistry.image(UPSTREAM_IMAGES.kubeControllerManager, cluster.release.tag),
    binary: 'kube-controller-manager',
    flags,
    mounts: [
      { name: 'pki', path: HOST_PATHS.pki, type: 'DirectoryOrCreate' },
      { name: 'kubeconfig', path: CONTROL_PLANE_FILES.controllerManagerKubeconfig, type: 'FileOrCreate' },
      ...AUTHORITIES,
    ],
    cpuRequest: String(settings.controllerManagerRequests.cpu.value),
    memoryRequest: `${settings.controllerManagerRequests.memory.value}Gi`,
    env: { GOMEMLIMIT: `${settings.controllerManagerGoMemoryLimit.value}MiB` },
    ...healthz(member, HOST_PORTS.kubeControllerManager),
    labels: { component: 'kube-controller-manager', tier: 'control-plane' },
  };
}

/** kube-scheduler of one machine. */
export function schedulerPod(cluster: ClusterFacts, settings: ApiServerSettings, member: ControlPlaneMember, flags: Flags): StaticPodProps {
  return {
    target: HostTarget.machine(member.name),
    name: 'kube-scheduler',
    component: 'kube-scheduler',
    image: cluster.imageRegistry.image(UPSTREAM_IMAGES.kubeScheduler, cluster.release.tag),
    binary: 'kube-scheduler',
    flags,
    mounts: [
      { name: 'kubeconfig', path: CONTROL_PLANE_FILES.schedulerKubeconfig, type: 'FileOrCreate' },
      { name: 'scheduler-config', path: HOST_PATHS.controlPlaneConfig, type: 'DirectoryOrCreate' },
      // kubeconfig and flags name certificates instead of embedding them.
      { name: 'pki', path: HOST_PATHS.pki, type: 'DirectoryOrCreate' },
    ],
    cpuRequest: String(settings.schedulerRequests.cpu.value),
    memoryRequest: `${settings.schedulerRequests.memory.value}Gi`,
    env: { GOMEMLIMIT: `${settings.schedulerGoMemoryLimit.value}MiB` },
    ...healthz(member, HOST_PORTS.kubeScheduler),
    labels: { component: 'kube-scheduler', tier: 'control-plane' },
  };
}

function healthz(member: ControlPlaneMember, port: number): { livenessProbe: HostProbe; startupProbe: HostProbe } {
  const probe: HostProbe = { host: loopback(member), path: '/healthz', port, scheme: 'HTTPS', periodSeconds: 10, timeoutSeconds: 15, failureThreshold: 8 };
  return { livenessProbe: probe, startupProbe: { ...probe, failureThreshold: 24 } };
}

function loopback(member: ControlPlaneMember): string {
  return member.address.includes(':') ? '::1' : '127.0.0.1';
}
