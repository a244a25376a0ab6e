import { dnsMemory } from '../../../capacity/dns-memory-capacity';
import { AuditSeverity } from '../../audit-severity';
import { quantity } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Memory limit of CoreDNS. */
export const corednsHasMemory: Rule = {
  id: 'TNC192',
  severity: AuditSeverity.WARNING,
  title: 'The memory limit of CoreDNS holds the planned pods and Services',
  why: 'All replicas hold the same and are killed together: a cluster of a thousand nodes lost DNS when an upgrade put the limit back to its default.',
  remedy: 'Raise the limit to twice the need, or leave it to CachedCoreDns',
  source: 'CORDEP:Scaling_CoreDNS.md; kubernetes/kubeadm#3033; peers 2.15 no 11',
  check: tree => {
    const limited = tree.pods.flatMap(at => (at.spec.containers ?? []).filter(c => /(^|\/)coredns[:@]/.test(c.image ?? '')).flatMap(c => {
      const limit = quantity(c.resources?.limits?.memory);
      return limit === undefined ? [] : [{ at, limit }];
    }));
    if (limited.length === 0) { return NOT_APPLICABLE; }
    const needed = dnsMemory(tree.facts.pods, tree.facts.services).value;
    return limited.filter(({ limit }) => limit < needed * 1e6)
      .map(({ at, limit }) => ({ at, detail: `limit ${Math.round(limit / 1e6)} MB, ${tree.facts.pods} pods and ${tree.facts.services} Services need about ${needed} MB` }));
  },
};
