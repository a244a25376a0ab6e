import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Who may talk to a kubelet. */
export const kubeletsAskWhoIsThere: Rule = {
  id: 'TNC083',
  severity: AuditSeverity.WARNING,
  title: 'Kubelets answer nobody they do not know',
  why: 'An open kubelet runs commands in every pod of its node for whoever reaches port 10250.',
  remedy: 'Set authentication.anonymous.enabled: false, authorization.mode: Webhook and readOnlyPort: 0',
  source: 'seed KUBELET-11; KL@36',
  check: tree => {
    if (tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    return tree.kubelets.flatMap(at => {
      const open = [
        ...(field(at.configuration, 'authentication', 'anonymous', 'enabled') === true ? ['anonymous requests are allowed'] : []),
        ...(field(at.configuration, 'authorization', 'mode') === 'AlwaysAllow' ? ['authorization.mode is AlwaysAllow'] : []),
        ...((field<number>(at.configuration, 'readOnlyPort') ?? 0) > 0 ? ['readOnlyPort is open'] : []),
      ];
      return open.length === 0 ? [] : [{ at, detail: open.join(', ') }];
    });
  },
};
