import { CONTROL_PLANE_FILES } from './api-server-paths';
import { ApiServerSettings } from './api-server-settings';
import { apiVersionOf } from '../../catalogue/api-groups';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { HOST_PATHS } from '../../cluster/host-paths';
import { urlHost } from '../../cluster/ip-range';
import { HOST_PORTS } from '../../cluster/ports';
import { kubeconfig } from '../../formats/kubeconfig';
import { yamlDocuments } from '../../formats/yaml-document';

/**
 * Configuration file of the scheduler. Where every pool records its zones, pods of a workload that says nothing itself are spread over zones first: upstream's
 * own default tolerates a skew of five, by which all of three replicas may stand in one zone. Where a zone is not recorded upstream's default stays, since
 * nodes without the label would score nothing.
 */
export function schedulerConfiguration(cluster: ClusterFacts, settings: ApiServerSettings): string {
  const apiVersion = apiVersionOf('KubeSchedulerConfiguration', cluster.release.version);
  return yamlDocuments([{
    apiVersion,
    kind: 'KubeSchedulerConfiguration',
    clientConnection: {
      kubeconfig: CONTROL_PLANE_FILES.schedulerKubeconfig,
      qps: settings.schedulerQps.value,
      burst: settings.schedulerQps.value * 2,
    },
    enableProfiling: false,
    leaderElection: {
      leaderElect: true,
      leaseDuration: `${settings.leaderElection.leaseDuration.value}s`,
      renewDeadline: `${settings.leaderElection.renewDeadline.value}s`,
      retryPeriod: `${settings.leaderElection.retryPeriod.value}s`,
    },
    percentageOfNodesToScore: settings.percentageOfNodesToScore.value,
    ...(spansZones(cluster) ? { profiles: [{ schedulerName: 'default-scheduler', pluginConfig: [spreadByZone(apiVersion)] }] } : {}),
  }]);
}

function spansZones(cluster: ClusterFacts): boolean {
  return cluster.pools.every(pool => pool.zones.length > 0) && new Set(cluster.pools.flatMap(pool => pool.zones)).size > 1;
}

function spreadByZone(apiVersion: string | undefined): object {
  const constraint = (topologyKey: string, maxSkew: number) => ({ maxSkew, topologyKey, whenUnsatisfiable: 'ScheduleAnyway' });
  return {
    name: 'PodTopologySpread',
    args: {
      apiVersion,
      kind: 'PodTopologySpreadArgs',
      defaultingType: 'List',
      // The host's skew is upstream's own.
      defaultConstraints: [constraint('topology.kubernetes.io/zone', 1), constraint('kubernetes.io/hostname', 3)],
    },
  };
}

/**
 * A kubeconfig that names certificate files instead of holding them. The server is the API server of the same machine: the load balancer is
 * one thing less that must work for the control plane to come up.
 */
export function localKubeconfig(cluster: ClusterFacts, user: string, member: ControlPlaneMember, certificate: CertificatePair): string {
  const loopback = urlHost(member.address.includes(':') ? '::1' : '127.0.0.1');
  return clientKubeconfig(cluster, user, `https://${loopback}:${HOST_PORTS.apiServer}`, certificate);
}

/** The administrator comes through the load balancer. */
export function adminKubeconfig(cluster: ClusterFacts, certificate: CertificatePair): string {
  return clientKubeconfig(cluster, 'super-admin', cluster.apiServerUrl, certificate);
}

function clientKubeconfig(cluster: ClusterFacts, userName: string, server: string, certificate: CertificatePair): string {
  const credentials = { certFile: certificate.cert, keyFile: certificate.key };
  return kubeconfig({ clusterName: cluster.name, server, caFile: HOST_PATHS.clusterCa, userName, credentials });
}

interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}
