import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { App } from 'cdk8s';
import * as ts from 'typescript';
import { loadPage } from '../docs/generate-load';
import { allDerivations, sizingPage } from '../docs/generate-sizing';
import { description } from '../examples/thousand-node/cluster';
import { KubernetesRelease, ThousandNodeCluster, ThousandNodeClusterProps } from '../src';
import { componentVersions } from '../src/cluster/component-versions';

const ROOT = join(__dirname, '..');

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith(ending)).map(file => join(ROOT, folder, file)).sort();
}

const PAGES = filesBelow('docs', '.md').filter(file => !file.startsWith(join(ROOT, 'docs', 'results')));
const TOP_LEVEL = readdirSync(ROOT).filter(file => file.endsWith('.md')).map(file => join(ROOT, file));

const name = (file: string) => relative(ROOT, file);
const text = (file: string) => readFileSync(file, 'utf8');

/** Fenced blocks with their language and the number of their first line. */
function codeBlocks(markdown: string): Array<{ language: string; code: string; line: number }> {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .map(match => ({ language: match[1], code: match[2], line: markdown.slice(0, match.index).split('\n').length + 1 }));
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
}

describe('numbers', () => {
  test('docs/sizing.md is what the generator makes of the reference cluster', () => {
    // Out of date: npx tsx --tsconfig tsconfig.check.json docs/generate-sizing.ts
    expect(text(join(ROOT, 'docs/sizing.md'))).toBe(sizingPage());
  });

  test('docs/how-to/describe-your-load.md is what the generator makes of the figures', () => {
    // Out of date: npx tsx --tsconfig tsconfig.check.json docs/generate-load.ts
    expect(text(join(ROOT, 'docs/how-to/describe-your-load.md'))).toBe(loadPage());
  });

  /** The reference cluster, and what it has no use for: an autoscaler that names no metric, a ring for leases. */
  const WITH_ALL_OPTIONS: ThousandNodeClusterProps = {
    ...description,
    etcd: { ...description.etcd, leasesMembers: description.controlPlane.members!.slice(0, 3) },
    hpas: [...description.hpas!, { target: { name: 'checkout', namespace: 'shop', podLabels: { app: 'checkout' } }, minReplicas: 2, maxReplicas: 20 }],
  };

  /** `hpa/<id>/cpu-target` stands for that number of any autoscaler. */
  const pattern = (id: string) => new RegExp(`^${id.split(/<[^>]*>/).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+')}$`);

  test('every default that is said to be derived names a number that exists', () => {
    const cluster = new ThousandNodeCluster(new App(), 'shop', WITH_ALL_OPTIONS);
    const ids = allDerivations(cluster).map(derivation => derivation.id);
    const named = filesBelow('src', '.ts').flatMap(file => [...text(file).matchAll(/@default - derived[^\n]*?see `([^`]+)`/g)].map(match => ({ file: name(file), id: match[1] })));
    expect(named.length).toBeGreaterThan(30);
    // Facts of the cluster (`controlPlaneMachine`) are no derivations; they are read from the facts.
    expect(named.filter(({ id }) => !ids.some(known => pattern(id).test(known)) && !(id in cluster.facts))).toEqual([]);
  });

  test('every number named on a page exists', () => {
    const ids = allDerivations(new ThousandNodeCluster(new App(), 'shop', WITH_ALL_OPTIONS)).map(derivation => derivation.id);
    const areas = [...new Set(ids.map(id => id.split('/')[0]))];
    const named = PAGES.flatMap(file => [...text(file).matchAll(/`([a-z-]+\/[a-z0-9<>/-]+)`/g)].map(match => ({ file: name(file), id: match[1] })));
    expect(named.filter(({ id }) => areas.includes(id.split('/')[0]) && !ids.some(known => pattern(id).test(known)))).toEqual([]);
  });

  test('the table of versions is that of the code', () => {
    const rows = KubernetesRelease.all().map(release => {
      const v = componentVersions(release);
      return `| ${[release.tag.slice(1), v.etcd, v.coreDns, v.calico, v.tigeraOperator, v.clusterAutoscaler, v.metricsServer, v.kubeStateMetrics].join(' | ')} |`;
    });
    expect(text(join(ROOT, 'docs/how-to/choose-a-release.md')).match(/^\| 1\.\d+\.\d+ .*\|$/gm)).toEqual(rows);
  });
});

describe('links', () => {
  const links = [...PAGES, ...TOP_LEVEL].flatMap(file => [...withoutCode(text(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(match => ({ file, link: match[1] })))
    .filter(({ link }) => !/^[a-z]+:/.test(link));

  test('every relative link of docs and of the top-level pages leads to a file', () => {
    expect(links.length).toBeGreaterThan(50);
    const broken = links.filter(({ file, link }) => !existsSync(resolve(dirname(file), link.split('#')[0] || basename(file))));
    expect(broken.map(({ file, link }) => `${name(file)}: ${link}`)).toEqual([]);
  });

  /** The anchor that a Markdown viewer makes of a heading. */
  const anchor = (heading: string) => heading.toLowerCase().replace(/[^\w\- ]/g, '').replace(/ /g, '-');

  test('every anchor is a heading of its page', () => {
    const broken = links.filter(({ link }) => link.includes('#')).filter(({ file, link }) => {
      const [path, wanted] = link.split('#');
      const target = resolve(dirname(file), path || basename(file));
      if (!existsSync(target) || statSync(target).isDirectory()) { return true; }
      return ![...text(target).matchAll(/^#+ (.*)$/gm)].some(match => anchor(match[1]) === wanted);
    });
    expect(broken.map(({ file, link }) => `${name(file)}: ${link}`)).toEqual([]);
  });

  test('the index of docs leads to every construct and every guide', () => {
    const index = links.filter(({ file }) => file === join(ROOT, 'docs/README.md')).map(({ file, link }) => resolve(dirname(file), link.split('#')[0] || basename(file)));
    const hidden = [...filesBelow('docs/constructs', '.md'), ...filesBelow('docs/how-to', '.md')].filter(file => !index.includes(file));
    expect(hidden.map(name)).toEqual([]);
  });
});

describe('programs', () => {
  test('every TypeScript block compiles', () => {
    const blocks = [...PAGES, join(ROOT, 'README.md')].flatMap(file => codeBlocks(text(file)).filter(block => ['ts', 'typescript'].includes(block.language))
      .map((block, i) => ({ file: join(ROOT, `.docs-${name(file).replace(/\W+/g, '-')}-${i}.ts`), from: `${name(file)}:${block.line}`, code: block.code })));
    expect(blocks.length).toBeGreaterThan(15);
    const config = ts.getParsedCommandLineOfConfigFile(join(ROOT, 'tsconfig.check.json'), { noEmit: true }, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (d) => { throw new Error(String(d.messageText)); } })!;
    const virtual = new Map(blocks.map(block => [block.file, block.code]));
    const host = ts.createCompilerHost(config.options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = file => virtual.has(resolve(file)) || fileExists(file);
    host.readFile = file => virtual.get(resolve(file)) ?? readFile(file);
    host.getSourceFile = (file, options, ...rest) => {
      const code = virtual.get(resolve(file));
      return code === undefined ? getSourceFile(file, options, ...rest) : ts.createSourceFile(file, code, options);
    };
    const program = ts.createProgram([...virtual.keys()], config.options, host);
    // Only the blocks: everything they import has a check of its own.
    const problems = blocks.flatMap(({ file, from }) => {
      const source = program.getSourceFile(file)!;
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
        .map(problem => `${from} +${source.getLineAndCharacterOfPosition(problem.start ?? 0).line}: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`);
    });
    expect(problems).toEqual([]);
  }, 60_000);
});
