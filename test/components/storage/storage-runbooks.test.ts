import { spawnSync } from 'child_process';
import { emit, fleet, withDisks } from './storage-build';
import { DiskLayout } from '../../../src/cluster/local-disks';
import { STORAGE_RUNBOOKS } from '../../../src/components/storage/storage-runbooks';

const { pages, storage } = emit({ cluster: fleet() });
const blocks = (text: string) => [...text.matchAll(/^```bash\n([^]*?)\n```$/gm)].map(match => match[1]);

test('five runbooks, each with the duty to replicate and back up', () => {
  expect(Object.keys(pages).sort()).toEqual(['storage-disk-lost', 'storage-disk-replaced', 'storage-node-lost', 'storage-node-renamed', 'storage-volume-not-cleaned']);
  for (const text of Object.values(pages)) { expect(text).toContain('A volume on a local disk is lost with its disk or its node.'); }
});

test('every alert that names a runbook names one that is written', () => {
  const named = storage.alertGroups.flatMap(group => group.alerts).map(alert => alert.runbook).filter(runbook => runbook !== undefined);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(runbook => !(runbook!.replace(/^runbooks\/|\.md$/g, '') in pages))).toEqual([]);
  expect(Object.values(STORAGE_RUNBOOKS).map(file => file.replace(/^runbooks\/|\.md$/g, '')).sort()).toEqual(Object.keys(pages).sort());
});

test('every block says where it runs', () => {
  for (const text of Object.values(pages)) {
    for (const block of blocks(text)) { expect(block).toMatch(/^# (with kubectl|on the machine, as root)/); }
  }
});

const bash = spawnSync('bash', ['--version']).status === 0;
(bash ? test : test.skip)('bash reads every block', () => {
  for (const block of Object.values(pages).flatMap(blocks)) { expect([block, spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' }).stderr]).toEqual([block, '']); }
});

test('stripes are named where a disk is the whole volume', () => {
  expect(pages['storage-disk-lost']).not.toContain('Pools with stripes');
  expect(emit({ cluster: withDisks({ layout: DiskLayout.stripe() }) }).pages['storage-disk-lost']).toContain('Pools with stripes (`memory`)');
});
