import { Duration } from 'cdk8s';
import { EventRateLimits } from './api-server-options';
import { API_SERVER_FILES, CERTIFICATES, CONTROL_PLANE_FILES } from './api-server-paths';
import { ApiServerSettings } from './api-server-settings';
import { authenticationConfiguration, authenticationFlagProblems, AuthenticationInput, serviceAccountIssuer } from './authentication-config';
import { emulationProblem } from '../../catalogue/control-plane-features';
import { gateProblem } from '../../catalogue/feature-gates';
import { KUBE_APISERVER_FLAGS } from '../../catalogue/kube-apiserver-flags';
import { KUBE_CONTROLLER_MANAGER_FLAGS } from '../../catalogue/kube-controller-manager-flags';
import { KUBE_SCHEDULER_FLAGS } from '../../catalogue/kube-scheduler-flags';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { HOST_PATHS } from '../../cluster/host-paths';
import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { NodeTimers } from '../../cluster/node-timers';
import { HOST_PORTS } from '../../cluster/ports';
import { IEtcdEndpoints } from '../../contracts/etcd-endpoints';
import { Derivation } from '../../derivation/derivation';
import { FlagList } from '../../formats/flag-list';
import { goDuration } from '../../formats/go-duration';
import { Problems } from '../../input/problems';

/** Flags a user may add, by component. */
export interface ExtraFlags extends AuthenticationInput {
  readonly extraFlags?: { [name: string]: string };
  readonly controllerManagerExtraFlags?: { [name: string]: string };
  readonly schedulerExtraFlags?: { [name: string]: string };
  readonly emulatedRelease?: KubernetesRelease;
  readonly eventRateLimits?: EventRateLimits;
}

/** Files of kube-apiserver that only some clusters have. */
export interface OptionalFiles {
  readonly admission: boolean;
  readonly authentication: boolean;
}

/** What is wrong with the user's flags, found without the settings: they may be wrong themselves. */
export function checkExtraFlags(cluster: ClusterFacts, extra: ExtraFlags, problems: Problems): void {
  const { version } = cluster.release;
  new FlagList('kube-apiserver', KUBE_APISERVER_FLAGS, version).extra('extraFlags', extra.extraFlags, problems);
  new FlagList('kube-controller-manager', KUBE_CONTROLLER_MANAGER_FLAGS, version).extra('controllerManagerExtraFlags', extra.controllerManagerExtraFlags, problems);
  new FlagList('kube-scheduler', KUBE_SCHEDULER_FLAGS, version).extra('schedulerExtraFlags', extra.schedulerExtraFlags, problems);
  const behavesAs = (extra.emulatedRelease ?? cluster.release).version;
  for (const problem of authenticationFlagProblems(extra.extraFlags, authenticationConfiguration(extra, behavesAs) !== undefined)) { problems.add(problem); }
  problems.require(extra.eventRateLimits?.enabled === false || !(extra.extraFlags?.['disable-admission-plugins'] ?? '').split(',').includes('EventRateLimit'),
    'extraFlags: \'EventRateLimit\' is enabled by this construct, and kube-apiserver refuses a plugin in both lists; set eventRateLimits: { enabled: false } instead');
  const { emulatedRelease } = extra;
  if (emulatedRelease === undefined) { return; }
  const problem = emulationProblem(version, emulatedRelease.version);
  if (problem !== undefined) { problems.add(`emulatedRelease: ${problem}`); return; }
  // A gate that the emulated release does not know ends the component, although its binary has it.
  const components = [
    ['kube-apiserver', 'extraFlags', extra.extraFlags],
    ['kube-controller-manager', 'controllerManagerExtraFlags', extra.controllerManagerExtraFlags],
    ['kube-scheduler', 'schedulerExtraFlags', extra.schedulerExtraFlags],
  ] as const;
  for (const [component, field, flags] of components) {
    for (const [, name, value] of (flags?.['feature-gates'] ?? '').matchAll(/([A-Za-z0-9]+)=(true|false)/g)) {
      const wrong = gateProblem(name, emulatedRelease.version, value === 'true', component);
      problems.add(wrong && `${field}: with emulatedRelease ${emulatedRelease.version}, ${wrong}`);
    }
  }
}

/** `kube=1.36`. */
function emulation(release: KubernetesRelease | undefined): string | undefined {
  return release && `kube=${release.version}`;
}

