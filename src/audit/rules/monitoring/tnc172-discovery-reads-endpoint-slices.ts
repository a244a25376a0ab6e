import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { scrapeJobs } from '../../scrape-view';

/** Role endpoints. */
export const discoveryReadsEndpointSlices: Rule = {
  id: 'TNC172',
  severity: AuditSeverity.WARNING,
  title: 'Discovery reads EndpointSlices, pods or nodes, not Endpoints',
  why: 'Endpoints stop at 1,000 addresses without a word, are deprecated from 1.33, and every change of a large one is sent whole.',
  remedy: 'Use role: endpointslice',
  source: 'seed MON-06; peers 2.15 no 9',
  check: tree => {
    const jobs = scrapeJobs(tree).filter(job => /role:/.test(job.text));
    if (jobs.length === 0) { return NOT_APPLICABLE; }
    return jobs.filter(job => /role:\s*["']?endpoints["']?\s*$/m.test(job.text)).map(({ at, name }) => ({ at, detail: `job ${name} uses role endpoints` }));
  },
};
