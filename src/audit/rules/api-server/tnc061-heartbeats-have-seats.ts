import { seatsOf, UPSTREAM_SHARES } from '../../../capacity/api-server-capacity';
import { AuditSeverity } from '../../audit-severity';
import { AuditObject } from '../../audit-tree';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Shares of upstream's level for heartbeats. */
const NODE_HIGH = { name: 'node-high', shares: 40 };
/** How long a write of a heartbeat may take on a bad day. */
const SECONDS_PER_WRITE = 0.1;

/** The level that heartbeats of nodes run in. */
export const heartbeatsHaveSeats: Rule = {
  id: 'TNC061',
  severity: AuditSeverity.WARNING,
  title: 'The priority level of kubelets has seats for the heartbeats of all nodes',
  why: 'Every node writes a lease each ten seconds and its status each five minutes; when own levels take the shares, heartbeats queue, and healthy nodes are declared dead together.',
  remedy: 'Give own priority levels fewer shares, or leave the in-flight flags out',
  source: 'CAV@29 pkg/kubelet/kubelet.go; AS@36 bootstrap/default.go; 0.1 s per write is a proposal',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    if (servers.length === 0) { return NOT_APPLICABLE; }
    const levels = tree.ofKind('PriorityLevelConfiguration');
    const sharesOf = (l: AuditObject) => field<number>(l.manifest, 'spec', 'limited', 'nominalConcurrencyShares') ?? field<number>(l.manifest, 'spec', 'limited', 'assuredConcurrencyShares') ?? 30;
    const own = levels.find(level => level.objectName === NODE_HIGH.name);
    const shares = own ? sharesOf(own) : NODE_HIGH.shares;
    const others = UPSTREAM_SHARES - NODE_HIGH.shares + levels.filter(level => level !== own).reduce((sum, level) => sum + sharesOf(level), 0);
    // After the loss of the others one server may carry all nodes.
    const writes = tree.machines / tree.facts.nodeTimers.heartbeatSeconds + tree.machines / 300;
    const needed = Math.ceil(writes * SECONDS_PER_WRITE);
    return servers.flatMap(at => {
      const total = Number(at.flags['max-requests-inflight'] ?? 400) + Number(at.flags['max-mutating-requests-inflight'] ?? 200);
      const seats = seatsOf(total, shares, others);
      return seats >= needed ? [] : [{ at, detail: `${seats} of ${total} seats, ${tree.machines} machines write ${Math.round(writes)} times a second and need ${needed}` }];
    });
  },
};
