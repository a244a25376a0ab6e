import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse, stringify } from 'yaml';
import { form } from './forms';
import { Amounts, PlannedNode, plannedNodes, schedulable, unplanned } from './planned-nodes';
import { rehearsalPlane } from './rehearsal-plane';
import { Check, failed, passed } from '../../check';
import { KubeClient } from '../../kube-client';
import { Scene } from '../../scene';
import { until } from '../../waiting';
import { kubectl } from '../foundation/object-checks';

const TOTAL = 1200;
/** Pool that is filled: small, with a taint and with cards. */
const SAMPLE = 'gpu';
/** Pods of a size that fills a node with exactly so many. */
const SIZED = 8;
const NAMESPACE = 'brim';
const FILL_SECONDS = 300;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

interface Fill {
  readonly name: string;
  readonly perNode: number;
  readonly requests: { readonly [resource: string]: string };
  /** Why the scheduler has no place for one more; judged on each node of the pool. */
  readonly full: RegExp[];
}

/** The planned nodes without machines: created as install.md says, then filled by the scheduler. */
export const rehearsalChecks: Check[] = [
  {
    id: 'kwok-nodes-as-planned',
    drill: '14',
    judge: 'component',
    component: 'kube-apiserver',
    run: async scene => {
      const client = await rehearsalPlane(scene);
      const plan = plannedNodes(scene);
      const start = Date.now();
      for (const { pool } of plan) {
        const created = await kubectl(scene, 'create', '-f', path.join(form(scene, 'kwok'), 'pools', pool, 'nodes.yaml'));
        if (created.code !== 0) { return failed(`pool ${pool}: ${created.stderr.slice(0, 500)}`); }
      }
      const createdAfter = (Date.now() - start) / 1000;
      let nodes: any[] = [];
      await until(`${TOTAL} nodes schedulable`, 420, async () => {
        nodes = (await client.get('/api/v1/nodes')).body.items;
        return nodes.length === TOTAL && nodes.every(schedulable);
      }, scene.controlPlane.servers, 1000);
      client.close();
      const wrong = nodes.flatMap(node => unplanned(node, plan));
      const missing = plan.filter(({ pool, nodes: wanted }) => nodes.filter(node => node.metadata.labels['thousand-node.io/pool'] === pool).length !== wanted).map(({ pool }) => `number of nodes of pool ${pool}`);
      const problems = [...missing, ...wrong];
      const figures = {
        nodes: { value: nodes.length, unit: 'nodes', goal: String(TOTAL), met: nodes.length === TOTAL },
        created_after: { value: Math.round(createdAfter), unit: 's' },
        schedulable_after: { value: Math.round((Date.now() - start) / 1000), unit: 's' },
      };
      return problems.length === 0
        ? passed(`labels, taints, capacity and allocatable of ${plan.length} pools are those of the kubelets' files: ${plan.map(({ pool, allocatable }) => `${pool} ${allocatable.cpu}m, ${mebibytes(allocatable)}Mi`).join('; ')}`, figures)
        : failed(`${problems.length}: ${problems.slice(0, 5).join('; ')}`, figures);
    },
  },
  {
    id: 'pool-filled-to-the-brim',
    drill: '14',
    judge: 'component',
    component: 'kube-scheduler',
    run: async scene => {
      const client = await scene.controlPlane.adminClient();
      const plan = plannedNodes(scene).find(({ pool }) => pool === SAMPLE)!;
      const problems: string[] = [];
      const figures: { [name: string]: { value: number; unit: string } } = {};
      const start = Date.now();
      for (const fill of fills(plan)) {
        const { counts, reason } = await filled(scene, client, plan, plan.nodes, fill);
        const pods = [...counts.values()].reduce((sum, count) => sum + count, 0);
        figures[fill.name] = { value: pods, unit: `pods on ${counts.size} nodes` };
        if (counts.size !== plan.nodes || [...counts.values()].some(count => count !== fill.perNode)) { problems.push(`${fill.name}: ${[...new Set(counts.values())].join(', ')} pods on ${counts.size} nodes, planned ${fill.perNode} on ${plan.nodes}`); }
        problems.push(...fill.full.filter(word => !word.test(reason)).map(word => `${fill.name}: one more waits for another reason than ${word.source}: ${reason}`));
      }
      client.close();
      return problems.length === 0
        ? passed(`pool ${SAMPLE}: ${fills(plan).map(fill => `${fill.perNode} by ${fill.name}`).join(', ')} on each node, and one more stays pending each time`, { ...figures, seconds: { value: Math.round((Date.now() - start) / 1000), unit: 's' } })
        : failed(problems.join('; ').slice(0, 1500), figures);
    },
  },
  {
    // Noticed twice: by the arithmetic, and by the scheduler, which has room for one pod less.
    id: 'node-with-one-wrong-allocatable-noticed',
    drill: 'N14',
    judge: 'component',
    component: 'kube-scheduler',
    run: async scene => {
      const client = await scene.controlPlane.adminClient();
      const plan = plannedNodes(scene).find(({ pool }) => pool === SAMPLE)!;
      const sized = fills(plan)[0];
      const node = parse(fs.readFileSync(path.join(form(scene, 'kwok'), 'pools', SAMPLE, 'nodes.yaml'), 'utf8')).items[0];
      const name = `${SAMPLE}-wrong`;
      node.metadata.name = name;
      node.metadata.labels['kubernetes.io/hostname'] = name;
      node.status.allocatable.memory = `${SIZED * parseInt(sized.requests.memory, 10) - 1}Mi`;
      const created = await kubectl(scene, 'create', '-f', scene.file('negative/node.yaml', stringify(node)));
      if (created.code !== 0) { return failed(created.stderr); }
      const ask = async () => (await client.get(`/api/v1/nodes/${name}`)).body;
      await until('the node schedulable', 120, async () => schedulable(await ask()), scene.controlPlane.servers);
      const found = unplanned(await ask(), [plan]);
      const { counts, reason } = await filled(scene, client, plan, 1, { ...sized, perNode: SIZED - 1 }, { 'kubernetes.io/hostname': name });
      await client.delete(`/api/v1/nodes/${name}`);
      client.close();
      return found.length === 1 && /allocatable of memory/.test(found[0]) && counts.get(name) === SIZED - 1 && /Insufficient memory/.test(reason)
        ? passed(`${found[0]}; ${SIZED - 1} pods instead of ${SIZED}: ${reason.slice(0, 150)}`)
        : failed(`${found.join('; ')}; ${JSON.stringify([...counts])}; ${reason}`);
    },
  },
];

