import { readFileSync } from 'fs';
import { join } from 'path';
import Ajv from 'ajv';
import { ApiObject, App, Chart, JsonPatch, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { description } from '../../examples/thousand-node/cluster';
import {
  Audit, AuditSuppression, CapacityReport, Derivation, EtcdCluster, HpaMetric, KubernetesRelease, MachineShape, MetricsServer, NodePool, SmartHpa,
  ThousandNodeCluster, ThousandNodeClusterProps,
} from '../../src';
import { ReportModel } from '../../src/report/report-model';

const schema = JSON.parse(readFileSync(join(__dirname, '../../docs/capacity-report.schema.json'), 'utf8'));
const validate = new Ajv({ allErrors: true }).compile(schema);

const clusterWith = (props: Partial<ThousandNodeClusterProps> = {}) => new ThousandNodeCluster(new App(), 'shop', { ...description, ...props });
const documentOf = (scope: Construct): ReportModel => JSON.parse(CapacityReport.of(scope).toJson());

const cluster = clusterWith();
const document = documentOf(cluster);

const SMALL: Partial<ThousandNodeClusterProps> = { pools: [NodePool.of('general', { nodes: 200, machine: MachineShape.of({ cpu: 8, memory: Size.gibibytes(32) }) })], network: undefined };

/** Values of all fields that lead to a derivation. */
function keysBelow(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) { return []; }
  return Object.entries(value).flatMap(([name, inner]) => (/^key$|Key$/.test(name) ? [inner as string] : keysBelow(inner)));
}

describe('the document of the reference cluster', () => {
  const byKey = new Map(document.derivations!.map(derivation => [derivation.key, derivation]));

  test('holds every number that a construct states, with its formula, source and confidence', () => {
    const stated = cluster.node.findAll().flatMap(construct => (construct as { derivations?: Derivation[] }).derivations ?? []);
    expect(stated.length).toBeGreaterThan(400);
    const missing = stated.filter(number => !document.derivations!.some(one => one.id === number.id && one.value === number.value && one.unit === number.unit
      && one.formula === number.formula && one.source === number.source && one.confidence === number.confidence));
    expect(missing.map(number => number.id)).toEqual([]);
  });

  test('every key is there once and leads to a number', () => {
    expect(byKey.size).toBe(document.derivations!.length);
    const keys = [
      ...document.components!.flatMap(component => component.numbers),
      ...document.derivations!.flatMap(one => [...(one.from ?? []), ...(one.inputs ?? []).flatMap(input => input.key ?? [])]),
      ...document.limits!.flatMap(limit => [limit.usedKey, limit.capacityKey]),
      ...keysBelow([document.nodePods, document.joins, document.rollout]),
    ];
    expect(keysBelow(document.nodePods)).toHaveLength(document.nodePods!.length + document.nodePods!.flatMap(({ bounds }) => bounds).length);
    expect(keys.filter(key => !byKey.has(key))).toEqual([]);
  });

  test('an input has the value of the number that it leads to', () => {
    const wrong = document.derivations!.flatMap(one => (one.inputs ?? []).filter(input => input.key !== undefined && byKey.get(input.key)!.value !== input.value).map(input => `${one.key} ${input.name}`));
    expect(wrong).toEqual([]);
  });

  test('says what the audit says', () => {
    const audit = Audit.of(cluster);
    expect(document.audit.findings!.map(f => [f.rule, f.subject, f.detail])).toEqual(audit.findings.map(f => [f.ruleId, f.subject, f.detail]));
    expect(document.audit.notApplicable).toEqual([...audit.notApplicable].sort());
  });

  test('ranks limits by the node count at which they are reached, and names the first', () => {
    const reached = document.limits!.map(limit => limit.reachedAtNodes);
    expect(reached).toEqual([...reached].sort((a, b) => a - b));
    expect(document.verdict.firstLimit).toBe(document.limits!.find(limit => limit.breaks)!.id);
  });

  test('a node range is used up at its size less two addresses and the control plane', () => {
    // 172.16.0.0/20 has 4,096 addresses; network, broadcast and five control-plane machines take seven.
    expect(document.limits!.find(limit => limit.title.includes('172.16.0.0/20'))!.reachedAtNodes).toBe(4096 - 7);
  });
});

