import * as fs from 'node:fs';
import * as https from 'node:https';
import { Plane } from './api-server-plane';
import { pause } from './etcd-drill-scene';
import { KubeClient } from '../../kube-client';
import { inParallel } from '../../waiting';

export const NAMESPACE = 'storm';
const POD_BYTES = 4000;
const BYSTANDER_TIMEOUT = 20_000;

/** How much storm. */
export interface StormSize {
  readonly accounts: number;
  readonly pods: number;
  /** Nodes that kwok keeps alive, which the pods stand on. */
  readonly nodes: number;
  /** Time of LISTs, and again of watches. */
  readonly seconds: number;
}

/** Nodes, pods, and the accounts of the agents with their tokens. */
export async function fill(plane: Plane, { pods, nodes, accounts }: StormSize): Promise<string[]> {
  const { admin } = plane;
  const create = async (where: string, body: object) => {
    const answer = await admin.post(where, body);
    if (answer.status !== 201 && answer.status !== 409) { throw new Error(`POST ${where}: ${JSON.stringify(answer.body).slice(0, 300)}`); }
    return answer;
  };
  await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
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
  await inParallel(Array.from({ length: nodes }, (_, i) => i), 32, async i => {
    await create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName(i), annotations: { 'kwok.x-k8s.io/node': 'fake' } } });
  });
  const padding = 'x'.repeat(POD_BYTES - 900);
  await inParallel(Array.from({ length: pods }, (_, i) => i), 32, async i => {
    await create(`/api/v1/namespaces/${NAMESPACE}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${i}`, annotations: { padding } },
      spec: { nodeName: nodeName(i % nodes), automountServiceAccountToken: false, containers: [{ name: 'pause', image: 'pause' }] },
    });
  });
  const tokens: string[] = [];
  await inParallel(Array.from({ length: accounts }, (_, i) => i), 16, async i => {
    await create(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: `agent-${i}` } });
    tokens.push(await token(plane, NAMESPACE, `agent-${i}`));
  });
  return tokens;
}

const nodeName = (index: number) => `storm-${index}`;

async function token(plane: Plane, namespace: string, account: string): Promise<string> {
  const answer = await plane.admin.post(`/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } });
  return answer.body.status.token;
}

/** Nodes that a controller manager has declared lost since then: kwok heals them, so the time of the last change decides. */
export async function lostNodes({ admin }: Plane, since: number): Promise<number> {
  const nodes = (await admin.get('/api/v1/nodes')).body.items as any[];
  return nodes.filter(node => {
    const ready = (node.status.conditions ?? []).find((condition: any) => condition.type === 'Ready');
    // The API has whole seconds.
    return ready?.status !== 'True' || Date.parse(ready.lastTransitionTime) > since + 1000;
  }).length;
}

/** Whether all nodes are ready. */
export async function allReady(plane: Plane): Promise<boolean> { return await lostNodes(plane, Date.now()) === 0; }

interface Identity { readonly name: string; readonly path: string; readonly options: https.RequestOptions }

/** One request of a bystander. */
export interface Answered { readonly ms: number; readonly ok: boolean }

/** A node, an application's account, one of kube-system and a person, who ask at a fixed rhythm. */
export class Bystanders {
  public static async start(plane: Plane, whether: () => boolean): Promise<Bystanders> {
    const { controlPlane } = plane.scene;
    const certificate = async (user: string, group: string) => {
      const files = await controlPlane.client(user, group);
      return { ca: fs.readFileSync(files.ca), cert: fs.readFileSync(files.cert), key: fs.readFileSync(files.key) };
    };
    const ca = fs.readFileSync(controlPlane.adminFiles.ca);
    const bearer = async (namespace: string) => ({ ca, headers: { authorization: `Bearer ${await token(plane, namespace, 'default')}` } });
    const map = '/api/v1/namespaces/default/configmaps/bystander';
    return new Bystanders(controlPlane.apiServerUrl, whether, [
      { name: 'node', path: `/api/v1/nodes/${nodeName(0)}`, options: await certificate(`system:node:${nodeName(0)}`, 'system:nodes') },
      { name: 'application', path: map, options: await bearer(NAMESPACE) },
      { name: 'kube_system', path: map, options: await bearer('kube-system') },
      { name: 'person', path: map, options: await certificate('alice', 'developers') },
    ]);
  }

  public readonly samples: Map<string, Answered[]>;
  private readonly open: Array<Promise<void>> = [];
  private readonly agents: https.Agent[];
  private readonly asking: NodeJS.Timeout;

  private constructor(private readonly server: string, whether: () => boolean, identities: Identity[]) {
    this.samples = new Map(identities.map(who => [who.name, []]));
    this.agents = identities.map(who => new https.Agent({ keepAlive: true, ...(who.options as https.AgentOptions) }));
    const ask = async (who: Identity, agent: https.Agent) => { this.samples.get(who.name)!.push(await this.timed(who, agent)); };
    // At a fixed rhythm, whether the one before is answered or not: else a long wait would be one sample among many short ones.
    this.asking = setInterval(() => { if (whether()) { identities.forEach((who, i) => this.open.push(ask(who, this.agents[i]))); } }, 250);
  }

  public async end(): Promise<void> {
    clearInterval(this.asking);
    await Promise.all(this.open);
    this.agents.forEach(agent => agent.destroy());
  }

  /** Milliseconds of one GET; a lost one counts with the time it was waited for. */
  private timed(who: Identity, agent: https.Agent): Promise<Answered> {
    const start = Date.now();
    return new Promise(resolve => {
      const done = (ok: boolean) => resolve({ ms: Date.now() - start, ok });
      const request = https.request(`${this.server}${who.path}`, { ...who.options, agent, timeout: BYSTANDER_TIMEOUT }, response => {
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
}

/** A leader that renews its lease every 2 s, as the scheduler does; the longest time between two renewals. */
export function renewLease(plane: Plane): { end(): Promise<number> } {
  const url = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
  let running = true;
  let longest = 0;
  const work = (async () => {
    const files = await plane.scene.controlPlane.client('system:kube-scheduler', 'drill');
    const client = new KubeClient(plane.scene.controlPlane.apiServerUrl, files, 4);
    await client.post(url, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'drill' }, spec: { holderIdentity: 'drill', leaseDurationSeconds: 15 } }).catch(() => undefined);
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
