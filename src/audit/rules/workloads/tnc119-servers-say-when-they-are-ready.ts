import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { Labels, selects } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Probes of what a Service sends traffic to. */
export const serversSayWhenTheyAreReady: Rule = {
  id: 'TNC119',
  severity: AuditSeverity.WARNING,
  title: 'A pod behind a Service has a readiness probe',
  why: 'Without one it takes traffic before it listens and after it hangs: every rollout is a row of errors.',
  remedy: 'Add a readinessProbe to one of its containers',
  source: 'WEB:docs/concepts/configuration/liveness-readiness-startup-probes',
  check: tree => {
    const behind = tree.pods.filter(pods => tree.ofKind('Service').some(service => (service.namespace ?? 'default') === pods.namespace
      && selects({ matchLabels: field<Labels>(service.manifest, 'spec', 'selector') }, pods.labels)));
    if (behind.length === 0) { return NOT_APPLICABLE; }
    return behind.filter(pods => !(pods.spec.containers ?? []).some(c => c.readinessProbe !== undefined)).map(at => ({ at, detail: 'no container has one' }));
  },
};
