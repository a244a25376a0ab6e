import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { configMapTexts, scrapeJobs } from '../../scrape-view';

/** Alerts against scrape jobs. */
export const alertsWatchExistingJobs: Rule = {
  id: 'TNC171',
  severity: AuditSeverity.WARNING,
  title: 'Every job that a rule names is scraped',
  why: 'A rule over a job that nobody scrapes is silent for ever: it looks like a healthy cluster.',
  remedy: 'Add the scrape job, or correct the name in the rule',
  source: 'DESIGN section 5 (contributions)',
  check: tree => {
    const jobs = new Set(scrapeJobs(tree).map(job => job.name));
    const rules = configMapTexts(tree).filter(({ text }) => /^groups:/m.test(text));
    if (jobs.size === 0 || rules.length === 0) { return NOT_APPLICABLE; }
    return rules.flatMap(({ at, key, text }) => {
      const named = [...text.matchAll(/\b(?:scrape_)?job="([^"{}]+)"/g)].map(([, job]) => job);
      return [...new Set(named)].filter(job => !jobs.has(job)).map(job => ({ at, detail: `${key} names job ${job}` }));
    });
  },
};
