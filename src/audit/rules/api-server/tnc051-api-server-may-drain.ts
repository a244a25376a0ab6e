import { AuditSeverity } from '../../audit-severity';
import { seconds } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** The kubelet's patience against the server's own shutdown. */
export const apiServerMayDrain: Rule = {
  id: 'TNC051',
  severity: AuditSeverity.WARNING,
  title: 'The kubelet waits until an API server has drained',
  why: 'A server that is killed while it drains cuts its watches: every kubelet and controller on it lists again at once.',
  remedy: 'terminationGracePeriodSeconds must cover the shutdown delay, 60 s for requests and the grace of watches',
  source: 'seed API-12; AS@27',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0) { return NOT_APPLICABLE; }
    return servers.flatMap(at => {
      const need = (seconds(at.flags['shutdown-delay-duration']) ?? 0) + (seconds(at.flags['request-timeout']) ?? 60) + (seconds(at.flags['shutdown-watch-termination-grace-period']) ?? 0);
      return at.terminationGraceSeconds >= need ? [] : [{ at, detail: `it may take ${need} s, the kubelet kills it after ${at.terminationGraceSeconds} s` }];
    });
  },
};
