import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiOverRing } from './api-over-ring';
import { EtcdMachines } from './etcd-machines';
import { expectExit, lastLine, ringOf } from './etcd-rehearsal';
import { Check, failed, passed } from '../../check';
import { KubeClient } from '../../kube-client';
import { inParallel, until } from '../../waiting';

const OBJECTS = 5000;
const BYTES = 100_000;
const NAMESPACE = '/api/v1/namespaces/default/configmaps';

/** All members lost below a running API server and controller manager; the script on every machine at once. */
export const restoredAfterTotalLoss: Check = {
  id: 'etcd-restored-after-total-loss',
  drill: '5',
  judge: 'component',
  component: 'etcd',
  run: async scene => {
    const ring = await ringOf(scene, 'main');
    await ring.fresh();
    return ApiOverRing.with(scene, ring, async api => {
      const { admin } = api;
      const manager = await api.startControllerManager();
      const refused: string[] = [];
      await inParallel(Array.from({ length: OBJECTS }, (_, i) => `map-${i}`), 8, async name => {
        const answer = await admin.post(NAMESPACE, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text: name.repeat(Math.ceil(BYTES / name.length)) } });
        if (answer.status !== 201) { refused.push(JSON.stringify(answer.body).slice(0, 200)); }
      });
      if (refused.length > 0) { return failed(`${refused.length} of ${OBJECTS} objects refused: ${refused[0]}`); }
      await reconciled(admin, 'before');
      const [machine] = ring.machines;
      expectExit(await ring.script(machine, 'snapshot'), 0);
      const file = snapshotOf(ring.root(machine));
      const before = await objects(admin);
      await admin.post(NAMESPACE, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'after-the-snapshot' } });
      const running = await ring.script(machine, 'restore', '--snapshot', file);

      await loseEverything(ring);
      const start = Date.now();
      const scripts = await Promise.all(ring.machines.map(m => ring.script(m, 'restore', '--snapshot', file, '--stop-member')));
      scripts.forEach(done => expectExit(done, 0));
      const scriptSeconds = (Date.now() - start) / 1000;
      await until('the first write through the API server', 180, async () =>
        (await admin.post(NAMESPACE, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'first' } })).status === 201, [api.apiServer], 100);
      const seconds = (Date.now() - start) / 1000;
      await ring.serving(ring.machines, 120);
      const after = await objects(admin);
      const different = [...before].filter(([name, is]) => after.get(name) !== is).map(([name]) => name);
      const again = await ring.script(machine, 'restore', '--snapshot', file, '--stop-member');
      const works = await reconciled(admin, 'after').then(() => true, () => false);
      const figures = {
        members: { value: ring.machines.length, unit: 'members' },
        data: { value: OBJECTS * BYTES / 1e6, unit: 'MB' },
        script: { value: scriptSeconds, unit: 's, all machines at once' },
        first_write: { value: seconds, unit: 's, through the API server', goal: '<= 30', met: seconds <= 30 },
      };
      const rules: Array<[string, boolean]> = [
        [`a running member: ${running.code} ${lastLine(running)}`, running.code === 1 && /runs/.test(running.stderr)],
        [`${different.length} of ${before.size} objects differ: ${different.slice(0, 3).join(', ')}`, before.size >= OBJECTS && different.length === 0],
        ['an object written after the snapshot is there', !after.has('after-the-snapshot')],
        [`the controller manager ended with ${manager.exitCode()}`, manager.exitCode() === undefined],
        ['the controller manager does not work', works],
        [`the same token a second time: ${again.code} ${lastLine(again)}`, again.code === 1],
      ];
      const wrong = rules.filter(([, holds]) => !holds).map(([text]) => text);
      return wrong.length > 0 ? failed(`${wrong.join('; ')}; first write after ${seconds.toFixed(1)} s`, figures)
        : passed(`${before.size} objects equal, the later one gone, first write after ${seconds.toFixed(1)} s, the same controller manager goes on; a running member is refused without --stop-member, the same token a second time too`, figures);
    });
  },
};

/** The newest snapshot of a machine. */
export function snapshotOf(root: string): string {
  const folder = path.join(root, '/var/backups/thousand-node/etcd/main');
  return path.join(folder, fs.readdirSync(folder).filter(name => name.endsWith('.db')).sort().at(-1)!);
}

/** Every member killed and its data gone; kubelets wait, since the operator holds the manifests back first, as the runbook says. */
async function loseEverything(ring: EtcdMachines): Promise<void> {
  await Promise.all(ring.machines.map(machine => ring.kill(machine)));
  for (const machine of ring.machines) {
    fs.rmSync(path.join(ring.dataDir(machine), 'member'), { recursive: true });
    fs.renameSync(ring.manifest(machine), path.join(ring.root(machine), 'etcd-manifest'));
    ring.bringBack(machine);
  }
  for (const machine of ring.machines) { fs.renameSync(path.join(ring.root(machine), 'etcd-manifest'), ring.manifest(machine)); }
}

/** Names and what may not change of all ConfigMaps of the drill, read from etcd itself in pages. */
async function objects(admin: KubeClient): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let next = ''; ;) {
    const { body } = await admin.get(`${NAMESPACE}?limit=500${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`);
    for (const item of body.items) { found.set(item.metadata.name, `${item.metadata.uid} ${item.metadata.resourceVersion} ${JSON.stringify(item.data)}`); }
    next = body.metadata.continue ?? '';
    if (next === '') { return found; }
  }
}

/** The controller manager makes a ReplicaSet of a new Deployment. */
async function reconciled(admin: KubeClient, name: string): Promise<void> {
  const labels = { app: name };
  await admin.post('/apis/apps/v1/namespaces/default/deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'pause', image: 'pause' }] } } },
  });
  await until(`a ReplicaSet of ${name}`, 60, async () =>
    (await admin.get(`/apis/apps/v1/namespaces/default/replicasets?labelSelector=app%3D${name}`)).body.items.length === 1);
}
