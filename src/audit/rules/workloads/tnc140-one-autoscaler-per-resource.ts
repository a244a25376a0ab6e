import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Two autoscalers that pull at one workload. */
export const oneAutoscalerPerResource: Rule = {
  id: 'TNC140',
  severity: AuditSeverity.WARNING,
  title: 'No VerticalPodAutoscaler changes requests that an HPA measures by',
  why: 'The HPA counts use as a share of the request: each change of the one moves the other, replicas and requests swing, and pods are replaced without end.',
  remedy: 'Set updateMode: Off, name other resources in controlledResources, or scale by a metric of the pods',
  source: 'VPA:docs/known-limitations.md; seed HPA-07',
  check: tree => {
    const vertical = tree.ofKind('VerticalPodAutoscaler');
    if (vertical.length === 0) { return NOT_APPLICABLE; }
    return vertical.filter(vpa => field(vpa.manifest, 'spec', 'updatePolicy', 'updateMode') !== 'Off').flatMap(at => tree.ofKind('HorizontalPodAutoscaler').filter(hpa => hpa.namespace === at.namespace && (['kind', 'name'] as const)
      .every(key => field(hpa.manifest, 'spec', 'scaleTargetRef', key) === field(at.manifest, 'spec', 'targetRef', key))).flatMap(hpa => {
      const measured = (field<object[]>(hpa.manifest, 'spec', 'metrics') ?? []).flatMap(metric => field<string>(metric, 'resource', 'name') ?? field<string>(metric, 'containerResource', 'name') ?? []);
      const policies = field<object[]>(at.manifest, 'spec', 'resourcePolicy', 'containerPolicies') ?? [];
      const controlled = policies.length === 0 ? ['cpu', 'memory'] : policies.flatMap(policy => (field(policy, 'mode') === 'Off' ? [] : field<string[]>(policy, 'controlledResources') ?? ['cpu', 'memory']));
      const both = [...new Set(measured.filter(name => controlled.includes(name)))];
      return both.length === 0 ? [] : [{ at, detail: `${hpa.name} measures ${both.join(' and ')}` }];
    }));
  },
};
