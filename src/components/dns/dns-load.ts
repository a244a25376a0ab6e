import { nodeCacheHitShare } from '../../capacity/dns-cache-capacity';
import {
  coreDnsQueries, dnsMaxReplicas, dnsMinReplicas, dnsQueries, dnsQueriesPerReplica, dnsReplicas, dnsReplicasForQueries, dnsReplicasWithoutCache,
} from '../../capacity/dns-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';

/** Queries, and the replicas that they ask for. */
export type DnsLoad = ReturnType<typeof dnsLoad>;

export function dnsLoad({ fleet }: ClusterFacts, cached: boolean) {
  const { machines } = fleet;
  const hitShare = cached ? [nodeCacheHitShare()] : [];
  const queries = dnsQueries(fleet.pods, fleet.dnsQueriesPerPod);
  const atCoreDns = coreDnsQueries(queries, ...hitShare);
  const withoutCache = dnsReplicasWithoutCache(fleet);
  const forQueries = dnsReplicasForQueries(atCoreDns);
  const minReplicas = dnsMinReplicas(machines, withoutCache, forQueries);
  const maxReplicas = dnsMaxReplicas({ machines, min: minReplicas, withoutCache, forQueries }, cached);
  const replicas = dnsReplicas(minReplicas, maxReplicas, withoutCache);
  return { hitShare, queries, atCoreDns, withoutCache, forQueries, minReplicas, maxReplicas, replicas, perReplica: dnsQueriesPerReplica(atCoreDns, replicas) };
}
