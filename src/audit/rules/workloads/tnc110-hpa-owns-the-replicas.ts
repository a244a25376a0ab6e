import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Two owners of one field. */
export const hpaOwnsTheReplicas: Rule = {
  id: 'TNC110',
  severity: AuditSeverity.WARNING,
  title: 'A workload with an HPA does not set replicas',
  why: 'Every apply puts the number back: in the middle of a promotion 200 replicas become 10.',
  remedy: 'Leave spec.replicas out of the workload',
  source: 'WEB:docs/tasks/run-application/horizontal-pod-autoscale',
  check: tree => {
    const scalers = tree.ofKind('HorizontalPodAutoscaler');
    if (scalers.length === 0) { return NOT_APPLICABLE; }
    return scalers.flatMap(scaler => {
      const at = tree.find(field<string>(scaler.manifest, 'spec', 'scaleTargetRef', 'kind') ?? '', scaler.namespace, field<string>(scaler.manifest, 'spec', 'scaleTargetRef', 'name') ?? '');
      const replicas = field<number>(at?.manifest, 'spec', 'replicas');
      return at && replicas !== undefined ? [{ at, detail: `replicas is ${replicas}, ${scaler.name} decides them` }] : [];
    });
  },
};
