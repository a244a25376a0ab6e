import { externalNameQueries } from '../../../capacity/dns-capacity';
import { isIpAddress } from '../../../cluster/ip-range';
import { AuditSeverity } from '../../audit-severity';
import { AuditPods, AuditTree } from '../../audit-tree';
import { containersOf, PodSpec, selectsNode } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { configMapTexts } from '../../scrape-view';
import { mostReplicas } from '../../workload-view';

/** Dots from which a name is asked for as it stands before the search list; what pods get when nobody says otherwise. */
const NDOTS = 5;

/** Names outside the cluster that a pod is configured with: hosts of URLs, and what stands behind the word host. */
function externalNames(tree: AuditTree, pods: AuditPods): string[] {
  const { clusterDomain } = tree.facts.network;
  const mounted = (pods.spec.volumes ?? []).flatMap(volume => volume.configMap?.name ?? []);
  const texts = [
    ...containersOf(pods.spec).flatMap(c => [...(c.args ?? []), ...(c.env ?? []).flatMap(({ value }) => value ?? [])]),
    ...configMapTexts(tree).filter(({ at }) => at.namespace === pods.namespace && mounted.includes(at.objectName)).map(({ text }) => text.replace(/^\s*#.*$/gm, '')),
  ];
  const hosts = texts.flatMap(text => [...text.matchAll(/(?:\bhttps?:\/\/|^\s*(?:- )?host:?\s+["']?)([A-Za-z0-9.-]+)/gim)].map(match => match[1].toLowerCase()));
  const inCluster = (host: string) => /\.svc(\.|$)/.test(host) || host.endsWith(`.${clusterDomain}`);
  return [...new Set(hosts.filter(host => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host) && !isIpAddress(host) && !inCluster(host)))].sort();
}

/** Whether the pod asks cluster DNS, with its search list. */
function asksClusterDns({ dnsPolicy, hostNetwork }: PodSpec): boolean {
  return dnsPolicy === 'ClusterFirstWithHostNet' || (hostNetwork !== true && (dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst');
}

/** Search lists in front of names that no domain of them can answer. */
export const externalNamesSkipTheSearchList: Rule = {
  id: 'TNC195',
  severity: AuditSeverity.NOTE,
  title: 'Pods that ask for names outside the cluster ask for them as they stand',
  why: 'With ndots 5 every domain of the search list is tried first, for both families: one look-up becomes ten queries, eight of them for names that do not exist.',
  remedy: 'Set dnsConfig option ndots to 2 or less for these pods, or end the name with a dot where its program allows it',
  source: 'CORDEP:Scaling_CoreDNS.md; EKSBP:scalability/cluster-services',
  check: tree => {
    const asking = tree.pods.filter(({ spec }) => asksClusterDns(spec)).map(
      at => ({ at, names: externalNames(tree, at) }),
    ).filter(({ names }) => names.length > 0);
    if (asking.length === 0) { return NOT_APPLICABLE; }
    const cost = externalNameQueries();
    return asking.flatMap(({ at, names }) => {
      const given = at.spec.dnsConfig?.options?.find(option => option.name === 'ndots')?.value;
      const ndots = given === undefined ? NDOTS : Number(given);
      const searched = names.filter(name => name.split('.').length - 1 < ndots);
      const pods = at.owner.kind === 'DaemonSet' ? tree.nodesOf(at, selectsNode) : mostReplicas(tree, at) ?? 1;
      return searched.length === 0 ? [] : [{
        at,
        detail: `${searched.join(', ')} with ndots ${ndots}: ${cost.formula} = ${cost.value} queries instead of 2 for one look-up, from ${pods} pods ${pods * cost.value} instead of ${pods * 2}`,
      }];
    });
  },
};
