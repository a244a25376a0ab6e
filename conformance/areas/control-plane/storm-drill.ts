import * as fs from 'node:fs';
import * as https from 'node:https';
import * as path from 'node:path';
import { applyFlowControl, MemoryGuard, Plane, Profile, residentBytes } from './api-server-plane';
import { pause, quantile, rounded } from './etcd-drill-scene';
import { failed, Outcome, passed } from '../../check';
import { KubeClient } from '../../kube-client';
import { Figure } from '../../results';
import { Scene } from '../../scene';
import { inParallel } from '../../waiting';

const NAMESPACE = 'storm';
const POD_BYTES = 4000;
const BYSTANDER_TIMEOUT = 20_000;
const LEASE_SECONDS = 10;

/** How much storm. */
interface StormSize { readonly accounts: number; readonly pods: number; readonly seconds: number }

function size({ extent }: Scene): StormSize {
  if (extent.full) { return { accounts: 300, pods: 36_000, seconds: 30 }; }
  return extent.ci ? { accounts: 100, pods: 4000, seconds: 10 } : { accounts: 100, pods: 12_000, seconds: 30 };
}

/** What one profile showed. */
interface StormResult {
  readonly p99: { readonly [bystander: string]: number };
  readonly timeouts: number;
  readonly before: number;
  readonly peak: number;
  readonly stopped: boolean;
  readonly leaseGap: number;
  readonly lists: number;
  readonly watches: number;
  readonly refused: number;
}

interface Identity { readonly name: string; readonly path: string; readonly options: https.RequestOptions }

/** LIST and watch with initial events by many service accounts, each half of the time; on the same data with the flags of kubeadm, then with ours. */
export function storm(shared: Scene): Promise<Outcome> {
  return Plane.with(shared, async plane => {
    const wanted = size(shared);
    await plane.startApiServer('kubeadm');
    const tokens = await fill(plane, wanted);
    const theirs = await underStorm(plane, 'kubeadm', wanted, tokens);
    await plane.startApiServer('ours');
    await applyFlowControl(plane.admin);
    await pause(2000);
    const ours = await underStorm(plane, 'ours', wanted, tokens);
    return judge(wanted, ours, theirs, shared.extent.ci);
  });
}

async function fill(plane: Plane, { pods, accounts }: StormSize): Promise<string[]> {
  const { admin } = plane;
  const create = async (where: string, body: object) => {
    const answer = await admin.post(where, body);
    if (answer.status !== 201 && answer.status !== 409) { throw new Error(`POST ${where}: ${JSON.stringify(answer.body).slice(0, 300)}`); }
    return answer;
  };
  await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'bystander' } });
  await create('/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bystander' } });
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
  const rules = [
    { apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
  ];
  await create('/apis/rbac.authorization.k8s.io/v1/clusterroles', { ...rbac, kind: 'ClusterRole', metadata: { name: NAMESPACE }, rules });
  await create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    ...rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name: NAMESPACE },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAMESPACE },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:authenticated' }],
  });
  for (const namespace of [NAMESPACE, 'kube-system']) {
    await create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
  }
  const padding = 'x'.repeat(POD_BYTES - 900);
  await inParallel(Array.from({ length: pods }, (_, i) => i), 32, async i => {
    await create(`/api/v1/namespaces/${NAMESPACE}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${i}`, annotations: { padding } },
      spec: { nodeName: 'bystander', automountServiceAccountToken: false, containers: [{ name: 'pause', image: 'pause' }] },
    });
  });
  const tokens: string[] = [];
  await inParallel(Array.from({ length: accounts }, (_, i) => i), 16, async i => {
    await create(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: `agent-${i}` } });
    tokens.push(await token(plane, NAMESPACE, `agent-${i}`));
  });
  return tokens;
}