describe('nodes', () => {
  test('which bound each pool meets first, with all bounds beside it', () => {
    // By hand: min(110, 10 x cores) is tested; (65,536 - 2,846) / 512 MiB of the general pool; 20 blocks of /26 and no tunnel with BGP or VXLAN less one
    expect(document.nodePods!.map(({ pool, pods, binding }) => [pool, pods, binding])).toEqual([['compute', 58, 'maxPods'], ['memory', 110, 'maxPods'], ['gpu', 60, 'maxPods'], ['general', 110, 'maxPods']]);
    expect(document.nodePods![3].bounds.map(({ bound, pods }) => [bound, pods])).toEqual([['maxPods', 110], ['memory', 122], ['addresses', expect.any(Number)], ['tested', 110]]);
  });

  test('a pool whose memory ends first says so', () => {
    const pools = [NodePool.of('small', { nodes: 200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(32) }) })];
    // (32,768 - 2,146 - 200 - 327) / 512 = 58.8
    expect(documentOf(clusterWith({ ...SMALL, pools })).nodePods).toEqual([expect.objectContaining({ pool: 'small', pods: 58, binding: 'memory' })]);
  });

  test('podsPerCore of the user is a bound', () => {
    const [{ binding, pods, bounds }] = documentOf(clusterWith({ ...SMALL, kubelets: { general: { configOverrides: { podsPerCore: 5 } } } })).nodePods!;
    expect([binding, pods, bounds.map(({ bound }) => bound)]).toEqual(['podsPerCore', 40, ['maxPods', 'podsPerCore', 'memory', 'addresses', 'tested']]);
  });

  test('what the largest wave and all nodes pull', () => {
    // By hand: 20 images of 150 MB on each node; 24 Gbit a node through 10 Gbit/s; 2 Gbit of pause and network; 5 images at a time
    const row = (name: string) => document.joins!.find(one => one.name === name)!;
    expect(row('all nodes at once')).toMatchObject({ nodes: 1200, gigabytes: 3600, firstImagesSeconds: 240, allImagesSeconds: 2880, openPulls: 6000 });
    expect(row('a wave of pool general')).toMatchObject({ nodes: 38, gigabytes: 114, firstImagesSeconds: 8, allImagesSeconds: 92, openPulls: 190 });
    expect(document.joins).toHaveLength(2);
  });

  test('kubelets that cannot pull in parallel open one pull each', () => {
    expect(documentOf(clusterWith({ ...SMALL, release: KubernetesRelease.V1_26 })).joins!.find(({ name }) => name === 'all nodes at once')).toMatchObject({ nodes: 200, openPulls: 200 });
  });

  test('how many change at a time', () => {
    expect(document.rollout!.pools.map(({ pool, nodesToday, nodesAtATime, batches }) => [pool, nodesToday, nodesAtATime, batches])).toEqual([
      ['compute', 128, 12, 11], ['memory', 256, 25, 11], ['gpu', 32, 3, 11], ['general', 384, 38, 11],
    ]);
    expect(document.rollout!.rings!.map(({ ring, members, mayBeAway, machinesAtATime }) => [ring, members, mayBeAway, machinesAtATime])).toEqual([['etcd-events', 3, 1, 1], ['etcd-main', 5, 2, 1]]);
    const changed = documentOf(clusterWith({ ...SMALL, kubelets: { general: { existingConfiguration: { maxPods: 250 } } } }));
    expect(changed.rollout!.pools[0].action).toBe('drain');
    expect(valid(changed)).toEqual([]);
  });
});

describe('the answer', () => {
  test('holds: every limit lies above the final size', () => {
    expect(document.verdict).toMatchObject({ answer: 'holds', errors: 0 });
  });

  test('not known: a construct without a whole cluster\'s limits', () => {
    expect(documentOf(new MetricsServer(new Chart(new App(), 'one'), 'metrics-server')).verdict.answer).toBe('not known');
  });

  test('does not hold: a rule is broken as an error', () => {
    const broken = clusterWith();
    const installation = broken.node.findAll().filter(ApiObject.isApiObject).find(object => object.kind === 'Installation')!;
    installation.addJsonPatch(JsonPatch.replace('/spec/calicoNetwork/ipPools/0/cidr', '10.96.0.0/16'));
    expect(Audit.of(broken).errors.length).toBeGreaterThan(0);
    expect(documentOf(broken).verdict.answer).toBe('does not hold');
  });
});

const valid = (candidate: unknown) => (validate(candidate) ? [] : validate.errors!.map(error => `${error.instancePath} ${error.message}`));

