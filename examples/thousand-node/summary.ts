import { ApiObject } from 'cdk8s';
import { Audit, CapacityReport, Installer, ThousandNodeCluster } from 'cdk8s-thousand-node';

/** What was built and written. */
export interface Built {
  readonly cluster: ThousandNodeCluster;
  readonly report: CapacityReport;
  readonly files: Array<{ readonly installer: Installer; readonly written: string[] }>;
}

/** Whether it holds, what breaks first, and what was written, on one screen. */
export function summary({ cluster, report, files }: Built): string {
  const objects = cluster.node.findAll().filter(ApiObject.isApiObject);
  const facts = cluster.facts;
  const audit = Audit.of(cluster);
  return [
    `${facts.name}: Kubernetes ${facts.release.tag}, ${facts.nodes} nodes planned (${facts.nodesToday} today), ${facts.pods} pods, ${facts.controlPlaneMembers.length} control-plane machines`,
    '',
    `Will it hold: ${report.answer}. ${report.verdict}`,
    `What breaks first: ${report.firstLimit ?? 'no limit was computed'}`,
    '',
    `${objects.length} objects: ${counted(objects.map(object => object.kind))}`,
    ...files.map(({ installer, written }) => `${written.length} files in host/${installer.name}: ${counted(written.map(file => file.split('/')[0]))}`),
    `${cluster.derivations.length} derived numbers, each with its formula in report/capacity.html (for programs: report/capacity.json)`,
    '',
    `${audit.findings.length} findings of the audit, ${audit.suppressed.length} suppressed:`,
    ...audit.toLines().map(line => `  - ${line}`),
    `${cluster.findings.length} notes:`,
    ...cluster.findings.map(finding => `  - ${finding}`),
    `${cluster.preconditions.length} preconditions:`,
    ...cluster.preconditions.map(precondition => `  - ${precondition.split('\n')[0]}`),
    '',
    'Next: open report/capacity.html, read host/<installer>/install.md, then apply dist/ wave by wave (label thousand-node.io/wave).',
  ].join('\n');
}

function counted(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) { counts.set(name, (counts.get(name) ?? 0) + 1); }
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name, count]) => `${count} ${name}`).join(', ');
}
