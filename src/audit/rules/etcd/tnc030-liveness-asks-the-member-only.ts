import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Liveness probes that ask the whole ring. */
export const livenessAsksTheMemberOnly: Rule = {
  id: 'TNC030',
  severity: AuditSeverity.WARNING,
  title: 'The liveness probe of an etcd member asks that member only',
  why: '/health fails without a leader and with an alarm: one problem of the ring restarts all members at once and makes it longer.',
  remedy: 'Use /livez (3.5.11 and newer) or /health?serializable=true',
  source: 'seed ETCD-09; kubernetes/kubeadm#3039',
  check: tree => {
    const members = tree.component('etcd');
    if (members.length === 0) { return NOT_APPLICABLE; }
    return members.filter(member => /^\/health(z)?($|\?(?!.*serializable=true))/.test(member.livenessPath)).map(at => ({ at, detail: `it asks ${at.livenessPath}` }));
  },
};
