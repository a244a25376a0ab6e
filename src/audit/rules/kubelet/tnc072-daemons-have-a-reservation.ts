import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { quantity } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Memory for kubelet, runtime and system. */
export const daemonsHaveAReservation: Rule = {
  id: 'TNC072',
  severity: AuditSeverity.WARNING,
  title: 'Memory is reserved for the daemons of a node',
  why: 'Pods may request everything; a full node then kills the runtime or the kubelet and turns NotReady as a whole.',
  remedy: 'Set kubeReserved and systemReserved, derived from maxPods',
  source: 'seed KUBELET-07; EKSAMI:nodeadm/internal/kubelet/config.go',
  check: tree => {
    if (tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    return tree.kubelets.filter(k => ((quantity(field(k.configuration, 'kubeReserved', 'memory')) ?? 0) + (quantity(field(k.configuration, 'systemReserved', 'memory')) ?? 0)) === 0)
      .map(at => ({ at, detail: 'kubeReserved and systemReserved name no memory' }));
  },
};
