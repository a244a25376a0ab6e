import { LABELS } from '../../../cluster/labels';
import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { PodSpec } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { fewestReplicas, servers, zonesOf } from '../../workload-view';

/** Where replicas stand. */
export const replicasStandApart: Rule = {
  id: 'TNC128',
  severity: AuditSeverity.WARNING,
  title: 'Replicas are spread over zones, or over nodes where there is one zone',
  why: 'The scheduler\'s own rule lets zones differ by five pods and nodes by three: two replicas end up on one node or in one zone, and fall with it.',
  remedy: 'Add a topologySpreadConstraint; pod anti-affinity does the same and costs the scheduler and the autoscaler far more',
  source: 'WEB:docs/concepts/scheduling-eviction/topology-spread-constraints; CA@36:FAQ.md',
  check: tree => {
    const replicated = servers(tree).map(at => ({ at, replicas: fewestReplicas(tree, at) ?? 0 })).filter(({ replicas }) => replicas >= 2);
    if (replicated.length === 0) { return NOT_APPLICABLE; }
    const key = zonesOf(tree).length > 1 ? LABELS.zone : LABELS.hostname;
    return replicated.filter(({ at }) => !topologies(at.spec).includes(key)).map(({ at, replicas }) => ({ at, detail: `nothing keeps its ${replicas} replicas apart by ${key}` }));
  },
};

interface Term {
  readonly topologyKey?: string;
  readonly podAffinityTerm?: { readonly topologyKey?: string };
}

function topologies(spec: PodSpec): Array<string | undefined> {
  const whens = ['requiredDuringSchedulingIgnoredDuringExecution', 'preferredDuringSchedulingIgnoredDuringExecution'];
  const terms = whens.flatMap(when => field<Term[]>(spec.affinity, 'podAntiAffinity', when) ?? []);
  const constraints = spec.topologySpreadConstraints ?? [];
  return [...constraints.map(constraint => constraint.topologyKey), ...terms.map(term => term.topologyKey ?? term.podAffinityTerm?.topologyKey)];
}
