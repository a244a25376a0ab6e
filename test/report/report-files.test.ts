import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Chart } from 'cdk8s';
import { CapacityReport, EtcdCluster } from '../../src';

const report = CapacityReport.of(new EtcdCluster(new Chart(new App(), 'one'), 'etcd'));
let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'report-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

test('two files are written, and written again over an earlier report', () => {
  const place = join(folder, 'deep', 'report');
  expect(report.write(place)).toEqual([join(place, 'capacity.json'), join(place, 'capacity.html')]);
  writeFileSync(join(place, 'capacity.html'), 'old');
  report.write(place);
  expect(readFileSync(join(place, 'capacity.html'), 'utf8')).toBe(report.toHtml());
  expect(readFileSync(join(place, 'capacity.json'), 'utf8')).toBe(report.toJson());
  // Nothing of the building is left beside it.
  expect(readdirSync(join(folder, 'deep'))).toEqual(['report']);
});

test('an empty folder is taken', () => {
  report.write(folder);
  expect(readdirSync(folder).sort()).toEqual(['capacity.html', 'capacity.json']);
});

test.each([
  ['other files', (place: string) => writeFileSync(join(place, 'notes.md'), 'mine')],
  ['a report and a file beside it', (place: string) => { report.write(place); writeFileSync(join(place, 'notes.md'), 'mine'); }],
  ['a capacity.json of somebody else', (place: string) => writeFileSync(join(place, 'capacity.json'), '{"format":"other"}')],
  ['a capacity.html alone', (place: string) => writeFileSync(join(place, 'capacity.html'), 'mine')],
])('a folder with %s is refused and stays as it is', (_, prepare) => {
  prepare(folder);
  const before = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'));
  expect(() => report.write(folder)).toThrow(/capacity report: .* holds files that this library did not write/);
  expect(readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'))).toEqual(before);
  expect(existsSync(folder)).toBe(true);
});
