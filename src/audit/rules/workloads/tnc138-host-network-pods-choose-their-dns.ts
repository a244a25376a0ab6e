import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Resolver of pods on the host network. */
export const hostNetworkPodsChooseTheirDns: Rule = {
  id: 'TNC138',
  severity: AuditSeverity.WARNING,
  title: 'A pod on the host network says which DNS it uses',
  why: 'ClusterFirst, the default, is silently turned into the resolver of the node: names of Services do not resolve, on every node where the agent runs.',
  remedy: 'Set dnsPolicy: ClusterFirstWithHostNet, or Default where the pod must not depend on cluster DNS',
  source: 'FB:pipeline/filters/kubernetes.md; WEB:docs/concepts/services-networking/dns-pod-service',
  check: tree => {
    const pods = tree.pods.filter(({ spec }) => spec.hostNetwork === true);
    if (pods.length === 0) { return NOT_APPLICABLE; }
    return pods.filter(({ spec }) => (spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst').map(at => ({ at, detail: `dnsPolicy is ${at.spec.dnsPolicy ?? 'missing'}` }));
  },
};
