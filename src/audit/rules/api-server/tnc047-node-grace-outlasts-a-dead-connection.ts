import { inRange } from '../../../catalogue/version-range';
import { AuditSeverity } from '../../audit-severity';
import { seconds } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** node-monitor-grace-period against the kubelet's HTTP/2 timers. */
export const nodeGraceOutlastsADeadConnection: Rule = {
  id: 'TNC047',
  severity: AuditSeverity.WARNING,
  title: 'node-monitor-grace-period is longer than a kubelet needs to notice a dead connection',
  why: 'A kubelet gives up a dead HTTP/2 connection after 30 s idle and 15 s without an answer; with a shorter grace one lost API server marks its kubelets NotReady before they reconnect.',
  remedy: 'Use at least 50s, the default from 1.32, or controlPlane.nodeTimers, which lets kubelets notice sooner',
  source: 'KL@36 HTTP2_READ_IDLE_TIMEOUT; api-server.md',
  check: tree => {
    const managers = tree.component('kube-controller-manager');
    if (managers.length === 0) { return NOT_APPLICABLE; }
    const own = inRange(tree.facts.release.version, { added: '1.32' }) ? '50s' : '40s';
    return managers.flatMap(at => {
      const grace = at.flags['node-monitor-grace-period'] ?? own;
      const { readIdleSeconds, pingSeconds } = tree.facts.nodeTimers;
      return (seconds(grace) ?? 0) > readIdleSeconds + pingSeconds ? [] : [{ at, detail: `it is ${grace}, a dead connection is noticed after ${readIdleSeconds + pingSeconds}s` }];
    });
  },
};
