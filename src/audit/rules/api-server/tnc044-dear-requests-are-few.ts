import { seatsOf, UPSTREAM_SHARES } from '../../../capacity/api-server-capacity';
import { AuditSeverity } from '../../audit-severity';
import { AuditObject } from '../../audit-tree';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** The level that bounds LISTs across all namespaces. */
export const dearRequestsAreFew: Rule = {
  id: 'TNC044',
  severity: AuditSeverity.WARNING,
  title: 'A priority level lets one to seven LISTs across all namespaces run at a time',
  why: 'Agents of a DaemonSet that list all pods after a restart take an API server\'s memory; above seven seats one request may cost several, and nothing bounds how many run.',
  remedy: 'Keep FlowSchema and level thousand-node-dear-requests, sized by dearRequestSeats',
  source: 'MEAS; AS@36 pkg/util/flowcontrol',
  check: tree => {
    const servers = tree.component('kube-apiserver');
    const levels = tree.ofKind('PriorityLevelConfiguration');
    if (servers.length === 0) { return NOT_APPLICABLE; }
    const isDear = (rule: object) => (field<string[]>(rule, 'verbs') ?? []).includes('list') && field(rule, 'clusterScope') === true && field(rule, 'namespaces') === undefined
      && (field<string[]>(rule, 'resources') ?? []).includes('*');
    const schemas = tree.ofKind('FlowSchema').filter(s => (field<object[]>(s.manifest, 'spec', 'rules') ?? []).some(r => (field<object[]>(r, 'resourceRules') ?? []).some(isDear)));
    if (schemas.length === 0) { return [{ at: tree.cluster, detail: 'no FlowSchema catches them' }]; }
    const sharesOf = (l: AuditObject) => field<number>(l.manifest, 'spec', 'limited', 'nominalConcurrencyShares') ?? field<number>(l.manifest, 'spec', 'limited', 'assuredConcurrencyShares') ?? 30;
    const total = Number(servers[0].flags['max-requests-inflight'] ?? 400) + Number(servers[0].flags['max-mutating-requests-inflight'] ?? 200);
    // Several levels may share the work: each of them bounds its own clients.
    return schemas.flatMap(schema => {
      const level = levels.find(l => l.objectName === field(schema.manifest, 'spec', 'priorityLevelConfiguration', 'name'));
      if (!level) { return [{ at: schema, detail: 'its priority level is missing' }]; }
      const others = UPSTREAM_SHARES + levels.filter(l => l !== level).reduce((sum, l) => sum + sharesOf(l), 0);
      const seats = seatsOf(total, sharesOf(level), others);
      return seats >= 1 && seats <= 7 ? [] : [{ at: level, detail: `${sharesOf(level)} shares of ${others + sharesOf(level)} are ${seats} of ${total} seats` }];
    });
  },
};
