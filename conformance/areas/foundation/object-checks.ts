import * as path from 'node:path';
import { Check, failed, passed } from '../../check';
import { REPOSITORY, Scene } from '../../scene';
import { until } from '../../waiting';

const WAVE_LABEL = 'thousand-node.io/wave';

/** Namespaces that somebody else makes before the wave that needs them: Calico's operator, and the team whose workload the example scales. */
const NAMESPACES_OF_OTHERS = ['calico-system', 'shop'];

/** Every manifest of the example through server-side apply with strict field validation, wave by wave as the guide says. */
export const objectChecks: Check[] = [
  {
    id: 'objects-accepted',
    drill: '4',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => {
      const crds = path.join(REPOSITORY, 'conformance', 'fixtures', 'crds');
      const installed = await kubectl(scene, 'apply', '--server-side', '-f', crds);
      if (installed.code !== 0) { return failed(`installing CRDs: ${installed.stderr.slice(0, 500)}`); }
      const client = await scene.controlPlane.adminClient();
      await until('custom resources served', 60, async () => (await client.get('/apis/projectcalico.org/v3')).status === 200 && (await client.get('/apis/operator.tigera.io/v1')).status === 200);
      for (const name of NAMESPACES_OF_OTHERS) { await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }); }
      client.close();

      const objects = scene.objects();
      const waves = [...new Set(objects.map(object => object.metadata?.labels?.[WAVE_LABEL] as string | undefined))].sort();
      if (waves.includes(undefined)) { return failed(`without wave label: ${objects.filter(o => !o.metadata?.labels?.[WAVE_LABEL]).map(o => `${o.kind}/${o.metadata.name}`).join(', ')}`); }
      let accepted = 0;
      const problems: string[] = [];
      for (const wave of waves as string[]) {
        const files = scene.manifestFiles().flatMap(file => ['-f', file]);
        const done = await kubectl(scene, 'apply', '--server-side', '--validate=strict', '-l', `${WAVE_LABEL}=${wave}`, ...files);
        accepted += done.stdout.split('\n').filter(line => line.endsWith('serverside-applied')).length;
        if (done.code !== 0) { problems.push(...done.stderr.trim().split('\n').map(line => `${wave}: ${line}`)); }
        // Warnings of the API server (deprecated versions, Pod Security) are ours to mend.
        problems.push(...done.stderr.split('\n').filter(line => line.startsWith('Warning:')).map(line => `${wave}: ${line}`));
      }
      const figures = { accepted: { value: accepted, unit: 'objects', goal: String(objects.length), met: accepted === objects.length } };
      return accepted === objects.length && problems.length === 0
        ? passed(`${accepted} objects in ${waves.length} waves`, figures)
        : failed(`${accepted} of ${objects.length} accepted; ${[...new Set(problems)].join(' | ').slice(0, 1500)}`, figures);
    },
  },
  {
    id: 'unknown-field-refused',
    drill: 'N5',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => {
      const original = scene.object('Deployment', /^coredns/);
      const broken = structuredClone(original);
      broken.spec.template.spec.containers[0].imagePullPolcy = 'Always';
      const file = scene.file('negative/unknown-field.json', JSON.stringify(broken));
      const done = await kubectl(scene, 'apply', '--server-side', '--validate=strict', '-f', file);
      return done.code !== 0 && done.stderr.includes('imagePullPolcy') ? passed(done.stderr.trim()) : failed(`accepted: ${done.stdout}${done.stderr}`);
    },
  },
];

/** kubectl as the administrator of the run's cluster. */
export function kubectl(scene: Scene, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { ca, cert, key } = scene.controlPlane.adminFiles;
  return scene.processes.run(scene.binaries.kubectl.path, [
    `--server=${scene.controlPlane.apiServerUrl}`, `--certificate-authority=${ca}`, `--client-certificate=${cert}`, `--client-key=${key}`, '--kubeconfig=/dev/null', ...args,
  ], { timeoutMs: 300_000 });
}
