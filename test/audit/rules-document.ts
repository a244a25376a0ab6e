import { RULES } from '../../src/audit/rules';

/** Areas and their numbers. The first range of the network is used up. */
const AREAS: Array<[name: string, ...ranges: number[][]]> = [
  ['Network', [0, 19], [200, 209]], ['etcd', [20, 39]], ['Control plane', [40, 69]], ['Kubelets', [70, 99]], ['Workloads', [100, 149]], ['Autoscaling', [150, 159]], ['Storage', [160, 169]],
  ['Monitoring', [170, 179]], ['Logging', [180, 189]], ['DNS', [190, 199]], ['Growth', [210, 219]],
];

/** docs/rules.md, made from the rules. */
export function rulesDocument(): string {
  const count = (severity: string) => RULES.filter(rule => rule.severity === severity).length;
  const lines = [
    '# Rules',
    '',
    '<!-- Written by `npx tsx test/audit/generate-rules-doc.ts`; a test compares. -->',
    '',
    'The audit asks these rules of a finished cluster: objects as they will be written, patches included, static pods, kubelet configurations and',
    'certificates. A rule that a cluster holds nothing for is not applicable and says nothing.',
    '',
    `${RULES.length} rules: ${count('error')} errors, ${count('warning')} warnings, ${count('note')} notes. An error stops the synth and cannot be suppressed.`,
    'A warning or note can be accepted at the cluster, a component or a single object, with a reason that stands in the report:',
    '',
    '```ts',
    'import { App, Chart } from \'cdk8s\';',
    'import { Audit, AuditSuppression, CachedCoreDns } from \'cdk8s-thousand-node\';',
    '',
    'const chart = new Chart(new App(), \'dns\');',
    'const cluster = new CachedCoreDns(chart, \'dns\');',
    'AuditSuppression.add(cluster, \'TNC155\', \'the autoscaler of this minor is not published yet\');',
    'console.log(Audit.of(chart).toLines().join(\'\\n\'));',
    '```',
  ];
  for (const [area, ...ranges] of AREAS) {
    const rules = RULES.filter(rule => { const number = Number(rule.id.slice(3)); return ranges.some(([first, last]) => number >= first && number <= last); });
    lines.push('', `## ${area}`);
    for (const rule of rules) {
      lines.push('', `### ${rule.id} ${rule.title}`, '', `Severity: ${rule.severity}. ${rule.why}`, '', `Remedy: ${rule.remedy}.`, '', `Source: ${rule.source}.`);
    }
  }
  return `${lines.join('\n')}\n`;
}