describe('the schema', () => {
  const etcdAlone = documentOf(new EtcdCluster(new Chart(new App(), 'one'), 'etcd'));
  const suppressed = (() => {
    const accepted = clusterWith(SMALL);
    AuditSuppression.add(accepted, 'TNC155', 'the image of the same minor follows in a week');
    return documentOf(accepted);
  })();
  const empty = documentOf(new Chart(new App(), 'nothing'));

  test.each([
    ['the reference cluster', document],
    ['a proposed network and a suppression', suppressed],
    ['release 1.22', documentOf(clusterWith({ ...SMALL, release: KubernetesRelease.V1_22 }))],
    ['dual stack', documentOf(clusterWith({ ...SMALL, network: { dualStack: true } }))],
    ['one construct', etcdAlone],
    ['nothing at all', empty],
  ])('describes %s', (_, one) => {
    expect(valid(one)).toEqual([]);
  });

  test.each<[string, (twin: any) => void]>([
    ['a missing verdict', twin => { delete twin.verdict; }],
    ['another version', twin => { twin.version = 2; }],
    ['a number as text', twin => { twin.derivations[0].value = '5'; }],
    ['a field that nobody documented', twin => { twin.derivations[0].colour = 'blue'; }],
    ['an unknown confidence', twin => { twin.derivations[0].confidence = 'sure'; }],
    ['an empty list', twin => { twin.limits = []; }],
    ['a limit without its remedy', twin => { delete twin.limits[0].remedy; }],
    ['a bound that does not exist', twin => { twin.nodePods[0].binding = 'luck'; }],
    ['a join without its derivation', twin => { delete twin.joins[0].openPullsKey; }],
    ['a batch that is no number', twin => { twin.rollout.pools[0].nodesAtATime = 'a tenth'; }],
    ['a severity that does not exist', twin => { twin.audit.findings[0].severity = 'fatal'; }],
  ])('refuses %s', (_, spoil) => {
    const twin = JSON.parse(JSON.stringify(document));
    spoil(twin);
    expect(valid(twin)).not.toEqual([]);
  });

  test('every property has a description', () => {
    const bare: string[] = [];
    const look = (node: any, path: string): void => {
      for (const [name, property] of Object.entries<any>(node?.properties ?? {})) {
        if (!property.description) { bare.push(`${path}/${name}`); }
        look(property, `${path}/${name}`);
        look(property.items, `${path}/${name}[]`);
      }
    };
    look(schema, '');
    expect(bare).toEqual([]);
  });

  test('an accepted finding stands with its reason, and not among the open ones', () => {
    expect(suppressed.audit.suppressed).toEqual([expect.objectContaining({ rule: 'TNC155', suppressedBecause: 'the image of the same minor follows in a week' })]);
    expect((suppressed.audit.findings ?? []).map(finding => finding.rule)).not.toContain('TNC155');
  });

  test('ranges that were proposed are marked as decisions to write down', () => {
    expect(suppressed.decisions!.filter(decision => decision.proposed).map(decision => decision.title)).toEqual(['pod ranges', 'Service ranges', 'node ranges']);
    expect(document.decisions!.some(decision => decision.proposed)).toBe(false);
  });

  test('sections without content are left out', () => {
    expect(Object.keys(empty)).toEqual(['format', 'version', 'verdict', 'audit']);
    expect(etcdAlone).toMatchObject({ components: [{ type: 'EtcdCluster', paths: ['one/etcd'] }] });
    expect(etcdAlone).not.toHaveProperty('flows');
    expect(documentOf(new MetricsServer(new Chart(new App(), 'one'), 'metrics-server'))).not.toHaveProperty('limits');
  });
});

describe('constructs used alone', () => {
  test('an App with one HPA has a report of its numbers', () => {
    const app = new App();
    new SmartHpa(new Chart(app, 'shop'), 'hpa', { target: { name: 'frontend', namespace: 'shop' }, minReplicas: 2, maxReplicas: 10, metrics: [HpaMetric.cpuUtilization(60)] });
    expect(documentOf(app).components!.map(component => component.type)).toEqual(['SmartHpa']);
  });

  test('constructs of two clusters have no common report', () => {
    const app = new App();
    new ThousandNodeCluster(app, 'one', { ...description, ...SMALL });
    new ThousandNodeCluster(app, 'two', { ...description, ...SMALL });
    expect(() => CapacityReport.of(app)).toThrow(/'one', 'two'/);
  });
});

test('two runs give the same bytes', () => {
  const again = clusterWith();
  expect(CapacityReport.of(again).toJson()).toBe(CapacityReport.of(cluster).toJson());
  expect(CapacityReport.of(again).toHtml()).toBe(CapacityReport.of(cluster).toHtml());
});
