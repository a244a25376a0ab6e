import * as fs from 'node:fs';
import * as path from 'node:path';
import { drillScene, onRing } from './etcd-drill-scene';
import { EtcdRing } from './etcd-ring';
import { eventsRingChecks } from './events-ring-drill';
import { failoverChecks } from './failover-drill';
import { memberLossChecks } from './member-loss-drill';
import { Check, failed, Outcome, passed } from '../../check';
import { Finished } from '../../processes';
import { Scene } from '../../scene';

/** Clients that etcd has to turn away, each beside one that it serves. */
const strangers: Check[] = [
  {
    id: 'plain-http-refused-by-etcd',
    drill: 'N1',
    judge: 'component',
    component: 'etcd',
    run: shared => onRing(shared, 'main', { label: 'plain-http', members: 1 }, async ring => {
      const { url } = ring.members[0];
      const plain = url.replace('https:', 'http:');
      const done = await etcdctl(shared, plain, []);
      return refused(shared, ring, done, /first record does not look like a TLS handshake/);
    }),
  },
  {
    id: 'client-of-another-authority-refused',
    drill: 'N2',
    judge: 'component',
    component: 'etcd',
    run: shared => onRing(shared, 'main', { label: 'wrong-ca', members: 1 }, async ring => {
      const scene = await drillScene(shared);
      const stranger = await selfSigned(scene);
      const done = await etcdctl(shared, ring.members[0].url, ['--cacert', path.join(pki(scene), 'ca.crt'), '--cert', stranger.cert, '--key', stranger.key]);
      return refused(shared, ring, done, /certificate signed by unknown authority|unknown certificate authority|failed to verify certificate/);
    }),
  },
];

const pki = (scene: Scene) => path.join(scene.controlPlane.placement.root(scene.controlPlane.first), '/etc/kubernetes/pki/etcd');

async function etcdctl(shared: Scene, endpoint: string, tls: string[]): Promise<Finished> {
  const scene = await drillScene(shared);
  return scene.processes.run(scene.binaries.etcdctl.path, ['--endpoints', endpoint, '--dial-timeout=3s', '--command-timeout=3s', ...tls, 'put', 'stranger', 'was here'], { timeoutMs: 20_000 });
}

/** The client failed, etcd says why, a right client is served, and nothing was written. */
async function refused(shared: Scene, ring: EtcdRing, done: Finished, reason: RegExp): Promise<Outcome> {
  if (done.code === 0) { return failed('a client that must be refused wrote a key'); }
  const scene = await drillScene(shared);
  const files = pki(scene);
  const right = await etcdctl(shared, ring.members[0].url, ['--cacert', `${files}/ca.crt`, '--cert', `${files}/healthcheck-client.crt`, '--key', `${files}/healthcheck-client.key`]);
  if (right.code !== 0) { return failed(`the right client is refused too: ${right.stderr.slice(-300)}`); }
  const line = fs.readFileSync(ring.members[0].server!.logFile, 'utf8').split('\n').find(text => reason.test(text) && text.includes('rejected connection'));
  return line ? passed(`etcd: ${line.slice(0, 300)}`) : failed(`etcd says nothing of a refused client; the client: ${done.stderr.slice(-300)}`);
}

/** The same subject and purpose as a right certificate, but signed by nobody the ring knows. */
async function selfSigned(scene: Scene): Promise<{ cert: string; key: string }> {
  const files = { cert: path.join(scene.folder, 'stranger.crt'), key: path.join(scene.folder, 'stranger.key') };
  const done = await scene.processes.run('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/O=system:masters/CN=kube-etcd-healthcheck-client',
    '-addext', 'extendedKeyUsage=clientAuth', '-keyout', files.key, '-out', files.cert,
  ]);
  if (done.code !== 0) { throw new Error(`openssl req: ${done.stderr}`); }
  return files;
}

/** Faults of etcd on machines of the drills' own; they go with the last check. */
export const etcdFaultChecks: Check[] = [...failoverChecks, ...memberLossChecks, ...eventsRingChecks, ...strangers];
