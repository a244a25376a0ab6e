import { applyKinds, averageBytes, Identity, metrics, protobufList, total } from './load-scene';
import { allLevels, LevelSeats, LevelShares, levelSeats, ListRequest, listSeats } from '../../../src/capacity/priority-level-capacity';
import { Check, failed, passed } from '../../check';
import { KubeClient } from '../../kube-client';
import { Scene } from '../../scene';
import { until } from '../../waiting';

const FLOWCONTROL = '/apis/flowcontrol.apiserver.k8s.io/v1';
const KINDS = { PriorityLevelConfiguration: `${FLOWCONTROL}/prioritylevelconfigurations`, FlowSchema: `${FLOWCONTROL}/flowschemas` };
const SEATS = 'apiserver_flowcontrol_nominal_limit_seats';
const WORK = 'apiserver_flowcontrol_work_estimated_seats';

/** Seats as the model has them, from the flags and objects that the example emits. */
function predicted(scene: Scene, further: LevelShares[] = []): LevelSeats[] {
  const argv = scene.controlPlane.pod('kube-apiserver').argv;
  const flag = (name: string) => Number(argv.find(argument => argument.startsWith(`--${name}=`))!.split('=')[1]);
  const own = scene.objects().filter(object => object.kind === 'PriorityLevelConfiguration').map((level): LevelShares => ({
    name: level.metadata.name, shares: level.spec.limited.nominalConcurrencyShares, handSize: level.spec.limited.limitResponse.queuing?.handSize,
  }));
  return levelSeats(flag('max-requests-inflight') + flag('max-mutating-requests-inflight'), allLevels([...own, ...further]), version(scene));
}

function version(scene: Scene): string {
  return scene.binaries['kube-apiserver'].version.replace(/^v/, '');
}

/** Levels whose seats differ, of the model's and the server's names together; `exempt` has none. */
async function differing(client: KubeClient, levels: LevelSeats[]): Promise<string[]> {
  const theirs = new Map((await metrics(client, SEATS)).map(sample => [sample.labels.priority_level, sample.value]));
  const ours = new Map([['exempt', 0], ...levels.map((level): [string, number] => [level.name, level.seats.value])]);
  return [...new Set([...theirs.keys(), ...ours.keys()])].filter(name => theirs.get(name) !== ours.get(name)).map(name => `${name}: predicted ${ours.get(name) ?? 'no level'}, is ${theirs.get(name) ?? 'no level'}`);
}

const seatsCheck: Check = {
  id: 'seats-of-every-level',
  drill: '3',
  judge: 'component',
  component: 'kube-apiserver',
  run: async scene => {
    const client = await scene.controlPlane.running();
    await applyKinds(scene, client, KINDS);
    const levels = predicted(scene);
    let wrong: string[] = [];
    await until('seats as predicted', 30, async () => (wrong = await differing(client, levels)).length === 0).catch(() => undefined);
    client.close();
    const figures = { levels: { value: levels.length + 1, unit: 'levels' }, differing: { value: wrong.length, unit: 'levels', goal: '0', met: wrong.length === 0 } };
    return wrong.length === 0 ? passed(levels.map(level => `${level.name} ${level.seats.value}`).join(', '), figures) : failed(wrong.join('; '), figures);
  },
};

const EXTRA = 'conformance-further-level';

