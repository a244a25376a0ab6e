import { join } from 'path';
import { App } from 'cdk8s';
import { expectGolden, firstDifference } from './golden-files';
import { Scenario, SCENARIOS } from './scenarios';
import { Derivation, Installer, ThousandNodeCluster } from '../../src';
import { hostFilesOf } from '../examples/synthesised';

/**
 * Host files below one folder as one text: a line with path, mode and what a change asks for, then the content. A script has one program for
 * everybody: its text is kept where the manifests are, elsewhere the constants that differ.
 */
function hostText(files: { [path: string]: string }, folder: string, programs = false): string {
  const shown = (file: string) => (programs || !file.includes('/usr/local/sbin/') ? files[file] : files[file].split('\n').filter(line => line.startsWith('readonly ')).map(line => `${line}\n`).join(''));
  const index: Array<{ file: string; mode: string; owner: string; onChange: { action: string; units: string[]; command: string[] } }> = JSON.parse(files['index.json']).files;
  return index.filter(entry => entry.file.startsWith(`${folder}/`)).map(({ file, mode, owner, onChange }) => {
    const change = [onChange.action, ...onChange.units, ...onChange.command].join(' ');
    return `==> ${file.slice(folder.length)} ${mode} ${owner}, on change: ${change}\n${shown(file)}`;
  }).join('\n');
}

/** One line per number: `etcd/heartbeat-interval = 100 ms`. */
function numbersText(derivations: Derivation[]): string {
  const lines = derivations.map(({ id, value, unit, formula }) => `${id} = ${value} ${unit}\n    ${formula}`);
  return `${[...new Set(lines)].sort().join('\n')}\n`;
}

function outputOf(scenario: Scenario): { [name: string]: string } {
  const app = new App();
  const cluster = new ThousandNodeCluster(app, 'shop', scenario.description);
  const manifests = app.synthYaml() as string;
  const plain = hostFilesOf(cluster, Installer.plain());
  return {
    'numbers.txt': numbersText(cluster.derivations),
    'findings.txt': `${[...new Set([...cluster.findings, ...cluster.preconditions.map(condition => `precondition: ${condition}`)])].join('\n')}\n`,
    'machine.txt': hostText(plain, `machines/${scenario.machine}`, scenario.manifests),
    'pool.txt': hostText(plain, `pools/${scenario.pool}`, scenario.manifests),
    'kubeadm-machine.txt': hostText(hostFilesOf(cluster, Installer.kubeadm()), `machines/${scenario.machine}`),
    ...(scenario.manifests ? { 'manifests.yaml': manifests } : {}),
  };
}

test.each(SCENARIOS.map(scenario => [scenario.name, scenario] as const))('%s: as it was reviewed', (name, scenario) => {
  expectGolden(join(__dirname, name), outputOf(scenario));
});

test('a difference is shown with its place', () => {
  expect(firstDifference('a\nb\nc', 'a\nb\nd')).toBe('line 3 differs\n    a\n    b\n  - c\n  + d');
  expect(firstDifference('a', 'a\nb')).toBe('line 2 differs\n    a\n  - (end of file)\n  + b');
  expect(firstDifference('a', 'a')).toBeUndefined();
});
