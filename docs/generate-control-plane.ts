import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Size } from 'cdk8s';
// eslint-disable-next-line import/no-extraneous-dependencies -- docs are written in the repository and are no part of the package
import * as ts from 'typescript';
import { Alert, AlertSeverity, ClusterFacts, Derivation, EtcdCluster, HostFile, HostPage, MachineShape, NodePool } from '../src';

// Fills the tables of the control plane's pages: `npx tsx --tsconfig tsconfig.check.json docs/generate-control-plane.ts`. A table stands between
// `<!-- generated: NAME -->` and `<!-- end: NAME -->`; another page joins by an entry in PAGES. test/components/etcd compares etcd's page with this.

const ROOT = join(__dirname, '..');

/** A page and what stands in its tables, by the name in the markers. */
interface GeneratedPage {
  readonly file: string;
  readonly tables: { readonly [name: string]: () => string[] };
}

/** Nodes of the columns. Machines of the control plane are those that somebody would use at that size. */
const SIZES = [
  { nodes: 200, cores: 8, gibibytes: 32 },
  { nodes: 1200, cores: 32, gibibytes: 128 },
  { nodes: 5000, cores: 64, gibibytes: 256 },
] as const;

/** A cluster of a size: one pool, five machines, the load that nobody described. */
export function clusterOfSize(nodes: number): ClusterFacts {
  const size = SIZES.find(candidate => candidate.nodes === nodes)!;
  return ClusterFacts.of({
    name: 'shop',
    controlPlane: {
      endpoint: 'api.shop.example.com:6443',
      machine: MachineShape.of({ cpu: size.cores, memory: Size.gibibytes(size.gibibytes) }),
      members: [1, 2, 3, 4, 5].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })),
    },
    network: { nodeCidr: '172.16.0.0/16' },
    pools: [NodePool.of('general', { nodes, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  });
}

/** One column for each size; `make` builds the construct and hands out its numbers. */
export function sizesTable(rows: Array<readonly [label: string, id: string]>, make: (cluster: ClusterFacts) => Derivation[]): string[] {
  const columns = SIZES.map(({ nodes }) => new Map(make(clusterOfSize(nodes)).map(derivation => [derivation.id, derivation])));
  return markdown(['number', 'id', ...SIZES.map(({ nodes }) => `${grouped(nodes)} nodes`), 'formula', 'source'], rows.map(([label, id]) => {
    const found = columns.map(column => column.get(id));
    if (found.some(derivation => derivation === undefined)) { throw new RangeError(`no derivation ${id} at every size`); }
    const [{ expression, words, source }] = found as Derivation[];
    return [label, `\`${id}\``, ...found.map(derivation => quantity(derivation!)),
      cell(expression !== undefined && /[a-z]/.test(expression) ? `${words}: \`${expression}\`` : words), cell(source)];
  }));
}

/** Props of a struct from their docs: the first paragraph, and the default. */
export function propsTable(file: string, name: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const struct = source.statements.filter(ts.isInterfaceDeclaration).find(statement => statement.name.text === name);
  if (!struct) { throw new RangeError(`${file} has no interface ${name}`); }
  return markdown(['prop', 'what', 'default'], struct.members.map(member => {
    const [doc] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
    const text = (comment: string | ts.NodeArray<ts.JSDocComment> | undefined) => (ts.getTextOfJSDocComment(comment) ?? '').replace(/\s+/g, ' ').trim();
    const standard = doc?.tags?.find(tag => tag.tagName.text === 'default');
    return [`\`${member.name!.getText(source)}\``, cell(text(doc?.comment)), standard ? cell(text(standard.comment).replace(/^- /, '')) : 'required'];
  }));
}

/** Alerts with their severity and page. */
export function alertsTable(alerts: Alert[]): string[] {
  return markdown(['alert', 'fires when', 'for', 'severity', 'runbook'], alerts.map(alert =>
    [`\`${alert.name}\``, cell(alert.summary), alert.holdsFor, alert.severity === AlertSeverity.PAGE ? 'page' : 'ticket', alert.runbook?.replace('runbooks/', '').replace('.md', '') ?? '']));
}

