import { kubeletFieldProblem } from '../../../catalogue/kubelet-configuration-fields';
import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Fields that the kubelet would ignore. */
export const kubeletFieldsAreKnown: Rule = {
  id: 'TNC077',
  severity: AuditSeverity.WARNING,
  title: 'Every field of KubeletConfiguration exists in the release of the kubelet',
  why: 'The kubelet logs an unknown field and starts without it: the limit that was meant is not there.',
  remedy: 'Correct the field, or leave it out',
  source: 'seed KUBELET-13; src/catalogue/kubelet-configuration-field-table.ts',
  check: tree => {
    if (tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    return tree.kubelets.flatMap(at => Object.keys(at.configuration).flatMap(name => {
      const problem = kubeletFieldProblem(name, at.release);
      return problem === undefined ? [] : [{ at, detail: problem }];
    }));
  },
};