async function token(plane: Plane, namespace: string, account: string): Promise<string> {
  const answer = await plane.admin.post(`/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } });
  return answer.body.status.token;
}

async function bystanders(plane: Plane): Promise<Identity[]> {
  const { controlPlane } = plane.scene;
  const certificate = async (user: string, group: string) => {
    const files = await controlPlane.client(user, group);
    return { ca: fs.readFileSync(files.ca), cert: fs.readFileSync(files.cert), key: fs.readFileSync(files.key) };
  };
  const ca = fs.readFileSync(controlPlane.adminFiles.ca);
  const bearer = async (namespace: string) => ({ ca, headers: { authorization: `Bearer ${await token(plane, namespace, 'default')}` } });
  const map = '/api/v1/namespaces/default/configmaps/bystander';
  return [
    { name: 'node', path: '/api/v1/nodes/bystander', options: await certificate('system:node:bystander', 'system:nodes') },
    { name: 'application', path: map, options: await bearer(NAMESPACE) },
    { name: 'kube_system', path: map, options: await bearer('kube-system') },
    { name: 'person', path: map, options: await certificate('alice', 'developers') },
  ];
}

/** Milliseconds of one GET; a lost one counts with the time it was waited for. */
function timed(server: string, who: Identity, agent: https.Agent): Promise<{ ms: number; ok: boolean }> {
  const start = Date.now();
  return new Promise(resolve => {
    const done = (ok: boolean) => resolve({ ms: Date.now() - start, ok });
    const request = https.request(`${server}${who.path}`, { ...who.options, agent, timeout: BYSTANDER_TIMEOUT }, response => {
      response.resume();
      response.on('end', () => done(response.statusCode === 200));
      response.on('error', () => done(false));
    });
    const overall = setTimeout(() => request.destroy(new Error('no answer')), BYSTANDER_TIMEOUT);
    request.on('close', () => clearTimeout(overall));
    request.on('error', () => done(false));
    request.end();
  });
}

async function underStorm(plane: Plane, profile: Profile, wanted: StormSize, tokens: string[]): Promise<StormResult> {
  const server = plane.scene.controlPlane.apiServerUrl;
  const identities = await bystanders(plane);
  const before = residentBytes(plane.server.pid);
  const guard = new MemoryGuard(plane.server);
  const samples = new Map<string, Array<{ ms: number; ok: boolean }>>(identities.map(who => [who.name, []]));
  const open: Array<Promise<void>> = [];
  const agents = identities.map(who => new https.Agent({ keepAlive: true, ...(who.options as https.AgentOptions) }));
  const ask = async (who: Identity, agent: https.Agent) => { samples.get(who.name)!.push(await timed(server, who, agent)); };
  // At a fixed rhythm, whether the one before is answered or not: else a long wait would be one sample among many short ones.
  const asking = setInterval(() => identities.forEach((who, i) => open.push(ask(who, agents[i]))), 250);
  const lease = renewLease(plane);
  const counts = [];
  for (const watch of [false, true]) { counts.push(guard.stopped ? { completed: 0, refused: 0 } : await run(plane, profile, wanted, tokens, watch)); }
  clearInterval(asking);
  await Promise.all(open);
  const leaseGap = await lease.end();
  guard.end();
  agents.forEach(agent => agent.destroy());
  const all = [...samples.values()].flat();
  return {
    p99: Object.fromEntries([...samples].map(([name, list]) => [name, quantile(list.map(sample => sample.ms), 0.99) / 1000])),
    timeouts: all.filter(sample => !sample.ok).length,
    before,
    peak: guard.peak,
    stopped: guard.stopped,
    leaseGap,
    lists: counts[0].completed,
    watches: counts[1].completed,
    refused: counts[0].refused + counts[1].refused,
  };
}

async function run(plane: Plane, profile: Profile, { seconds }: StormSize, tokens: string[], watch: boolean): Promise<{ completed: number; refused: number }> {
  const config = plane.scene.file(`storm-${profile}-${watch}.json`, JSON.stringify({ server: plane.scene.controlPlane.apiServerUrl, ca: plane.scene.controlPlane.adminFiles.ca, tokens, seconds, watch }));
  const client = plane.scene.processes.start(`storm-${profile}-${watch}`, process.execPath, [...process.execArgv, path.join(__dirname, 'storm-client.ts'), config]);
  while (client.exitCode() === undefined) { await pause(200); }
  return JSON.parse(fs.readFileSync(`${config}.result`, 'utf8'));
}

/** A leader that renews its lease every 2 s, as the scheduler does; the longest time between two renewals. */
function renewLease(plane: Plane): { end(): Promise<number> } {
  const url = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
  let running = true;
  let longest = 0;
  const work = (async () => {
    const files = await plane.scene.controlPlane.client('system:kube-scheduler', 'drill');
    const client = new KubeClient(plane.scene.controlPlane.apiServerUrl, files, 4);
    await client.post(url, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'drill' }, spec: { holderIdentity: 'drill', leaseDurationSeconds: 15 } });
    let last = Date.now();
    while (running) {
      const renewed = await client.apply(`${url}/drill`, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'drill' }, spec: { leaseTransitions: Math.floor(Date.now() / 1000) % 1_000_000 } }).catch(() => undefined);
      longest = Math.max(longest, (Date.now() - last) / 1000);
      if (renewed?.status === 200) { last = Date.now(); }
      await pause(2000);
    }
    client.close();
  })();
  return { end: async () => { running = false; await work; return longest; } };
}

function judge(wanted: StormSize, ours: StormResult, theirs: StormResult, short: boolean): Outcome {
  const worst = (result: StormResult) => Math.max(...Object.values(result.p99));
  const ratio = worst(ours) / worst(theirs);
  // A server that the guard stopped would have taken more.
  const memory = ours.peak / theirs.peak;
  const growth = (ours.peak - ours.before) / (theirs.peak - theirs.before);
  const mebibytes = (bytes: number): Figure => ({ value: Math.round(bytes / 1024 ** 2), unit: 'MiB' });
  const row = (name: string, result: StormResult): { [figure: string]: Figure } => ({
    ...Object.fromEntries(Object.entries(result.p99).map(([who, s]) => [`${name}_${who}_p99`, { value: rounded(s), unit: 's' }])),
    [`${name}_failed`]: { value: result.timeouts, unit: 'requests of bystanders' },
    [`${name}_before`]: mebibytes(result.before),
    [`${name}_peak`]: mebibytes(result.peak),
    [`${name}_lists`]: { value: result.lists, unit: 'LISTs' },
    [`${name}_watches`]: { value: result.watches, unit: 'watches' },
    [`${name}_refused`]: { value: result.refused, unit: 'requests' },
    [`${name}_lease_gap`]: { value: rounded(result.leaseGap), unit: 's' },
  });
  const rules: Array<[string, boolean]> = [
    ['ours was stopped by the guard', !ours.stopped],
    [`${ours.timeouts} requests of bystanders failed`, ours.timeouts === 0],
    [`a lease waited ${ours.leaseGap.toFixed(1)} s`, ours.leaseGap < LEASE_SECONDS],
    [`bystanders wait ${ratio.toFixed(2)} of kubeadm's`, ratio <= 0.1 || theirs.stopped],
    // With few pods the server itself is most of its memory, so the short form judges what the storm added.
    short ? [`the storm adds ${growth.toFixed(2)} of kubeadm's memory`, growth <= 0.5] : [`memory is ${memory.toFixed(2)} of kubeadm's`, memory <= 0.5],
    ['no LIST of the storm came through', ours.lists > 0],
  ];
  const wrong = rules.filter(([, holds]) => !holds).map(([text]) => text);
  const figures = {
    pods: { value: wanted.pods, unit: 'pods' },
    accounts: { value: wanted.accounts, unit: 'service accounts' },
    ...row('ours', ours),
    ...row('kubeadm', theirs),
    p99_ratio: { value: rounded(ratio, 3), unit: 'of kubeadm\'s', goal: '0.1', met: ratio <= 0.1 },
    growth_ratio: { value: rounded(growth, 3), unit: 'of kubeadm\'s', goal: '0.5', met: growth <= 0.5 },
    memory_ratio: { value: rounded(memory, 3), unit: 'of kubeadm\'s', goal: '0.5', met: memory <= 0.5 },
  };
  const text = `worst p99 ${worst(ours).toFixed(2)} s and ${worst(theirs).toFixed(2)} s with kubeadm's flags${theirs.stopped ? ', whose server the guard stopped' : ''}`;
  return wrong.length === 0 ? passed(text, figures) : failed(`${wrong.join('; ')}; ${text}`, figures);
}
