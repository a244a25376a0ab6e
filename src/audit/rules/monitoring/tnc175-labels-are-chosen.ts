import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { scrapeJobs } from '../../scrape-view';

/** labelmap over all labels. */
export const labelsAreChosen: Rule = {
  id: 'TNC175',
  severity: AuditSeverity.WARNING,
  title: 'Scrape jobs copy chosen labels, not all of them',
  why: 'Every label of every node and pod becomes part of every series: one relabelling of the nodes makes millions of new ones.',
  remedy: 'Name the labels, and join others through kube_pod_labels',
  source: 'seed MON-04',
  check: tree => {
    const jobs = scrapeJobs(tree);
    if (jobs.length === 0) { return NOT_APPLICABLE; }
    return jobs.filter(job => /regex:\s*["']?__meta_kubernetes_(node|pod|service)_(label|annotation)_\(\.[+*]\)/.test(job.text) && /action:\s*labelmap/.test(job.text))
      .map(({ at, name }) => ({ at, detail: `job ${name} maps all labels` }));
  },
};
