import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';
import { until } from '../../waiting';

const RINGS = [{ name: 'main', members: 5 }, { name: 'events', members: 3 }];

/** Etcd, API server, controller manager and scheduler from the synthesised static pods. */
export const controlPlaneChecks: Check[] = [
  {
    id: 'etcd-rings-form',
    drill: '1',
    judge: 'component',
    component: 'etcd',
    run: async scene => {
      await scene.controlPlane.prepare();
      const servers = scene.controlPlane.startEtcd();
      const seconds = await until('both etcd rings healthy', 60, async () => (await unhealthy(scene)).length === 0, servers, 500);
      // Healthy once proves little: the rings must still be whole after several election timeouts, and the leader the same.
      const leaders = await leaderIds(scene);
      await new Promise(resolve => setTimeout(resolve, 5000));
      const sick = await unhealthy(scene);
      const same = (await leaderIds(scene)).join() === leaders.join();
      const members = servers.length;
      const expected = RINGS.reduce((sum, ring) => sum + ring.members, 0);
      if (members !== expected) { return failed(`${members} etcd static pods in the output, expected ${expected}`); }
      if (sick.length > 0 || !same) { return failed(sick.length > 0 ? sick.join('; ') : 'the leader changed within five seconds'); }
      return passed('every member of both rings answers over TLS, leaders kept for 5 s', {
        members: { value: members, unit: 'members', goal: '8', met: members === 8 }, healthy_after: { value: round(seconds), unit: 's' },
      });
    },
  },
  {
    id: 'api-server-ready',
    drill: '2',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => {
      const { seconds } = await scene.controlPlane.startApiServer();
      const client = await scene.controlPlane.adminClient();
      const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'conformance.1', namespace: 'default' },
        type: 'Normal',
        reason: 'Conformance',
        message: 'an event',
        involvedObject: { kind: 'Pod', namespace: 'default', name: 'none' },
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
        count: 1,
        source: { component: 'conformance' },
      };
      const newer = {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: 'conformance.2', namespace: 'default' },
        type: 'Normal',
        reason: 'Conformance',
        action: 'Checking',
        note: 'an event',
        regarding: { kind: 'Pod', namespace: 'default', name: 'none' },
        eventTime: '2026-01-01T00:00:00.000000Z',
        reportingController: 'conformance',
        reportingInstance: 'one',
      };
      const posted = [await client.post('/api/v1/namespaces/default/events', event), await client.post('/apis/events.k8s.io/v1/namespaces/default/events', newer)];
      const secret = await client.post('/api/v1/namespaces/default/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'conformance' }, stringData: { text: 'plainly-readable' } });
      client.close();
      const refused = [...posted, secret].filter(answer => answer.status !== 201);
      if (refused.length > 0) { return failed(`creating events and a Secret: ${JSON.stringify(refused[0].body).slice(0, 300)}`); }
      const main = await keys(scene, 'main');
      const events = await keys(scene, 'events');
      const stray = [...main.filter(key => key.startsWith('/registry/events/')), ...events.filter(key => !key.startsWith('/registry/events/') && key !== 'compact_rev_key')];
      const found = events.filter(key => /conformance\.[12]$/.test(key)).length;
      const stored = await scene.controlPlane.etcdctl('main', 'get', '/registry/secrets/default/conformance', '--print-value-only');
      if (stored.stdout.includes('plainly-readable')) { return failed('the Secret lies in etcd in clear text'); }
      return stray.length === 0 && found === 2
        ? passed(`ready; events of both APIs in the events ring, ${main.length} keys of other kinds in the main ring, the Secret encrypted`, {
          ready_after: { value: round(seconds), unit: 's', goal: '< 10 s', met: seconds < 10 }, events_found: { value: found, unit: 'events', goal: '2', met: true },
        })
        : failed(`stray keys: ${stray.slice(0, 5).join(', ') || 'none'}; events found in their ring: ${found} of 2`);
    },
  },
  {
    id: 'controllers-hold-leases',
    drill: '3',
    judge: 'component',
    component: 'kube-controller-manager',
    run: async scene => {
      const servers = [scene.controlPlane.startControllerManager(), scene.controlPlane.startScheduler()];
      const client = await scene.controlPlane.adminClient();
      const holder = async (name: string) => (await client.get(`/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}`)).body?.spec;
      const names = ['kube-controller-manager', 'kube-scheduler'];
      const seconds = await until('both leases held', 90, async () => (await Promise.all(names.map(holder))).every(spec => spec?.holderIdentity), servers);
      const before = await Promise.all(names.map(holder));
      await new Promise(resolve => setTimeout(resolve, 6000));
      const after = await Promise.all(names.map(holder));
      const kept = names.filter((_, i) => before[i].holderIdentity === after[i]?.holderIdentity && before[i].renewTime !== after[i].renewTime);
      const health = await Promise.all([10257, 10259].map(port => healthz(scene, port)));
      client.close();
      return kept.length === 2 && health.every(text => text === 'ok')
        ? passed('both hold and renew their leases and answer /healthz', { leases_after: { value: round(seconds), unit: 's' } })
        : failed(`leases kept: ${kept.join(', ') || 'none'}; /healthz: ${health.join(', ')}`);
    },
  },
  {
    id: 'same-flags',
    drill: '0',
    judge: 'library',
    component: 'kube-apiserver',
    run: async scene => {
      const { rewrites, changedFlags } = scene.controlPlane;
      const table = [...new Set(rewrites.map(r => `${r.component} --${r.flag} (${r.why})`))].sort();
      console.log(`        values rewritten for one machine:\n${table.map(line => `          ${line}`).join('\n')}`);
      return changedFlags.length === 0
        ? passed(`flag names before and after are equal; ${table.length} flags had addresses or paths rewritten`, { rewritten: { value: table.length, unit: 'flags' } })
        : failed(`the set of flags changed for ${changedFlags.join(', ')}`);
    },
  },
];

async function unhealthy(scene: Scene): Promise<string[]> {
  const problems: string[] = [];
  for (const ring of RINGS) {
    const health = await scene.controlPlane.etcdctl(ring.name, 'endpoint', 'health', '--cluster', '--write-out=json');
    const members = health.stdout.trim().startsWith('[') ? JSON.parse(health.stdout) : [];
    const healthy = members.filter((member: { health: boolean }) => member.health).length;
    if (healthy !== ring.members) { problems.push(`${ring.name}: ${healthy} of ${ring.members} healthy ${health.stderr.slice(-200)}`); }
  }
  return problems;
}

async function leaderIds(scene: Scene): Promise<string[]> {
  return Promise.all(RINGS.map(async ring => {
    const status = await scene.controlPlane.etcdctl(ring.name, 'endpoint', 'status', '--write-out=json');
    return String(JSON.parse(status.stdout)[0].Status.leader);
  }));
}

async function keys(scene: Scene, ring: string): Promise<string[]> {
  const listing = await scene.controlPlane.etcdctl(ring, 'get', '', '--prefix', '--keys-only');
  return listing.stdout.split('\n').filter(line => line !== '');
}

async function healthz(scene: Scene, port: number): Promise<string> {
  const { cert, key, ca } = scene.controlPlane.adminFiles;
  // Serving certificates of these two are self-signed at start, as upstream makes them: only the answer counts here.
  const done = await scene.processes.run('curl', ['-sk', '--cacert', ca, '--cert', cert, '--key', key, `https://${scene.controlPlane.placement.loopback.address(scene.controlPlane.first)}:${port}/healthz`]);
  return done.stdout;
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
