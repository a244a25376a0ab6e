import { AlertGroup, RecordingRule, ScrapeDiscovery, ScrapeTarget } from '../../contracts/contributions';
import { promDurationProblem } from '../../formats/promql';
import { numberProblem, wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { dnsLabelProblem, dnsNameProblem, labelProblem, lineProblem, quoted, safeEntries } from '../../input/text-safety';

export interface Contributions {
  readonly targets: ScrapeTarget[];
  readonly alertGroups: AlertGroup[];
  readonly recordingRules: RecordingRule[];
  /** Names of the monitoring's own jobs. */
  readonly reserved: string[];
}

const JOB = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/;
const ALERT = /^[A-Z][A-Za-z0-9]{0,99}$/;
const RECORD = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** What is wrong with jobs and rules that others contribute; a mistake in one of them would keep all of Prometheus from starting. */
export function contributionProblems(problems: Problems, contributions: Contributions): void {
  const { targets, alertGroups, recordingRules, reserved } = contributions;
  targets.forEach((target, i) => targetProblems(problems, `scrapeTargets[${i}] '${target.job}'`, target));
  repeated(targets.map(target => target.job)).forEach(job => problems.add(`scrapeTargets: the job '${job}' is named twice; each job needs its own name`));
  targets.filter(target => reserved.includes(target.job)).forEach(target => problems.add(`scrapeTargets: '${target.job}' is a job of the monitoring itself; choose another name`));

  repeated(alertGroups.map(group => group.name)).forEach(name => problems.add(`alertGroups: the group '${name}' is named twice; each group needs its own name`));
  const alerts = alertGroups.flatMap(group => group.alerts);
  repeated(alerts.map(alert => alert.name)).forEach(name => problems.add(`alertGroups: the alert '${name}' is named twice; each alert needs its own name`));
  for (const group of alertGroups) { problems.add(lineProblem('alertGroups: name', group.name) ?? emptyProblem('alertGroups: name', group.name)); }
  for (const alert of alerts) {
    const where = `alert '${alert.name}'`;
    problems.require(typeof alert.name === 'string' && ALERT.test(alert.name), `alertGroups: name of an alert must be CamelCase letters and digits, got ${quoted(alert.name)}`);
    problems.add(promDurationProblem(`${where}: holdsFor`, alert.holdsFor));
    problems.add(emptyProblem(`${where}: expression`, alert.expression) ?? lineProblem(`${where}: expression`, alert.expression));
    problems.add(emptyProblem(`${where}: summary`, alert.summary));
    problems.add(emptyProblem(`${where}: description`, alert.description));
  }
  repeated(recordingRules.map(rule => rule.record)).forEach(name => problems.add(`recordingRules: '${name}' is recorded twice; each record needs its own name`));
  for (const rule of recordingRules) {
    problems.require(typeof rule.record === 'string' && RECORD.test(rule.record), `recordingRules: record must be a metric name, got ${quoted(rule.record)}`);
    problems.add(emptyProblem(`recordingRules '${rule.record}': expression`, rule.expression) ?? lineProblem(`recordingRules '${rule.record}': expression`, rule.expression));
  }
}

function targetProblems(problems: Problems, where: string, target: ScrapeTarget): void {
  problems.require(typeof target.job === 'string' && JOB.test(target.job), `${where}: job must be letters, digits, '.', '_' or '-', got ${quoted(target.job)}`);
  problems.add(wholeNumberProblem(`${where}: port`, target.port, { min: 1, max: 65_535 }));
  problems.add(numberProblem(`${where}: seriesPerTarget`, target.seriesPerTarget, { min: 1, max: 10_000_000, why: 'estimate; limits and memory follow it' }));
  if (target.expectedTargets !== undefined) { problems.add(wholeNumberProblem(`${where}: expectedTargets`, target.expectedTargets, { min: 1, max: 1_000_000 })); }
  if (target.path !== undefined) {
    problems.require(/^\/[A-Za-z0-9._~\/-]*$/.test(target.path), `${where}: path must be absolute and plain, got ${quoted(target.path)}`);
  }
  for (const pattern of target.dropMetrics ?? []) {
    problems.add(lineProblem(`${where}: dropMetrics`, pattern));
    problems.require(isPattern(pattern), `${where}: dropMetrics must be a regular expression, got ${quoted(pattern)}`);
  }
  discoveryProblems(problems, where, target);
}

function discoveryProblems(problems: Problems, where: string, target: ScrapeTarget): void {
  const inNamespace = target.discovery === ScrapeDiscovery.PODS || target.discovery === ScrapeDiscovery.SERVICE;
  if (inNamespace) { problems.add(dnsLabelProblem(`${where}: namespace`, target.namespace)); }
  if (target.discovery === ScrapeDiscovery.PODS) {
    const labels = safeEntries(`${where}: podLabels`, target.podLabels);
    problems.require(labels.length > 0, `${where}: podLabels must select pods; without labels every pod of the namespace would be a target`);
    for (const [key, value] of labels) { problems.add(labelProblem(`${where}: podLabels`, key, value)); }
  }
  if (target.discovery === ScrapeDiscovery.SERVICE) { problems.add(dnsLabelProblem(`${where}: serviceName`, target.serviceName)); }
  if (target.discovery === ScrapeDiscovery.STATIC) {
    problems.require((target.addresses ?? []).length > 0, `${where}: addresses must name at least one host`);
    for (const address of target.addresses ?? []) {
      problems.require(/^[0-9a-fA-F:]*:[0-9a-fA-F:]+$/.test(address) || dnsNameProblem('', address) === undefined, `${where}: addresses must be IP addresses or DNS names, got ${quoted(address)}`);
    }
  }
}

function isPattern(pattern: string): boolean {
  try { return Boolean(new RegExp(pattern)); } catch { return false; }
}

function emptyProblem(field: string, text: unknown): string | undefined {
  return typeof text === 'string' && text.trim() !== '' ? undefined : `${field} must not be empty`;
}

function repeated(names: string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].sort();
}