/** Twin: a level that the model is not told of takes seats from all others, and the comparison must see it. */
const foreignLevelCheck: Check = {
  id: 'unknown-level-changes-seats',
  drill: 'N3',
  judge: 'component',
  component: 'kube-apiserver',
  run: async scene => {
    const client = await scene.controlPlane.running();
    const path = `${FLOWCONTROL}/prioritylevelconfigurations`;
    const before = await differing(client, predicted(scene));
    const level = { name: EXTRA, shares: 150, handSize: 4 };
    await client.apply(`${path}/${EXTRA}`, {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'PriorityLevelConfiguration',
      metadata: { name: EXTRA },
      spec: { type: 'Limited', limited: { nominalConcurrencyShares: level.shares, lendablePercent: 0, limitResponse: { type: 'Queue', queuing: { queues: 16, handSize: level.handSize, queueLengthLimit: 10 } } } },
    });
    let blind: string[] = [];
    await until('the further level changes seats', 30, async () => (blind = await differing(client, predicted(scene))).length > 1).catch(() => undefined);
    const told = await differing(client, predicted(scene, [level]));
    await client.delete(`${path}/${EXTRA}`);
    // Its own sample stays in the metrics until the server restarts; the others must have their seats back.
    await until('the others have their seats back', 60, async () => (await differing(client, predicted(scene))).every(line => line.startsWith(`${EXTRA}:`)));
    client.close();
    return before.length === 0 && blind.length > 1 && told.length === 0
      ? passed(`without it ${blind.length} levels differ, such as ${blind[0]}; told of it none`, { differing: { value: blind.length, unit: 'levels' } })
      : failed(`before: ${before.join('; ') || 'equal'}; untold: ${blind.join('; ') || 'equal'}; told: ${told.join('; ') || 'equal'}`);
  },
};

const LISTED = 'conformance-large';
const CONFIG_MAPS = 15;
const REQUESTS = 4;

