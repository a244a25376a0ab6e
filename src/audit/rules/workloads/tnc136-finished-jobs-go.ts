import { AuditSeverity } from '../../audit-severity';
import { AuditObject } from '../../audit-tree';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Jobs that are done. */
export const finishedJobsGo: Rule = {
  id: 'TNC136',
  severity: AuditSeverity.NOTE,
  title: 'A finished Job is removed',
  why: 'Job and pods stay in etcd and in every watch cache until the collector of terminated pods finds more than 12,500 of them.',
  remedy: 'Set ttlSecondsAfterFinished; a CronJob also bounds its history',
  source: 'WEB:docs/concepts/workloads/controllers/ttlafterfinished; api-server.md section 5',
  check: tree => {
    const jobs = [...tree.ofKind('Job', 'batch'), ...tree.ofKind('CronJob', 'batch')];
    if (jobs.length === 0) { return NOT_APPLICABLE; }
    return jobs.filter(job => kept(job) > 10).map(at => ({ at, detail: at.kind === 'Job' ? 'ttlSecondsAfterFinished is missing' : `it keeps ${kept(at)} finished Jobs` }));
  },
};

/** Finished Jobs that stay: for ever counts as without end. */
function kept(job: AuditObject): number {
  if (job.kind === 'Job') { return field(job.manifest, 'spec', 'ttlSecondsAfterFinished') === undefined ? Infinity : 0; }
  if (field(job.manifest, 'spec', 'jobTemplate', 'spec', 'ttlSecondsAfterFinished') !== undefined) { return 0; }
  return (field<number>(job.manifest, 'spec', 'successfulJobsHistoryLimit') ?? 3) + (field<number>(job.manifest, 'spec', 'failedJobsHistoryLimit') ?? 1);
}
