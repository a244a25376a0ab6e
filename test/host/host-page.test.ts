import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Chart } from 'cdk8s';
import { EtcdCluster } from '../../src/components/etcd/etcd-cluster';
import { HostFiles } from '../../src/host/host-files';
import { HostPage } from '../../src/host/host-page';
import { Installer } from '../../src/host/installers/installer';

const folder = () => mkdtempSync(join(tmpdir(), 'host-page-'));

test.each([Installer.plain(), Installer.kubeadm()])('a page lies beside the machines, and in no index of files', installer => {
  const chart = new Chart(new App(), 'test');
  new EtcdCluster(chart, 'etcd');
  new HostPage(chart, 'page', { name: 'night-watch', content: '# Whom to call' });
  const out = folder();
  expect(HostFiles.of(chart).write(out, installer)).toContain('runbooks/night-watch.md');
  expect(readFileSync(join(out, installer.name, 'runbooks/night-watch.md'), 'utf8')).toBe('# Whom to call\n');
  expect(readFileSync(join(out, installer.name, 'index.json'), 'utf8')).not.toContain('runbooks/');
});

test('two pages of one name are refused', () => {
  const chart = new Chart(new App(), 'test');
  new EtcdCluster(chart, 'etcd');
  for (const id of ['one', 'two']) { new HostPage(chart, id, { name: 'night-watch', content: id }); }
  expect(() => HostFiles.of(chart).write(folder(), Installer.plain())).toThrow('runbooks/night-watch.md is written twice');
});

test('a name that leaves the folder is refused', () => {
  expect(() => new HostPage(new Chart(new App(), 'test'), 'page', { name: '../etc', content: 'x' })).toThrow(/name/);
});

test('every runbook that an alert of etcd names is there, with this cluster\'s machines', () => {
  const chart = new Chart(new App(), 'test');
  const etcd = new EtcdCluster(chart, 'etcd');
  const pages = chart.node.findAll().filter((c): c is HostPage => c instanceof HostPage);
  const named = etcd.alertGroups.flatMap(group => group.alerts).flatMap(alert => alert.runbook ?? []);
  expect(named.length).toBeGreaterThan(8);
  expect(pages.map(page => page.file)).toEqual(expect.arrayContaining(named));
  for (const page of pages) { expect(page.content).toContain('`control-plane-3`'); }
});