/** ConfigMaps of 100 kB, so that a LIST passes 1 MB, and users that one flow schema each sends to one level. */
async function prepareLists(scene: Scene, client: KubeClient, levels: LevelSeats[]): Promise<Map<string, Identity>> {
  await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: LISTED } });
  for (let i = 0; i < CONFIG_MAPS; i++) {
    await client.apply(`/api/v1/namespaces/${LISTED}/configmaps/large-${i}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `large-${i}`, namespace: LISTED }, data: { text: 'x'.repeat(100_000) } });
  }
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const api = { apiVersion: 'rbac.authorization.k8s.io/v1' };
  await client.apply(`${rbac}/clusterroles/${LISTED}`, { ...api, kind: 'ClusterRole', metadata: { name: LISTED }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }] });
  await client.apply(`${rbac}/clusterrolebindings/${LISTED}`, {
    ...api,
    kind: 'ClusterRoleBinding',
    metadata: { name: LISTED },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: LISTED },
    subjects: [{ kind: 'Group', name: 'seat-probes', apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ServiceAccount', name: 'prober', namespace: LISTED }],
  });
  const users = new Map<string, Identity>();
  for (const { name } of levels) {
    const user = `probe-${name}`;
    users.set(name, await scene.controlPlane.client(user, 'seat-probes'));
    await client.apply(`${FLOWCONTROL}/flowschemas/${user}`, {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'FlowSchema',
      metadata: { name: user },
      spec: {
        priorityLevelConfiguration: { name },
        matchingPrecedence: 10,
        distinguisherMethod: { type: 'ByUser' },
        rules: [{ subjects: [{ kind: 'User', user: { name: user } }], resourceRules: [{ verbs: ['list'], apiGroups: [''], resources: ['configmaps'], clusterScope: true, namespaces: ['*'] }] }],
      },
    });
  }
  return users;
}

/** Seats that the server counted for one LIST, on average over some, of one flow schema. */
async function seatsTaken(scene: Scene, client: KubeClient, schema: string, path: string, who: Identity): Promise<number> {
  const sample = async () => {
    const samples = await metrics(client, `${WORK}_sum`, `${WORK}_count`);
    return [total(samples, `${WORK}_sum`, { flow_schema: schema }), total(samples, `${WORK}_count`, { flow_schema: schema })];
  };
  const [sumBefore, countBefore] = await sample();
  for (let i = 0; i < REQUESTS; i++) {
    const { status } = await protobufList(scene, path, who);
    if (status !== 200) { throw new Error(`LIST ${path} of ${schema}: status ${status}`); }
  }
  const [sum, count] = await sample();
  if (count - countBefore !== REQUESTS) { throw new Error(`${count - countBefore} requests of flow schema ${schema} counted, ${REQUESTS} sent`); }
  return (sum - sumBefore) / REQUESTS;
}

const listCheck: Check = {
  id: 'seats-of-a-list',
  drill: '3',
  judge: 'component',
  component: 'kube-apiserver',
  run: async scene => {
    const client = await scene.controlPlane.running();
    const levels = predicted(scene);
    const users = await prepareLists(scene, client, levels);
    await client.post(`/api/v1/namespaces/${LISTED}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'prober', namespace: LISTED } });
    const token: string = (await client.post(`/api/v1/namespaces/${LISTED}/serviceaccounts/prober/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} })).body.status.token;
    // The server counts objects and bytes once a minute.
    const counted = { resource: 'configmaps', group: '' };
    await until('the server has counted the ConfigMaps', 180, async () => {
      const samples = await metrics(client, 'apiserver_resource_objects', 'apiserver_resource_size_estimate_bytes');
      return total(samples, 'apiserver_resource_objects', counted) >= CONFIG_MAPS && total(samples, 'apiserver_resource_size_estimate_bytes', counted) > CONFIG_MAPS * 95_000;
    }, scene.controlPlane.servers, 3000);
    await new Promise(resolve => setTimeout(resolve, 2000));
    const objects: number = (await client.get('/api/v1/configmaps')).body.items.length;
    const list: ListRequest = { resource: 'configmaps', objects, objectBytes: await averageBytes(scene, client, '/api/v1/configmaps', 500) };
    const outcome = await compare(scene, client, levels, users, list);
    // And a service account as it is, sent to its level by the emitted flow schema.
    const dear = levels.find(level => level.name === 'thousand-node-dear-requests')!;
    const taken = await seatsTaken(scene, client, dear.name, '/api/v1/configmaps', { ca: scene.controlPlane.adminFiles.ca, token });
    const expected = listSeats(list, dear, version(scene)).value;
    for (const { name } of levels) { await client.delete(`${FLOWCONTROL}/flowschemas/probe-${name}`); }
    await client.delete(`/api/v1/namespaces/${LISTED}`);
    client.close();
    const wrong = [...outcome.wrong, ...(taken === expected ? [] : [`service account in ${dear.name}: predicted ${expected}, took ${taken}`])];
    const figures = { lists: { value: outcome.compared.length + 1, unit: 'kinds of LIST' }, differing: { value: wrong.length, unit: 'kinds of LIST', goal: '0', met: wrong.length === 0 } };
    return wrong.length === 0 ? passed(`${outcome.compared.join(', ')}; service account in ${dear.name} ${taken}`, figures) : failed(wrong.join('; '), figures);
  },
};

/** Whole, and with limits around what one and several seats hold, in every level. */
async function compare(
  scene: Scene, client: KubeClient, levels: LevelSeats[], users: Map<string, Identity>, list: ListRequest,
): Promise<{ compared: string[]; wrong: string[] }> {
  const [compared, wrong]: string[][] = [[], []];
  for (const level of levels) {
    for (const limit of [undefined, 2, 5]) {
      const expected = listSeats({ ...list, limit }, level, version(scene)).value;
      const schema = `probe-${level.name}`;
      const taken = await seatsTaken(scene, client, schema, `/api/v1/configmaps${limit === undefined ? '' : `?limit=${limit}`}`, users.get(level.name)!);
      const name = `${level.name}${limit === undefined ? '' : ` limit ${limit}`}`;
      compared.push(`${name} ${taken}`);
      if (taken !== expected) { wrong.push(`${name}: predicted ${expected}, took ${taken}`); }
    }
  }
  return { compared, wrong };
}

/** Seats: predicted, and what the server says. */
export const seatChecks: Check[] = [seatsCheck, foreignLevelCheck, listCheck];
