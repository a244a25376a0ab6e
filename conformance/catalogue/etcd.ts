/**
 * Extracts the flag table of etcd from every patch release:
 *
 *   npx tsx conformance/catalogue/etcd.ts <clone of etcd-io/etcd> [binary]
 *
 * `binary` is an etcd of the newest version; it is asked about every flag of the newest column and about every removed one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { argument, FetchedCopy } from './fetched-copy';
import { Declaration, declarations, kindOf } from './flag-declarations';
import { POLICIES } from './flag-policies';
import { EXTRACTED, RELEASES } from './releases';
import { rangeOf, recordFixture, wrapWords, writeTable } from './table-file';

const NEWEST = RELEASES.etcd;

const VERSIONS = Object.entries(NEWEST).flatMap(([minor, patch]) => Array.from({ length: patch + 1 }, (_, each) => `${minor}.${each}`));

/** First version of a minor is written without its patch: "3.6" rather than "3.6.0". */
function short(version: string | undefined): string | undefined {
  return version?.replace(/\.0$/, '');
}

interface Flag { readonly kind: string; readonly deprecated: boolean; readonly successor?: string }

/** Notices of etcdmain/config.go: flag name to sentence. */
function notices(source: string): Map<string, string> {
  return new Map([...source.matchAll(/^\t+"([a-z0-9-]+)":\s+"(--.*)",$/gm)].map((match) => [match[1], match[2]]));
}

/** Experimental flags that 3.6 turned into feature gates. */
function gatesByFlag(path: string): Map<string, string> {
  const source = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return new Map([...source.matchAll(/^\t\t"(experimental-[a-z0-9-]+)":\s+(\w+),$/gm)].map((match) => [match[1], match[2]]));
}

function successorOf(name: string, declaration: Declaration, notice: string | undefined): string | undefined {
  const text = notice ?? declaration.usage ?? '';
  const gate = /--feature-gates=(\w+=true)/.exec(text);
  if (gate !== null) { return `feature-gates=${gate[1]}`; }
  const named = /[Uu]se (?:'|`)?(?:--)?([a-z0-9-]+)(?:'|`)? instead/.exec(text);
  return named === null || named[1] === name ? undefined : named[1];
}

function flagsOf(copy: FetchedCopy, version: string): Map<string, Flag> {
  const folder = `${copy.checkout(`v${version}`, 'server/etcdmain', 'server/embed', 'server/features')}/server`;
  const files = [`${folder}/etcdmain/config.go`, `${folder}/embed/config.go`];
  const notice = notices(readFileSync(files[0], 'utf8'));
  const gates = gatesByFlag(`${folder}/features/etcd_features.go`);
  const flags = new Map<string, Flag>();
  for (const declaration of declarations(files)) {
    const name = declaration.name;
    if (name.startsWith('?')) { throw new Error(`etcd ${version}: ${name} cannot be resolved`); }
    const gate = gates.get(name);
    const deprecated = notice.has(name) || gate !== undefined || /deprecated/i.test(declaration.usage ?? '');
    const successor = gate !== undefined ? `feature-gates=${gate}=true` : successorOf(name, declaration, notice.get(name));
    flags.set(name, { kind: kindOf(name, declaration), deprecated, successor });
  }
  if (readFileSync(files[1], 'utf8').includes('AddFlag(fs, ServerFeatureGateFlagName)')) {
    flags.set('feature-gates', { kind: 'map', deprecated: false });
  }
  return flags;
}

/** Whether a real etcd knows a flag; the value is one that no flag can parse or that ends the process at once. */
function knows(binary: string, flag: string): boolean {
  const run = spawnSync(binary, [`--${flag}=\u0001`, '--definitely-unknown'], { encoding: 'utf8', timeout: 10_000, env: {} });
  return !`${run.stdout}${run.stderr}`.includes(`flag provided but not defined: -${flag}\n`);
}

function main(): void {
  const copy = new FetchedCopy('etcd-io/etcd', argument(0, 'clone of etcd-io/etcd with tags'));
  const columns = new Map(VERSIONS.map((version) => [version, flagsOf(copy, version)]));
  const newestVersion = VERSIONS[VERSIONS.length - 1];
  const newest = columns.get(newestVersion)!;
  const names = [...new Set(VERSIONS.flatMap((version) => [...columns.get(version)!.keys()]))].sort();
  const binary = process.argv[3];
  if (binary !== undefined) {
    const wrong = names.filter((name) => knows(binary, name) !== newest.has(name));
    process.stdout.write(`etcd ${newestVersion}: asked about ${names.length} flags, disagrees on: ${wrong.join(' ') || '-'}\n`);
    if (wrong.length > 0) { process.exitCode = 1; }
  }
  const rows = names.map((name) => {
    const present = VERSIONS.filter((version) => columns.get(version)!.has(name));
    const latest = columns.get(present[present.length - 1])!.get(name)!;
    const range = rangeOf(`etcd --${name}`, present, VERSIONS);
    const deprecatedIn = latest.deprecated ? present.find((version) => columns.get(version)!.get(name)!.deprecated) : undefined;
    const successor = latest.successor !== undefined && (names.includes(latest.successor) || latest.successor.includes('=')) ? latest.successor : undefined;
    return [name, {
      kind: latest.kind,
      policy: POLICIES.etcd(name),
      added: short(range.added),
      removed: short(range.removed),
      deprecatedIn: short(deprecatedIn),
      replacedBy: deprecatedIn === undefined ? undefined : successor,
    }] as const;
  });
  process.stdout.write(`etcd: ${rows.length} rows, ${newest.size} in ${newestVersion}\n`);
  writeTable('etcd-flags.ts', 'ETCD_FLAGS', 'FlagTable', './flag-table', [
    `Flags of etcd by etcd version, 3.5.0 to ${newestVersion}; a version without patch means its .0.`,
    '',
    ...wrapWords(`Source: etcd-io/etcd, every patch release (${Object.entries(NEWEST)
      .map(([minor, patch]) => `${minor}.0 to ${minor}.${patch}`).join(', ')}), server/etcdmain/config.go and server/embed/config.go parsed, not built.`),
    '',
    ...wrapWords(`Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/etcd.ts\`; `
      + `${binary === undefined ? 'the conformance run asks' : 'this table was made asking'} etcd ${newestVersion} itself about its flags, removed ones included.`),
  ], rows);
  for (const version of new Set([...RELEASES['etcd-installed'], ...Object.entries(NEWEST).map(([minor, patch]) => `${minor}.${patch}`)])) {
    recordFixture(`etcd/${version}`, copy.source(`v${version}`), 'flags.etcd', [...columns.get(version)!.keys()].sort());
  }
}

main();