/** Command line of kube-apiserver on one machine. */
export function apiServerFlags(
  cluster: ClusterFacts, settings: ApiServerSettings, etcd: IEtcdEndpoints, member: ControlPlaneMember, files: OptionalFiles, emulated?: KubernetesRelease,
): FlagList<typeof KUBE_APISERVER_FLAGS> {
  const servers = cluster.controlPlaneMembers.length;
  const { timing, audit } = settings;
  return new FlagList('kube-apiserver', KUBE_APISERVER_FLAGS, cluster.release.version).defaults({
    'advertise-address': member.address,
    'bind-address': member.address.includes(':') ? '::' : '0.0.0.0',
    'secure-port': HOST_PORTS.apiServer,
    'allow-privileged': true,

    'etcd-servers': etcd.mainUrls,
    // The override of the core group moves the events.k8s.io view of the same objects too; the other way round nothing moves.
    'etcd-servers-overrides': overrides(etcd),
    'etcd-cafile': etcd.caFile,
    'etcd-certfile': etcd.clientCertFile,
    'etcd-keyfile': etcd.clientKeyFile,
    'etcd-compaction-interval': seconds(timing.compactionInterval),

    'service-cluster-ip-range': cluster.network.serviceCidrs.join(','),
    'service-account-issuer': serviceAccountIssuer(cluster),
    'service-account-key-file': HOST_PATHS.serviceAccountPublicKey,
    'service-account-signing-key-file': HOST_PATHS.serviceAccountKey,

    'client-ca-file': HOST_PATHS.clusterCa,
    'tls-cert-file': CERTIFICATES.apiServer.cert,
    'tls-private-key-file': CERTIFICATES.apiServer.key,
    'tls-min-version': 'VersionTLS12',
    'kubelet-client-certificate': CERTIFICATES.kubeletClient.cert,
    'kubelet-client-key': CERTIFICATES.kubeletClient.key,
    'kubelet-certificate-authority': HOST_PATHS.clusterCa,
    'kubelet-preferred-address-types': ['InternalIP', 'Hostname'],
    'authorization-mode': ['Node', 'RBAC'],
    'enable-admission-plugins': ['NodeRestriction', ...(settings.eventRates ? ['EventRateLimit'] : [])],
    'admission-control-config-file': files.admission ? API_SERVER_FILES.admission : undefined,
    // Says who may be anonymous, so anonymous-auth must not be set beside it.
    'authentication-config': files.authentication ? API_SERVER_FILES.authentication : undefined,
    'emulated-version': emulation(emulated),
    'enable-bootstrap-token-auth': true,

    // Without these metrics-server and every other aggregated API never authenticate.
    'requestheader-client-ca-file': HOST_PATHS.frontProxyCa,
    'requestheader-allowed-names': ['front-proxy-client'],
    'requestheader-username-headers': ['X-Remote-User'],
    'requestheader-group-headers': ['X-Remote-Group'],
    'requestheader-extra-headers-prefix': ['X-Remote-Extra-'],
    'requestheader-uid-headers': ['X-Remote-Uid'],
    'proxy-client-cert-file': CERTIFICATES.frontProxyClient.cert,
    'proxy-client-key-file': CERTIFICATES.frontProxyClient.key,
    'enable-aggregator-routing': true,

    'max-requests-inflight': settings.inflight.value,
    'max-mutating-requests-inflight': settings.mutatingInflight.value,
    'event-ttl': seconds(settings.eventTtl),
    'delete-collection-workers': timing.deleteCollectionWorkers.value,
    ...tolerations(cluster.nodeTimers),
    // Behind an L4 balancer HTTP/2 connections stick to the server that was up first; now and then one is asked to reconnect.
    'goaway-chance': settings.goawayChance.value > 0 ? settings.goawayChance.value : undefined,

    // A restart must not make 1,200 kubelets and all informers reconnect in the same second.
    'shutdown-delay-duration': seconds(timing.shutdownDelay),
    'shutdown-send-retry-after': servers > 1 ? true : undefined,
    'shutdown-watch-termination-grace-period': seconds(timing.watchGrace),
    'livez-grace-period': seconds(timing.livezGrace),

    'encryption-provider-config': API_SERVER_FILES.encryption,
    'encryption-provider-config-automatic-reload': true,
    'profiling': false,
    'audit-policy-file': API_SERVER_FILES.auditPolicy,
    'audit-log-path': API_SERVER_FILES.auditLog,
    // Blocking mode would make every request wait for the disk of the log.
    'audit-log-mode': 'batch',
    'audit-log-batch-buffer-size': audit.buffer.value,
    'audit-log-batch-max-size': audit.batch.value,
    'audit-log-batch-max-wait': seconds(audit.wait),
    'audit-log-truncate-enabled': true,
    'audit-log-maxage': audit.maxAge.value,
    'audit-log-maxbackup': audit.backups.value,
    'audit-log-maxsize': audit.fileSize.value,
  });
}

