import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { Carelessness, JoinedNode, JoiningForm, letNodesJoin } from './joined-node';
import { NODE_EXCEPTIONS } from './node-benchmark-exceptions';
import { rehearsalPlane } from './rehearsal-plane';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';
import { BENCHMARK, benchmarkCommand, benchmarkFolder, idsOf, isAutomated, Verdict, verdicts } from '../control-plane/kube-bench';

/** Automated checks of a node in the benchmark. */
const AUTOMATED = 12;

const needsNamespaces = (): string | undefined =>
  (spawnSync('unshare', ['--mount', '--uts', '--pid', '--fork', '--mount-proc', 'true']).status === 0 ? undefined : 'needs the right to make namespaces (root)');

/** The CIS benchmark on a node of a pool that has joined by our files. */
export const nodeBenchmarkChecks: Check[] = [
  everyCheck('plain'),
  everyCheck('kubeadm'),
  {
    id: 'node-benchmark-notices-carelessness',
    drill: 'N13',
    judge: 'component',
    component: 'kube-bench',
    skip: needsNamespaces,
    run: async scene => {
      const wrong = (await benchmark(scene, 'plain', 'node-careless', {
        texts: { '/var/lib/kubelet/config.yaml': { from: 'anonymous:\n    enabled: false', to: 'anonymous:\n    enabled: true' } },
        afterwards: ['chmod 644 /etc/kubernetes/kubelet.conf'],
      })).filter(verdict => verdict.status !== 'PASS');
      const missed = ['4.1.5', '4.2.1'].filter(id => !wrong.some(verdict => verdict.id === id));
      return missed.length === 0 ? passed(`kube-bench fails 4.1.5 and 4.2.1 besides the exceptions: ${idsOf(wrong).join(' ')}`) : failed(`not noticed: ${missed.join(', ')}; it fails ${idsOf(wrong).join(' ')}`);
    },
  },
];

/** Every automated check passes, or is an exception that says why; and no exception outlives its reason. */
function everyCheck(form: JoiningForm): Check {
  return {
    id: `node-benchmark-${form}`,
    drill: '13',
    judge: 'component',
    component: 'kube-bench',
    skip: needsNamespaces,
    run: async scene => {
      const automated = await benchmark(scene, form, `node-${form}`);
      const exceptions = NODE_EXCEPTIONS.filter(({ forms }) => forms.includes(form));
      const wrong = automated.filter(verdict => verdict.status !== 'PASS');
      const count = idsOf(automated).length;
      const problems = [
        ...wrong.filter(({ id }) => !exceptions.some(exception => exception.id === id)).map(({ id, title, status }) => `${id} ${title}: ${status}`),
        ...exceptions.filter(({ id }) => !wrong.some(verdict => verdict.id === id)).map(({ id }) => `exception that passes: ${id}`),
        ...(count === AUTOMATED ? [] : [`${count} automated checks ran, expected ${AUTOMATED}`]),
      ];
      const figures = { automated: { value: count, unit: 'checks', goal: String(AUTOMATED), met: count === AUTOMATED }, passed: { value: count - idsOf(wrong).length, unit: 'checks' } };
      return problems.length === 0
        ? passed(`${BENCHMARK}: every automated check of a node passes but for ${exceptions.map(({ id }) => id).join(', ') || 'none'}`, figures)
        : failed(problems.join(' | '), figures);
    },
  };
}

async function benchmark(scene: Scene, form: JoiningForm, label: string, careless?: Carelessness): Promise<Verdict[]> {
  const client = await rehearsalPlane(scene);
  await letNodesJoin(scene, client);
  client.close();
  const folder = await benchmarkFolder(scene, label, ['node']);
  const answer = path.join(scene.folder, `${label}.json`);
  await new JoinedNode(scene, form, label, careless).run([benchmarkCommand(scene, folder, ['node'], answer)]);
  return verdicts(answer).filter(isAutomated);
}
