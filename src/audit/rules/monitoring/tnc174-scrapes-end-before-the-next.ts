import { AuditSeverity } from '../../audit-severity';
import { seconds } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';
import { prometheusConfigurations, scalar } from '../../scrape-view';

/** Timeout against interval. */
export const scrapesEndBeforeTheNext: Rule = {
  id: 'TNC174',
  severity: AuditSeverity.ERROR,
  title: 'scrape_timeout is at most scrape_interval',
  why: 'Prometheus refuses the configuration: a restart leaves the cluster without monitoring.',
  remedy: 'Lower the timeout',
  source: 'PROM@v3.14.0:configuration',
  check: tree => {
    const configurations = prometheusConfigurations(tree);
    if (configurations.length === 0) { return NOT_APPLICABLE; }
    return configurations.flatMap(({ at, text }) => {
      const interval = scalar(text, 'scrape_interval') ?? '1m';
      const timeout = scalar(text, 'scrape_timeout') ?? '10s';
      const wrong = seconds(timeout) !== undefined && seconds(interval) !== undefined && seconds(timeout)! > seconds(interval)!;
      return wrong ? [{ at, detail: `timeout ${timeout}, interval ${interval}` }] : [];
    });
  },
};