/** Command line of kube-controller-manager. */
export function controllerManagerFlags(
  cluster: ClusterFacts, settings: ApiServerSettings, emulated?: KubernetesRelease,
): FlagList<typeof KUBE_CONTROLLER_MANAGER_FLAGS> {
  return new FlagList('kube-controller-manager', KUBE_CONTROLLER_MANAGER_FLAGS, cluster.release.version).defaults({
    'kubeconfig': CONTROL_PLANE_FILES.controllerManagerKubeconfig,
    'authentication-kubeconfig': CONTROL_PLANE_FILES.controllerManagerKubeconfig,
    'authorization-kubeconfig': CONTROL_PLANE_FILES.controllerManagerKubeconfig,
    // Not loopback: Prometheus scrapes it, with a token that the API server checks.
    'bind-address': cluster.controlPlaneMembers[0].address.includes(':') ? '::' : '0.0.0.0',
    'secure-port': HOST_PORTS.kubeControllerManager,
    'client-ca-file': HOST_PATHS.clusterCa,
    'requestheader-client-ca-file': HOST_PATHS.frontProxyCa,
    'cluster-name': cluster.name,
    'service-cluster-ip-range': cluster.network.serviceCidrs.join(','),
    // Calico hands out pod addresses from its own blocks; a second allocator would only run out first (256 nodes on a /16).
    'allocate-node-cidrs': false,
    'controllers': ['*', 'bootstrapsigner', 'tokencleaner'],
    'use-service-account-credentials': true,
    'service-account-private-key-file': HOST_PATHS.serviceAccountKey,
    'root-ca-file': HOST_PATHS.clusterCa,
    'cluster-signing-cert-file': HOST_PATHS.clusterCa,
    'cluster-signing-key-file': HOST_PATHS.clusterCaKey,
    'leader-elect': true,
    // A leader that outlives a restore of etcd need not read everything again when it is over.
    'leader-elect-lease-duration': seconds(settings.leaderElection.leaseDuration),
    'leader-elect-renew-deadline': seconds(settings.leaderElection.renewDeadline),
    'leader-elect-retry-period': seconds(settings.leaderElection.retryPeriod),
    'profiling': false,
    'emulated-version': emulation(emulated),
    'node-eviction-rate': settings.eviction.rate.value,
    'secondary-node-eviction-rate': settings.eviction.secondaryRate.value,
    'unhealthy-zone-threshold': settings.eviction.unhealthyShare.value,
    'large-cluster-size-threshold': settings.eviction.largeZone.value,
    'node-monitor-grace-period': `${settings.nodeMonitorGrace.value}s`,
    'node-monitor-period': cluster.nodeTimers.isStandard ? undefined : `${cluster.nodeTimers.monitorSeconds}s`,
    'kube-api-qps': settings.controllerManagerQps.value,
    'kube-api-burst': settings.controllerManagerBurst.value,
    // One slice update for a burst of pod changes instead of one each.
    'endpointslice-updates-batch-period': goDuration(Duration.millis(settings.endpointBatch.value)),
    'endpoint-updates-batch-period': goDuration(Duration.millis(settings.endpointBatch.value)),
    ...Object.fromEntries(Object.entries(settings.controllerWorkers).map(([flag, workers]) => [flag, workers.value])),
  });
}

/** Command line of kube-scheduler; most of its settings stand in its configuration file. */
export function schedulerFlags(cluster: ClusterFacts, emulated?: KubernetesRelease): FlagList<typeof KUBE_SCHEDULER_FLAGS> {
  return new FlagList('kube-scheduler', KUBE_SCHEDULER_FLAGS, cluster.release.version).defaults({
    'config': CONTROL_PLANE_FILES.schedulerConfig,
    'emulated-version': emulation(emulated),
    'authentication-kubeconfig': CONTROL_PLANE_FILES.schedulerKubeconfig,
    'authorization-kubeconfig': CONTROL_PLANE_FILES.schedulerKubeconfig,
    'bind-address': cluster.controlPlaneMembers[0].address.includes(':') ? '::' : '0.0.0.0',
    'secure-port': HOST_PORTS.kubeScheduler,
    'client-ca-file': HOST_PATHS.clusterCa,
    'requestheader-client-ca-file': HOST_PATHS.frontProxyCa,
  });
}

/** How long pods stay on a lost node, where it is not as long as upstream says. */
function tolerations({ isStandard, podsStaySeconds }: NodeTimers): { [flag in 'default-not-ready-toleration-seconds' | 'default-unreachable-toleration-seconds']?: number } {
  return isStandard ? {} : { 'default-not-ready-toleration-seconds': podsStaySeconds, 'default-unreachable-toleration-seconds': podsStaySeconds };
}

function seconds(derivation: Derivation): string {
  return goDuration(Duration.seconds(derivation.value));
}

/** Resources with a ring of their own: group, slash, resource; the core group has no name. */
function overrides({ eventsUrls, leasesUrls = [] }: IEtcdEndpoints): string[] | undefined {
  const rings = [['/events', eventsUrls], ['coordination.k8s.io/leases', leasesUrls]] as const;
  const moved = rings.filter(([, urls]) => urls.length > 0).map(([resource, urls]) => `${resource}#${urls.join(';')}`);
  return moved.length > 0 ? moved : undefined;
}
