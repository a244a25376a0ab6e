import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { fieldTable, problemsOf } from './field-table';
import { documents } from './forms';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';

const AWS_LIMIT = 16_384;

/**
 * nodeadm's document against the fields of its own definition. nodeadm itself wants an EC2 machine: what it makes of the values is not seen; the kubelet's
 * configuration inside is judged by the kubelet's packages in another check.
 */
export const eksChecks: Check[] = [
  {
    id: 'node-configs-fit-the-field-table',
    drill: '9',
    judge: 'library',
    component: 'field table of nodeadm',
    run: async scene => {
      const table = fieldTable('NodeConfig');
      const files = documents(scene, 'eks', 'user-data.mime');
      const problems = files.flatMap(file => problemsOf(nodeConfig(fs.readFileSync(file, 'utf8')).spec, table, 'spec'));
      const largest = Math.max(...files.map(file => fs.statSync(file).size));
      const figures = { largest: { value: largest, unit: 'bytes', goal: `<= ${AWS_LIMIT}`, met: largest <= AWS_LIMIT } };
      return problems.length === 0 && files.length === 4 && largest <= AWS_LIMIT ? passed(`${files.length} documents fit the fields of ${table.repository} ${table.tag}`, figures) : failed(problems.join(', '), figures);
    },
  },
  {
    id: 'kubelet-configuration-for-nodeadm-valid',
    drill: '9',
    judge: 'component',
    component: 'kubelet-config-check',
    run: async scene => {
      const done = await judgeKubelet(scene, text => text);
      return done.code === 0 && done.count === 4 ? passed(`${done.count} configurations valid, with what nodeadm adds left out`) : failed(done.text.slice(0, 1500));
    },
  },
  {
    id: 'node-config-with-unknown-field-refused',
    drill: 'N9',
    judge: 'library',
    component: 'field table of nodeadm',
    run: async scene => {
      const text = fs.readFileSync(documents(scene, 'eks', 'user-data.mime')[0], 'utf8').replace('  kubelet:\n    config:', '  kubelet:\n    configuration:');
      const problems = problemsOf(nodeConfig(text).spec, fieldTable('NodeConfig'), 'spec');
      return problems.join() === 'spec.kubelet.configuration is unknown' ? passed(problems[0]) : failed(`accepted: ${problems.join()}`);
    },
  },
  {
    id: 'misspelt-kubelet-field-for-nodeadm-refused',
    drill: 'N9',
    judge: 'component',
    component: 'kubelet-config-check',
    run: async scene => {
      const done = await judgeKubelet(scene, text => text.replace('podPidsLimit', 'podPidLimit'));
      return done.code === 1 && /podPidLimit/.test(done.text) ? passed(done.text.split('\n')[0].slice(0, 200)) : failed(`accepted: ${done.text}`);
    },
  },
];

/** The part for nodeadm of a node's user data. */
function nodeConfig(text: string): any {
  const part = text.split('--thousand-node-part').find(candidate => candidate.includes('Content-Type: application/node.eks.aws'));
  if (part === undefined) { throw new Error('the user data has no part for nodeadm'); }
  return parse(part.slice(part.indexOf('\n\n') + 2));
}

/** As nodeadm writes the drop-in: with kind and version, the driver that its own file sets, and what Karpenter adds from the EC2NodeClass. */
async function judgeKubelet(scene: Scene, edit: (text: string) => string): Promise<{ code: number | null; count: number; text: string }> {
  const files = documents(scene, 'eks', 'user-data.mime').map((file, i) => {
    const config = nodeConfig(fs.readFileSync(file, 'utf8')).spec.kubelet.config;
    const whole = { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', cgroupDriver: 'systemd', ...config, ...nodeClassKubelet(file) };
    return scene.file(`eks/kubelet-${i}.json`, edit(JSON.stringify(whole)));
  });
  const done = await scene.processes.run(scene.binaries['kubelet-config-check'].path, files);
  return { code: done.code, count: files.length, text: `${done.stdout}${done.stderr}` };
}

/** Kubelet block of the EC2NodeClass beside a node's user data; nothing for a managed group. */
function nodeClassKubelet(userData: string): object {
  const file = path.join(path.dirname(userData), 'karpenter.yaml');
  return fs.existsSync(file) ? parseAllDocuments(fs.readFileSync(file, 'utf8'))[0].toJS().spec.kubelet : {};
}
