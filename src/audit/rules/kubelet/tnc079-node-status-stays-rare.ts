import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** A field that changes another one in silence. */
export const nodeStatusStaysRare: Rule = {
  id: 'TNC079',
  severity: AuditSeverity.WARNING,
  title: 'nodeStatusUpdateFrequency is not set without nodeStatusReportFrequency',
  why: 'Setting the first alone lowers the second from five minutes to the same value: writes of whole node objects grow thirty-fold.',
  remedy: 'Set both or neither',
  source: 'seed KUBELET-12; KL@36',
  check: tree => {
    if (tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    return tree.kubelets.filter(k => field(k.configuration, 'nodeStatusUpdateFrequency') !== undefined && field(k.configuration, 'nodeStatusReportFrequency') === undefined)
      .map(at => ({ at, detail: `nodeStatusUpdateFrequency is ${field(at.configuration, 'nodeStatusUpdateFrequency')}` }));
  },
};
