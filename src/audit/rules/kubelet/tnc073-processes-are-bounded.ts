import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** A fork bomb ends in its own pod. */
export const processesAreBounded: Rule = {
  id: 'TNC073',
  severity: AuditSeverity.WARNING,
  title: 'podPidsLimit bounds the processes of a pod',
  why: 'One pod that forks without end takes the process table of its node, kubelet included.',
  remedy: 'Set podPidsLimit to about 4096',
  source: 'seed KUBELET-09; KK:pkg/kubelet/apis/config/v1beta1/defaults.go',
  check: tree => {
    if (tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    return tree.kubelets.filter(k => (field<number>(k.configuration, 'podPidsLimit') ?? -1) <= 0).map(at => ({ at, detail: 'it is not set' }));
  },
};
