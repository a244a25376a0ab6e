import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Metrics of autoscalers against who serves them. */
export const hpaMetricsAreServed: Rule = {
  id: 'TNC109',
  severity: AuditSeverity.WARNING,
  title: 'Somebody serves the metrics that an HPA asks for',
  why: 'Without one of its metrics an HPA never scales down, without all of them not at all; metrics-server serves CPU and memory only.',
  remedy: 'Install metrics-server, a custom metrics adapter or KEDA',
  source: 'seed HPA-02; WEB:docs/tasks/run-application/horizontal-pod-autoscale',
  check: tree => {
    const scalers = tree.ofKind('HorizontalPodAutoscaler');
    if (scalers.length === 0) { return NOT_APPLICABLE; }
    const groups = tree.ofKind('APIService').map(service => field<string>(service.manifest, 'spec', 'group'));
    const api: { readonly [type: string]: string } = {
      Resource: 'metrics.k8s.io', ContainerResource: 'metrics.k8s.io', Pods: 'custom.metrics.k8s.io', Object: 'custom.metrics.k8s.io', External: 'external.metrics.k8s.io',
    };
    return scalers.flatMap(at => {
      const types = (field<object[]>(at.manifest, 'spec', 'metrics') ?? []).map(metric => field<string>(metric, 'type') ?? '');
      const missing = [...new Set(types.map(type => api[type]).filter(group => group !== undefined && !groups.includes(group)))].sort();
      return missing.map(group => ({ at, detail: `no APIService for ${group} in this app` }));
    });
  },
};