function markdown(head: string[], rows: string[][]): string[] {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`);
}

function quantity({ value, unit }: Derivation): string {
  if (unit !== 'bytes' || value < 1024 ** 2) { return `${grouped(Number(value.toFixed(2)))} ${unit}`; }
  return value < 1024 ** 3 ? `${Number((value / 1024 ** 2).toFixed(1))} MiB` : `${Number((value / 1024 ** 3).toFixed(2))} GiB`;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Text in a cell: a bar would end it, and a name in angle brackets would be taken for a tag. */
function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/<(?!=)/g, '&lt;');
}

function etcd(cluster: ClusterFacts): EtcdCluster {
  return new EtcdCluster(new Chart(new App(), 'page'), 'etcd', { cluster, leasesMembers: cluster.controlPlaneMembers.slice(0, 3) });
}

/** First line of the usage of each script, from its text: what operators read. */
function etcdScripts(): string[] {
  const files = etcd(clusterOfSize(1200)).node.findAll().filter((construct): construct is HostFile => construct instanceof HostFile);
  const scripts = new Map(files.filter(file => file.path.startsWith('/usr/local/sbin/thousand-node-etcd-')).map(file => [file.path.split('/').at(-1)!, file.content]));
  return markdown(['script', 'what it does', 'options'], [...scripts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, content]) => {
    const about = /^# shop: (.*)$/m.exec(content)![1].replace(/\.$/, '');
    const usage = /^usage: \$NAME ?(.*)$/m.exec(content)![1];
    return [`\`${name}\``, cell(about), `\`${usage.replace(/\|/g, '\\|')}\``];
  }));
}

function etcdRunbooks(): string[] {
  const pages = etcd(clusterOfSize(1200)).node.findAll().filter((construct): construct is HostPage => construct instanceof HostPage);
  return markdown(['page', 'when'], pages.map(page => [`\`${page.file}\``, /^# shop: (.*)$/m.exec(page.content)![1]]).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const ETCD_SIZES: Array<readonly [label: string, id: string]> = [
  ['planned size of the main ring', 'etcd/main-size'],
  ['quota of the main ring', 'etcd/quota-backend-bytes'],
  ['quota of the events ring', 'etcd/events-quota-backend-bytes'],
  ['quota of the leases ring, where there is one', 'etcd/leases-quota-backend-bytes'],
  ['renewals of leases', 'etcd/writes/leases'],
  ['cores of a member\'s machine', 'etcd/member-cpu'],
  ['memory of a main member', 'etcd/member-memory'],
  ['heartbeat', 'etcd/heartbeat-interval'],
  ['election', 'etcd/election-timeout'],
  ['raft entries between snapshots', 'etcd/snapshot-count'],
  ['time between two backups', 'etcd/snapshot-interval'],
  ['backups kept on each machine', 'etcd/snapshots-kept'],
  ['room that they take', 'etcd/snapshot-space'],
  ['estimated restore', 'etcd/restore-time'],
  ['free bytes before a defragmentation', 'etcd/main/defragmentation-bytes'],
  ['longest stall of a defragmentation', 'etcd/main/defragmentation-timeout'],
];

export const PAGES: GeneratedPage[] = [{
  file: 'docs/constructs/etcd-cluster.md',
  tables: {
    'etcd-props': () => propsTable('src/components/etcd/etcd-cluster.ts', 'EtcdClusterProps'),
    'etcd-snapshots': () => propsTable('src/components/etcd/operations/etcd-operations.ts', 'EtcdSnapshots'),
    'etcd-defragmentation': () => propsTable('src/components/etcd/operations/etcd-operations.ts', 'EtcdDefragmentation'),
    'etcd-systemd': () => propsTable('src/components/etcd/etcd-runtime.ts', 'EtcdSystemdOptions'),
    'etcd-external': () => propsTable('src/components/etcd/external-etcd.ts', 'ExternalEtcdProps'),
    'etcd-sizes': () => sizesTable(ETCD_SIZES, cluster => etcd(cluster).derivations),
    'etcd-scripts': etcdScripts,
    'etcd-runbooks': etcdRunbooks,
    'etcd-alerts': () => alertsTable(etcd(clusterOfSize(1200)).alertGroups[0].alerts),
  },
}];

/** The page with its tables filled; a table without place, and a place without table, are errors. */
export function filled(page: GeneratedPage, text: string): string {
  const places = [...text.matchAll(/<!-- generated: ([\w-]+) -->/g)].map(match => match[1]);
  const wrong = [...places.filter(name => !Object.hasOwn(page.tables, name)), ...Object.keys(page.tables).filter(name => !places.includes(name))];
  if (wrong.length > 0) { throw new RangeError(`${page.file}: places and tables differ: ${wrong.join(', ')}`); }
  return text.replace(/<!-- generated: ([\w-]+) -->[^]*?<!-- end: \1 -->/g, (_, name: string) =>
    [`<!-- generated: ${name} -->`, ...page.tables[name](), `<!-- end: ${name} -->`].join('\n'));
}

if (require.main === module) {
  for (const page of PAGES) {
    const file = join(ROOT, page.file);
    writeFileSync(file, filled(page, readFileSync(file, 'utf8')));
  }
}
