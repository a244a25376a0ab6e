import { DnsServiceProxy } from './dns-service-proxy';
import { CALICO_TRAFFIC_DISTRIBUTION, PREFER_SAME_ZONE, TRAFFIC_DISTRIBUTION } from '../../catalogue/dns-images';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';

/** Whether release and data plane keep traffic of a Service in its zone. */
export function canPreferSameZone(cluster: ClusterFacts, proxy: DnsServiceProxy): boolean {
  const dataPlaneCan = proxy !== DnsServiceProxy.CALICO_EBPF || inRange(cluster.versions.calico, CALICO_TRAFFIC_DISTRIBUTION);
  return dataPlaneCan && inRange(cluster.release.version, TRAFFIC_DISTRIBUTION);
}

/** Value of `spec.trafficDistribution` of the Services; undefined: any replica, whatever its zone. */
export function trafficDistribution(cluster: ClusterFacts, proxy: DnsServiceProxy, wanted: boolean): string | undefined {
  if (!wanted || !canPreferSameZone(cluster, proxy)) { return undefined; }
  return inRange(cluster.release.version, PREFER_SAME_ZONE) ? 'PreferSameZone' : 'PreferClose';
}
