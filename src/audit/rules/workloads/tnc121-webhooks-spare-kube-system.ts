import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { selects } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Admission webhooks that can lock a cluster out of itself. */
export const webhooksSpareKubeSystem: Rule = {
  id: 'TNC121',
  severity: AuditSeverity.WARNING,
  title: 'A webhook that fails closed does not match kube-system',
  why: 'When its pods are gone, the pods that would bring them back (DNS, network, the webhook itself) are refused too: the cluster cannot heal.',
  remedy: 'Exclude kube-system with a namespaceSelector on kubernetes.io/metadata.name, or use failurePolicy: Ignore',
  source: 'WEB:docs/concepts/cluster-administration/admission-webhooks-good-practices',
  check: tree => {
    const configurations = [...tree.ofKind('ValidatingWebhookConfiguration'), ...tree.ofKind('MutatingWebhookConfiguration')];
    if (configurations.length === 0) { return NOT_APPLICABLE; }
    return configurations.flatMap(at => (field<object[]>(at.manifest, 'webhooks') ?? []).filter(hook => (field(hook, 'failurePolicy') ?? 'Fail') === 'Fail').filter(hook => {
      const selector = field(hook, 'namespaceSelector');
      const empty = Object.keys({ ...field<object>(selector, 'matchLabels') }).length + (field<object[]>(selector, 'matchExpressions') ?? []).length === 0;
      return empty || selects(selector, { 'kubernetes.io/metadata.name': 'kube-system' });
    }).map(hook => ({ at, detail: `webhook ${field(hook, 'name')} fails closed in kube-system` })));
  },
};
