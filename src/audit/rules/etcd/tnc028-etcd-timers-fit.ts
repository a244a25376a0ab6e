import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Election timeout against heartbeat. */
export const etcdTimersFit: Rule = {
  id: 'TNC028',
  severity: AuditSeverity.WARNING,
  title: 'The election timeout is at least ten heartbeats',
  why: 'Below five etcd does not start; between five and ten one late heartbeat on a busy disk is an election, and every election stops all writes.',
  remedy: 'Leave both out, or set the election timeout to ten heartbeats',
  source: 'seed ETCD-05; ETCDW@v3.6 tuning',
  check: tree => {
    const members = tree.component('etcd');
    if (members.length === 0) { return NOT_APPLICABLE; }
    return members.flatMap(at => {
      const heartbeat = Number(at.flags['heartbeat-interval'] ?? 100);
      const election = Number(at.flags['election-timeout'] ?? 1000);
      return election >= 10 * heartbeat ? [] : [{ at, detail: `heartbeat ${heartbeat} ms, election timeout ${election} ms; use ${10 * heartbeat} ms` }];
    });
  },
};
