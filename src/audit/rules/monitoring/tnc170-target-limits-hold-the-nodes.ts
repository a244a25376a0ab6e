import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { scalar, scrapeJobs } from '../../scrape-view';

/** target_limit against the nodes. */
export const targetLimitsHoldTheNodes: Rule = {
  id: 'TNC170',
  severity: AuditSeverity.ERROR,
  title: 'target_limit of a job over nodes holds all machines',
  why: 'A job above its limit is dropped whole: the day the cluster grows by one node, all nodes vanish from monitoring.',
  remedy: 'Set target_limit above the final number of machines',
  source: 'seed MON-09; PROM@v3.14.0:configuration',
  check: tree => {
    const jobs = scrapeJobs(tree).filter(job => scalar(job.text, 'role') === 'node');
    if (jobs.length === 0) { return NOT_APPLICABLE; }
    return jobs.flatMap(({ at, name, text }) => {
      const limit = Number(scalar(text, 'target_limit') ?? 0);
      return limit === 0 || limit >= tree.machines ? [] : [{ at, detail: `job ${name} takes ${limit} targets, ${tree.machines} machines are planned` }];
    });
  },
};
