import { API_SERVER_FILES, CERTIFICATES, CONTROL_PLANE_FILES } from './api-server-paths';
import { ApiServerSettings } from './api-server-settings';
import { apiVersionOf } from '../../catalogue/api-groups';
import { KUBE_APISERVER_FLAGS } from '../../catalogue/kube-apiserver-flags';
import { KUBE_CONTROLLER_MANAGER_FLAGS } from '../../catalogue/kube-controller-manager-flags';
import { KUBE_SCHEDULER_FLAGS } from '../../catalogue/kube-scheduler-flags';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { HOST_PATHS } from '../../cluster/host-paths';
import { HOST_PORTS } from '../../cluster/ports';
import { IEtcdEndpoints } from '../../contracts/etcd-endpoints';
import { FlagList } from '../../formats/flag-list';
import { goDuration } from '../../formats/go-duration';

/** Command line of kube-apiserver on one machine. */
export function apiServerFlags(
  cluster: ClusterFacts, settings: ApiServerSettings, etcd: IEtcdEndpoints, member: ControlPlaneMember,
): FlagList<typeof KUBE_APISERVER_FLAGS> {
  const servers = cluster.controlPlaneMembers.length;
  return new FlagList('kube-apiserver', KUBE_APISERVER_FLAGS, cluster.release.version).defaults({
    'advertise-address': member.address,
    'bind-address': member.address.includes(':') ? '::' : '0.0.0.0',
    'secure-port': HOST_PORTS.apiServer,
    'allow-privileged': true,

    'etcd-servers': etcd.mainUrls,
    // The override of the core group moves the events.k8s.io view of the same objects too; the other way round nothing moves.
    'etcd-servers-overrides': etcd.eventsUrls.length > 0 ? [`/events#${etcd.eventsUrls.join(';')}`] : undefined,
    'etcd-cafile': etcd.caFile,
    'etcd-certfile': etcd.clientCertFile,
    'etcd-keyfile': etcd.clientKeyFile,
    'etcd-compaction-interval': '5m0s',

    'service-cluster-ip-range': cluster.network.serviceCidr,
    'service-account-issuer': `https://kubernetes.default.svc.${cluster.network.clusterDomain}`,
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
    'enable-admission-plugins': ['NodeRestriction'],
    'admission-control-config-file': apiVersionOf('PodSecurityConfiguration', cluster.release.version) === undefined ? undefined : API_SERVER_FILES.admission,
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
    'event-ttl': goDuration(settings.eventTtl),
    'delete-collection-workers': 16,
    // Behind an L4 balancer HTTP/2 connections stick to the server that was up first; now and then one is asked to reconnect.
    'goaway-chance': servers > 1 && settings.goawayChance > 0 ? settings.goawayChance : undefined,

    // A restart must not make 1,200 kubelets and all informers reconnect in the same second.
    'shutdown-delay-duration': '15s',
    'shutdown-send-retry-after': servers > 1 ? true : undefined,
    'shutdown-watch-termination-grace-period': '30s',
    'livez-grace-period': '1m0s',

    'encryption-provider-config': API_SERVER_FILES.encryption,
    'encryption-provider-config-automatic-reload': true,
    'profiling': false,
    'audit-policy-file': API_SERVER_FILES.auditPolicy,
    'audit-log-path': API_SERVER_FILES.auditLog,
    // Blocking mode would make every request wait for the disk of the log.
    'audit-log-mode': 'batch',
    'audit-log-batch-buffer-size': 10_000,
    'audit-log-batch-max-size': 400,
    'audit-log-batch-max-wait': '1s',
    'audit-log-truncate-enabled': true,
    'audit-log-maxage': 30,
    'audit-log-maxbackup': 10,
    'audit-log-maxsize': 100,
  });
}

/** Command line of kube-controller-manager. */
export function controllerManagerFlags(cluster: ClusterFacts, settings: ApiServerSettings): FlagList<typeof KUBE_CONTROLLER_MANAGER_FLAGS> {
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
    'service-cluster-ip-range': cluster.network.serviceCidr,
    // Calico hands out pod addresses from its own blocks; a second allocator would only run out first (256 nodes on a /16).
    'allocate-node-cidrs': false,
    'controllers': ['*', 'bootstrapsigner', 'tokencleaner'],
    'use-service-account-credentials': true,
    'service-account-private-key-file': HOST_PATHS.serviceAccountKey,
    'root-ca-file': HOST_PATHS.clusterCa,
    'cluster-signing-cert-file': HOST_PATHS.clusterCa,
    'cluster-signing-key-file': HOST_PATHS.clusterCaKey,
    'leader-elect': true,
    'profiling': false,
    'kube-api-qps': settings.controllerManagerQps.value,
    'kube-api-burst': settings.controllerManagerBurst.value,
    // One slice update for a burst of pod changes instead of one each: measured 1.01 instead of 2.3 updates per recreated pod.
    'endpointslice-updates-batch-period': '500ms',
    'endpoint-updates-batch-period': '500ms',
    // Workers as in Gardener's defaults (5 to 20 upstream).
    'concurrent-deployment-syncs': 50,
    'concurrent-replicaset-syncs': 50,
    'concurrent-statefulset-syncs': 15,
    'concurrent-endpoint-syncs': 15,
    'concurrent-service-endpoint-syncs': 15,
    'concurrent-gc-syncs': 30,
    'concurrent-namespace-syncs': 30,
    'concurrent-resource-quota-syncs': 15,
    'concurrent-serviceaccount-token-syncs': 15,
  });
}

/** Command line of kube-scheduler; most of its settings stand in its configuration file. */
export function schedulerFlags(cluster: ClusterFacts): FlagList<typeof KUBE_SCHEDULER_FLAGS> {
  return new FlagList('kube-scheduler', KUBE_SCHEDULER_FLAGS, cluster.release.version).defaults({
    'config': CONTROL_PLANE_FILES.schedulerConfig,
    'authentication-kubeconfig': CONTROL_PLANE_FILES.schedulerKubeconfig,
    'authorization-kubeconfig': CONTROL_PLANE_FILES.schedulerKubeconfig,
    'bind-address': cluster.controlPlaneMembers[0].address.includes(':') ? '::' : '0.0.0.0',
    'secure-port': HOST_PORTS.kubeScheduler,
    'client-ca-file': HOST_PATHS.clusterCa,
    'requestheader-client-ca-file': HOST_PATHS.frontProxyCa,
  });
}