function fills({ nodes, allocatable }: PlannedNode): Fill[] {
  const each = (word: string) => new RegExp(`\\b${nodes} ${word}`);
  return [
    {
      name: 'size',
      perNode: SIZED,
      requests: { cpu: `${Math.floor(allocatable.cpu / SIZED)}m`, memory: `${Math.floor(mebibytes(allocatable) / SIZED)}Mi` },
      full: [each('Insufficient cpu'), each('Insufficient memory')],
    },
    { name: 'cards', perNode: allocatable['nvidia.com/gpu'], requests: { 'nvidia.com/gpu': '1' }, full: [each('Insufficient nvidia\\.com/gpu')] },
    { name: 'number', perNode: allocatable.pods, requests: { cpu: '10m', memory: '10Mi' }, full: [each('Too many pods')] },
  ];
}

/** As many pods as are planned and one more; how many run on each node, and why the last one does not. They are gone afterwards. */
async function filled(
  scene: Scene, client: KubeClient, plan: PlannedNode, nodes: number, fill: Fill, selector: object = {},
): Promise<{ counts: Map<string, number>; reason: string }> {
  const planned = nodes * fill.perNode;
  const labels = { fill: fill.name };
  const deployments = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
  await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const created = await client.post(deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: fill.name, namespace: NAMESPACE },
    spec: {
      replicas: planned + 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { 'thousand-node.io/pool': plan.pool, ...selector },
          tolerations: plan.taints.map(taint => ({ key: taint.key, operator: 'Exists', effect: taint.effect })),
          automountServiceAccountToken: false,
          containers: [{ name: 'pause', image: 'pause', resources: { requests: fill.requests, limits: fill.requests['nvidia.com/gpu'] === undefined ? {} : fill.requests } }],
        },
      },
    },
  });
  if (created.status !== 201) { throw new Error(`Deployment ${fill.name}: ${JSON.stringify(created.body).slice(0, 300)}`); }
  let pods: any[] = [];
  const verdict = (pod: any) => (pod.status.conditions ?? []).find((condition: any) => condition.type === 'PodScheduled' && condition.status === 'False' && condition.reason === 'Unschedulable');
  const running = () => pods.filter(pod => pod.status.phase === 'Running');
  await until(`${planned} pods by ${fill.name} running and one without a place`, FILL_SECONDS, async () => {
    pods = (await client.get(PODS)).body.items;
    // One too many running is an answer too.
    return running().length > planned || (running().length === planned && pods.some(verdict));
  }, scene.controlPlane.servers, 1000).catch(error => { throw new Error(`${error.message}: ${running().length} run; ${verdict(pods.find(verdict) ?? { status: {} })?.message}`); });
  const counts = new Map<string, number>();
  for (const pod of running()) { counts.set(pod.spec.nodeName, (counts.get(pod.spec.nodeName) ?? 0) + 1); }
  const reason = verdict(pods.find(verdict) ?? { status: {} })?.message ?? 'it runs';
  await client.delete(`${deployments}/${fill.name}?propagationPolicy=Background`);
  await until(`the pods by ${fill.name} gone`, FILL_SECONDS, async () => (await client.get(`${PODS}?limit=1`)).body.items.length === 0, scene.controlPlane.servers, 1000);
  return { counts, reason };
}

function mebibytes(amounts: Amounts): number {
  return amounts.memory / 1024 ** 2;
}
