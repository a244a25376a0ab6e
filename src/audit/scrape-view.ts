import { AuditObject, AuditTree } from './audit-tree';
import { field } from './field';

/** A scrape job of a Prometheus configuration. */
export interface ScrapeJob {
  readonly at: AuditObject;
  readonly name: string;
  /** Its lines. */
  readonly text: string;
}

/** ConfigMap entries that hold a Prometheus configuration. */
export function prometheusConfigurations(tree: AuditTree): Array<{ readonly at: AuditObject; readonly text: string }> {
  return configMapTexts(tree).filter(({ text }) => /^scrape_configs:/m.test(text));
}

/** Every text of every ConfigMap. */
export function configMapTexts(tree: AuditTree): Array<{ readonly at: AuditObject; readonly key: string; readonly text: string }> {
  return tree.ofKind('ConfigMap', '').flatMap(at => Object.entries(field<{ [key: string]: string }>(at.manifest, 'data') ?? {}).map(([key, text]) => ({ at, key, text: String(text) })));
}

/**
 * Scrape jobs of all configurations. Read by lines, since the package ships no YAML parser: an item of the list starts at the indentation of
 * the first one, whatever key leads.
 */
export function scrapeJobs(tree: AuditTree): ScrapeJob[] {
  return prometheusConfigurations(tree).flatMap(({ at, text }) => {
    const lines = text.slice(text.search(/^scrape_configs:/m)).split('\n').slice(1);
    const indent = /^(\s*)- /.exec(lines.find(line => line.trim() !== '') ?? '')?.[1];
    if (indent === undefined) { return []; }
    const items: string[][] = [];
    for (const line of lines) {
      if (line.startsWith(`${indent}- `)) { items.push([]); } else if (/^\S/.test(line)) { break; }
      items[items.length - 1]?.push(line);
    }
    return items.map(item => ({ at, text: item.join('\n'), name: scalar(item.join('\n'), 'job_name') ?? '' }));
  });
}

/** Value of the first line `key: value`, without quotes. */
export function scalar(text: string, key: string): string | undefined {
  return new RegExp(`^[\\s-]*${key}:\\s*["']?([^"'\\n]*?)["']?\\s*$`, 'm').exec(text)?.[1];
}
