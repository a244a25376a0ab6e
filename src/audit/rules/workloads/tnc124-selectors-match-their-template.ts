import { AuditSeverity } from '../../audit-severity';
import { AuditPods } from '../../audit-tree';
import { field } from '../../field';
import { selects } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Selectors of workloads. */
export const selectorsMatchTheirTemplate: Rule = {
  id: 'TNC124',
  severity: AuditSeverity.ERROR,
  title: 'The selector of a workload matches its own pods and nobody else\'s',
  why: 'The API server refuses a selector that misses its template; two workloads that select the same pods delete each other\'s.',
  remedy: 'Give template and selector the same labels, unique in the namespace',
  source: 'KK:pkg/apis/apps/validation',
  check: tree => {
    const workloads = tree.pods.filter(pods => ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].includes(pods.owner.kind));
    if (workloads.length === 0) { return NOT_APPLICABLE; }
    const selectorOf = (pods: AuditPods) => field(pods.owner.manifest, 'spec', 'selector');
    return workloads.flatMap(at => [
      ...(selects(selectorOf(at), at.labels) ? [] : [{ at, detail: 'the selector misses the labels of the template' }]),
      ...workloads.filter(other => other !== at && other.owner.kind === at.owner.kind && other.namespace === at.namespace)
        .filter(other => selects(selectorOf(at), other.labels))
        .map(other => ({ at, detail: `it selects the pods of ${other.name} too` })),
    ]);
  },
};
