import { AuditModel, LimitModel, VerdictModel } from './report-model';
import { AuditSeverity } from '../audit/audit-severity';
import { ClusterFacts } from '../cluster/cluster-facts';

/** The answer to "will it hold": errors of the audit and limits below the planned size say no. */
export function verdictSection(cluster: ClusterFacts | undefined, limits: LimitModel[], audit: AuditModel): VerdictModel {
  const count = (severity: AuditSeverity) => (audit.findings ?? []).filter(finding => finding.severity === severity).length;
  const counts = { errors: count(AuditSeverity.ERROR), warnings: count(AuditSeverity.WARNING), notes: count(AuditSeverity.NOTE) };
  const first = limits.find(limit => limit.breaks);
  const said = (answer: VerdictModel['answer'], sentence: string): VerdictModel => ({ answer, sentence, ...(first ? { firstLimit: first.id } : {}), ...counts });

  if (counts.errors > 0) {
    return said('does not hold', `The audit found ${counts.errors} ${counts.errors === 1 ? 'error' : 'errors'}: it does not start, loses data or drops traffic.`);
  }
  if (!cluster || !first) {
    return said('not known', 'No limit was computed for what is described here; the audit found no error.');
  }
  const size = `${grouped(cluster.nodes)} nodes`;
  if (first.reachedAtNodes < cluster.nodesToday) {
    return said('does not hold', `Not even today's ${grouped(cluster.nodesToday)} nodes: ${first.title} ends at ${grouped(first.reachedAtNodes)}.`);
  }
  if (first.reachedAtNodes < cluster.nodes) {
    return said('holds today', `Today's ${grouped(cluster.nodesToday)} nodes, not the planned ${size}: ${first.title} ends at ${grouped(first.reachedAtNodes)}.`);
  }
  const untested = limits.filter(limit => !limit.breaks && limit.reachedAtNodes < cluster.nodes).map(limit => `${limit.title} (${grouped(limit.reachedAtNodes)})`);
  const beyond = untested.length === 0 ? '' : ` Past a line of advice: ${untested.join('; ')}.`;
  return said('holds', `Nothing fails below the planned ${size}, of ${limits.length} limits that were computed.${beyond}`);
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
