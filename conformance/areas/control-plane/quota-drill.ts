import { ApiOverRing } from './api-over-ring';
import { expectExit, lastLine, ringOf } from './etcd-rehearsal';
import { Check, failed, passed } from '../../check';
import { Answer } from '../../kube-client';
import { inParallel, until } from '../../waiting';

/** Bytes: enough for what an API server writes at its start, and full after seconds. */
const QUOTA = { short: 16 * 1024 ** 2, long: 32 * 1024 ** 2 };
const BYTES = 50_000;
const FULL = /space exceeded/;

/** The main ring runs full below a running API server; the order in a hurry, then the script of the runbook. */
export const quotaRecovered: Check = {
  id: 'etcd-quota-recovered',
  drill: '4',
  judge: 'component',
  component: 'etcd',
  run: async scene => {
    const ring = await ringOf(scene, 'main');
    // Full after seconds instead of hours; quota and the ring's table stay in accord.
    await ring.fresh({ quotaBytes: scene.extent.ci ? QUOTA.short : QUOTA.long });
    return ApiOverRing.with(scene, ring, async ({ admin, apiServer }) => {
      const pid = apiServer.pid;
      const path = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
      for (const name of ['heap', 'kept']) { await admin.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }); }
      const create = (namespace: string, name: string, bytes: number): Promise<Answer> =>
        admin.post(path(namespace), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text: name.repeat(Math.ceil(bytes / name.length)) } });
      /** Names that were accepted until the first refusal. */
      const write = async (prefix: string, most: number): Promise<{ names: string[]; refused?: string }> => {
        const names: string[] = [];
        let refused: string | undefined;
        await inParallel(Array.from({ length: most }, (_, i) => `${prefix}-${i}`), 8, async name => {
          if (refused !== undefined) { return; }
          const answer = await create('heap', name, BYTES);
          if (answer.status === 201) { names.push(name); } else { refused = JSON.stringify(answer.body); }
        });
        return { names, refused };
      };
      const kept = await create('kept', 'kept', 1000);
      const revision = async () => Number(JSON.parse((await ring.etcdctl(ring.machines, 'get', 'none', '-w', 'json')).stdout).header.revision);

      const heap = await write('heap', 3000);
      if (heap.refused === undefined || !FULL.test(heap.refused)) { return failed(`${heap.names.length} writes and no refusal by the quota: ${heap.refused}`); }

      // What a hurried operator does: the revision is read first, and the compaction then keeps what is deleted after it.
      const before = await revision();
      for (const name of heap.names.slice(0, Math.floor(heap.names.length / 2))) { await admin.delete(`${path('heap')}/${name}`); }
      await ring.etcdctl(ring.machines, 'compact', '--physical', String(before));
      for (const machine of ring.machines) { await ring.etcdctl([machine], 'defrag'); }
      await ring.etcdctl(ring.machines, 'alarm', 'disarm');
      const naive = await write('naive', 200);

      const [machine] = ring.machines;
      const misspelt = await ring.script(machine, 'recover-quota', '--delete-prefix', '/registry/');
      const rehearsed = await ring.script(machine, 'recover-quota', '--delete-prefix', '/registry/configmaps/heap/', '--dry-run');
      const listed = await ring.script(machine, 'recover-quota', '--list');
      const start = Date.now();
      expectExit(await ring.script(machine, 'recover-quota', '--delete-prefix', '/registry/configmaps/heap/'), 0);
      const seconds = (Date.now() - start) / 1000;
      const later = await write('later', 200);
      // Deleted below the API server: its cache has to know, and nobody restarted it.
      const cached = async () => (await admin.get(`${path('heap')}?resourceVersion=0`)).body.items.length as number;
      const agrees = await until('the cache agrees with etcd', 20, async () => await cached() === later.names.length, [apiServer]).then(() => true, () => false);
      const rest = (await admin.get(`${path('kept')}/kept`)).body;
      const untouched = rest.metadata?.uid === kept.body.metadata.uid && rest.metadata.resourceVersion === kept.body.metadata.resourceVersion;
      const figures = {
        members: { value: ring.machines.length, unit: 'members' },
        recovery: { value: seconds, unit: 's' },
        written_until_refused: { value: heap.names.length, unit: 'x 50 kB' },
        naive_writes: { value: naive.names.length, unit: 'of 200' },
      };
      const rules: Array<[string, boolean]> = [
        ['the naive order was not refused', naive.refused !== undefined && FULL.test(naive.refused)],
        [`a prefix of everything ended with ${misspelt.code}`, misspelt.code === 64],
        [`dry run: ${rehearsed.code} ${lastLine(rehearsed)}`, rehearsed.code === 0],
        [`the list does not name ConfigMaps: ${listed.stdout.slice(0, 200)}`, /\/registry\/configmaps\//.test(listed.stdout)],
        [`later writes: ${later.refused}`, later.refused === undefined && later.names.length === 200],
        ['the API server still shows what is gone', agrees],
        ['another object changed', untouched],
        ['the API server was restarted', apiServer.exitCode() === undefined && apiServer.pid === pid],
      ];
      const wrong = rules.filter(([, holds]) => !holds).map(([text]) => text);
      return wrong.length > 0 ? failed(wrong.join('; '), figures)
        : passed(`refused after ${heap.names.length} writes; naive order refused again after ${naive.names.length} of 200; the script in ${seconds.toFixed(1)} s, then 200 writes; the API server ran throughout (quota made 32 MiB)`, figures);
    });
  },
};
