import * as fs from 'node:fs';
import * as path from 'node:path';
import { localCorefile } from './document-checks';
import { promtoolFiles } from './prometheus-files';
import { Check, failed, Outcome, passed } from '../../check';
import { Finished } from '../../processes';
import { Scene } from '../../scene';

/** Each accepted file has a twin with one thing wrong in it, and the component has to refuse that twin for that reason. */
export const negativeChecks: Check[] = [
  {
    id: 'target-ram-mb-refused',
    drill: 'N1',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => refused(await apiServer(scene, '--target-ram-mb=16384'), /unknown flag: --target-ram-mb/),
  },
  {
    id: 'watch-cache-sizes-with-equals-refused',
    drill: 'N2',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => refused(await apiServer(scene, '--watch-cache-sizes=secrets=1000,configmaps=1000'), /invalid value of watch cache size/),
  },
  {
    id: 'short-election-refused',
    drill: 'N3',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      const pod = scene.controlPlane.pods('etcd')[0];
      const args = scene.controlPlane.argv(pod)
        .filter(argument => !argument.startsWith('--election-timeout='))
        .map(argument => (argument.startsWith('--data-dir=') ? `--data-dir=${scene.folder}/negative-etcd` : argument));
      return refused(await scene.processes.run(scene.binaries.etcd.path, [...args, '--election-timeout=400'], { timeoutMs: 20_000 }), /should be at least as 5 times as/);
    },
  },
  {
    id: 'misspelt-kubelet-field-refused',
    drill: 'N4',
    judge: 'component',
    component: 'kubelet-config-check',
    run: async scene => {
      const entry = scene.plain.at('/var/lib/kubelet/config.yaml')[0];
      const file = scene.file('negative/kubelet.yaml', scene.plain.text(entry).replace(/^maxPods:/m, 'maxPodz:'));
      return refused(await scene.processes.run(scene.binaries['kubelet-config-check'].path, [file]), /maxPodz/);
    },
  },
  {
    id: 'corefile-option-refused',
    drill: 'N6',
    judge: 'component',
    component: 'coredns',
    run: async scene => {
      const corefile = localCorefile(scene, scene.controlPlane.placement.loopback.extra(2)).replace(/(kubernetes [^\n{]*\{\n)/, '$1        answer_everything on\n');
      const file = scene.file('negative/Corefile', corefile);
      return refused(await scene.processes.run(scene.binaries.coredns.path, ['-conf', file], { timeoutMs: 20_000 }), /unknown property 'answer_everything'/);
    },
  },
  {
    id: 'promql-error-refused',
    drill: 'N7',
    judge: 'component',
    component: 'promtool',
    run: async scene => {
      const { rules } = promtoolFiles(scene);
      const broken = scene.file('negative/rules.yaml', fs.readFileSync(rules[0], 'utf8').replace(/expr: (.*)/, 'expr: sum(rate(up[5m])'));
      return refused(await scene.processes.run(scene.binaries.promtool.path, ['check', 'rules', broken]), /parse error/);
    },
  },
  {
    id: 'plain-http-client-refused',
    drill: 'N8',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      const machine = scene.controlPlane.first;
      const url = `://${scene.controlPlane.placement.loopback.address(machine)}:2379/health`;
      const plain = await scene.processes.run('curl', ['-sS', '--max-time', '5', `http${url}`]);
      // And a TLS client without certificate, which is the more likely mistake.
      const ca = path.join(scene.controlPlane.placement.root(machine), '/etc/kubernetes/pki/etcd/ca.crt');
      const anonymous = await scene.processes.run('curl', ['-sS', '--max-time', '5', '--cacert', ca, `https${url}`]);
      return plain.code !== 0 && anonymous.code !== 0
        ? passed(`plain HTTP: ${plain.stderr.trim()}; without certificate: ${anonymous.stderr.trim()}`)
        : failed(`plain HTTP ended with ${plain.code}, TLS without certificate with ${anonymous.code}`);
    },
  },
];

/** The synthesised API server with one flag more, on its own port; it has to end by itself. */
function apiServer(scene: Scene, flag: string): Promise<Finished> {
  const args = scene.controlPlane.argv(scene.controlPlane.pod('kube-apiserver')).map(argument => (argument.startsWith('--secure-port=') ? '--secure-port=16443' : argument));
  return scene.processes.run(scene.binaries['kube-apiserver'].path, [...args, flag], { timeoutMs: 30_000 });
}

function refused(done: Finished, reason: RegExp): Outcome {
  const output = `${done.stdout}\n${done.stderr}`;
  const line = output.split('\n').find(text => reason.test(text));
  if (done.code === 0 || done.code === null) { return failed(`not refused (exit ${done.code})`); }
  return line ? passed(`exit ${done.code}: ${line.trim().slice(0, 240)}`) : failed(`ended with ${done.code}, but not because of ${reason}: ${output.trim().split('\n').slice(-2).join(' ')}`);
}
