import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Runs of one CronJob beside each other. */
export const cronJobsDoNotPileUp: Rule = {
  id: 'TNC137',
  severity: AuditSeverity.WARNING,
  title: 'A CronJob that may run beside itself has an end',
  why: 'Allow is the default: when runs take longer than the interval, each starts another one, and on a bad night they fill the nodes and the API server with pods.',
  remedy: 'Set concurrencyPolicy: Forbid or Replace, or activeDeadlineSeconds on the Job',
  source: 'WEB:docs/concepts/workloads/controllers/cron-jobs',
  check: tree => {
    const jobs = tree.ofKind('CronJob', 'batch');
    if (jobs.length === 0) { return NOT_APPLICABLE; }
    return jobs.filter(job => (field(job.manifest, 'spec', 'concurrencyPolicy') ?? 'Allow') === 'Allow' && field(job.manifest, 'spec', 'jobTemplate', 'spec', 'activeDeadlineSeconds') === undefined)
      .map(at => ({ at, detail: 'concurrencyPolicy is Allow and no run has a deadline' }));
  },
};
