import * as dns from 'node:dns';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promtoolFiles } from './prometheus-files';
import { Check, failed, passed } from '../../check';
import { kubeadmDocuments, problemsOfDocuments } from '../../kubeadm-documents';
import { logTail } from '../../processes';
import { REPOSITORY, Scene } from '../../scene';
import { until } from '../../waiting';

const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml';

/** Every other file, read by the component it is for. */
export const documentChecks: Check[] = [
  {
    id: 'kubelet-configurations',
    drill: '7',
    judge: 'component',
    component: 'kubelet-config-check',
    run: async scene => {
      const files = scene.plain.at(KUBELET_CONFIG).map(entry => path.join(scene.plain.folder, entry.file));
      if (files.length === 0) { return failed('the output holds no KubeletConfiguration'); }
      const done = await scene.processes.run(scene.binaries['kubelet-config-check'].path, files);
      const lines = done.stdout.trim().split('\n').map(line => JSON.parse(line));
      const bad = lines.filter(line => !line.ok);
      return done.code === 0 && lines.length === files.length
        ? passed(`${files.length} configurations decode strictly and are valid`, { files: { value: files.length, unit: 'files' } })
        : failed(bad.map(line => `${path.relative(scene.plain.folder, line.file)}: ${line.error}`).join('; ') || done.stderr);
    },
  },
  {
    id: 'kubeadm-documents',
    drill: '8',
    judge: 'component',
    component: 'kubeadm',
    run: async scene => {
      const files = kubeadmDocuments(scene.kubeadm);
      if (files.length === 0) { return failed('the output holds no kubeadm document'); }
      const problems = await problemsOfDocuments(scene, scene.binaries.kubeadm, files);
      return problems.length === 0 ? passed(`${files.length} documents valid`, { files: { value: files.length, unit: 'files' } }) : failed(problems.join('; '));
    },
  },
  {
    id: 'coredns-answers',
    drill: '9',
    judge: 'component',
    component: 'coredns',
    run: async scene => {
      const address = scene.controlPlane.placement.loopback.extra(1);
      const corefile = localCorefile(scene, address);
      const server = scene.processes.start('coredns', scene.binaries.coredns.path, ['-conf', scene.file('coredns/Corefile', corefile), '-dns.port=5353']);
      const resolver = new dns.promises.Resolver({ timeout: 1000, tries: 1 });
      resolver.setServers([`${address}:5353`]);
      let answer: string[] = [];
      const name = 'kubernetes.default.svc.cluster.local';
      const seconds = await until(`CoreDNS answers for ${name}`, 60, async () => {
        answer = await resolver.resolve4(name);
        return answer.length > 0;
      }, [server]).catch(error => { throw new Error(`${error.message}; ${logTail(server)}`); });
      const client = await scene.controlPlane.adminClient();
      const expected = (await client.get('/api/v1/namespaces/default/services/kubernetes')).body.spec.clusterIP;
      client.close();
      const unknown = await resolver.resolve4('nobody.default.svc.cluster.local').then(() => 'answered', error => error.code);
      await server.stop();
      return answer.join() === expected && unknown === 'ENOTFOUND'
        ? passed(`${name} is ${expected} as the API server says; an unknown name is refused with NXDOMAIN`, { first_answer: { value: Math.round(seconds * 10) / 10, unit: 's' } })
        : failed(`${name}: ${answer.join()} instead of ${expected}; unknown name: ${unknown}`);
    },
  },
  {
    id: 'prometheus-configuration',
    drill: '10',
    judge: 'component',
    component: 'promtool',
    run: async scene => {
      const { configurations, rules } = promtoolFiles(scene);
      const promtool = (...args: string[]) => scene.processes.run(scene.binaries.promtool.path, args);
      const problems: string[] = [];
      for (const file of configurations) {
        const done = await promtool('check', 'config', '--syntax-only', file);
        if (done.code !== 0) { problems.push(`${path.basename(file)}: ${done.stdout}${done.stderr}`); }
      }
      const checked = await promtool('check', 'rules', '--lint=all', '--lint-fatal', ...rules);
      if (checked.code !== 0) { problems.push(`rules: ${checked.stdout}${checked.stderr}`.slice(-500)); }
      const fixtures = path.join(REPOSITORY, 'conformance', 'fixtures', 'promtool');
      const tests = fs.existsSync(fixtures) ? fs.readdirSync(fixtures).filter(name => name.endsWith('.test.yaml')) : [];
      for (const test of tests) {
        // The tests name the rule file; they run beside the synthesised rules.
        fs.copyFileSync(path.join(fixtures, test), path.join(path.dirname(rules[0]), test));
        const done = await promtool('test', 'rules', path.join(path.dirname(rules[0]), test));
        if (done.code !== 0) { problems.push(`${test}: ${done.stdout}${done.stderr}`.slice(-800)); }
      }
      const count = /(\d+) rules found/g;
      const found = [...checked.stdout.matchAll(count)].reduce((sum, match) => sum + Number(match[1]), 0);
      return problems.length === 0 && found > 0
        ? passed(`${configurations.length} configurations, ${found} rules, ${tests.length} rule tests`, { rules: { value: found, unit: 'rules' }, tests: { value: tests.length, unit: 'files' } })
        : failed(problems.join('; ') || 'no rules found');
    },
  },
];

/**
 * The synthesised Corefile on this machine: its port and addresses become free ones, and the kubernetes plugin reads a kubeconfig, since there is no
 * pod whose service account it could use. Every option stays.
 */
export function localCorefile(scene: Scene, address: string): string {
  const admin = scene.controlPlane.adminFiles;
  const kubeconfig = scene.file('coredns/kubeconfig', JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'c', cluster: { 'server': scene.controlPlane.apiServerUrl, 'certificate-authority': admin.ca } }],
    'users': [{ name: 'u', user: { 'client-certificate': admin.cert, 'client-key': admin.key } }],
    'contexts': [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
  }));
  const synthesised: string = scene.object('ConfigMap', /^coredns/).data.Corefile;
  return synthesised
    .replace(/(^|\s)([a-z.]*\.):53\b/g, '$1$2:5353')
    .replace(/(kubernetes [^\n{]*\{\n)/, `$1        kubeconfig ${kubeconfig} c\n`)
    .replace(/^(\s*)health( \{)?$/m, `$1health ${address}:8080$2`)
    .replace(/^(\s*)ready$/m, `$1ready ${address}:8181`)
    .replace(/prometheus :9153/, `prometheus ${address}:9153`)
    // An upstream resolver is outside of this machine.
    .replace(/forward \. \/etc\/resolv\.conf/, `forward . ${address}:5399`)
    .replace(/(:5353 \{\n)/, `$1    bind ${address}\n`);
}
