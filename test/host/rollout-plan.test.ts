import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Size, Testing } from 'cdk8s';
import { machinesOf, referenceCluster } from './installers/reference-cluster';
import { ClusterFacts, HostFiles, Installer, KubeletChanges, MachineShape, MemoryManager, NodeAction, NodePool, NodePoolKubelet, RolloutPlan } from '../../src';
import { hostArtefacts } from '../../src/host/host-artefacts';
import { renderKubeadm } from '../../src/host/installers/kubeadm';
import { renderPlain } from '../../src/host/installers/plain';

const cluster = referenceCluster();
const machines = machinesOf(cluster);

describe('the reference cluster', () => {
  const plan = RolloutPlan.of(machines);

  test('batches of each pool: a tenth of what exists, at most the kubelets that may start together', () => {
    // By hand for two servers left: 0.5 x 2 x (43 - 1.3) free seats / 1.125 seats of a start = 37
    expect(plan.pools.map(({ pool, nodesToday, batch }) => [pool, nodesToday, batch.value])).toEqual([['compute', 128, 12], ['memory', 256, 25], ['gpu', 32, 3], ['general', 384, 37]]);
    expect(plan.pools.every(({ changes }) => changes === undefined)).toBe(true);
  });

  test('rings with their members; one of three may be away', () => {
    expect(plan.rings.map(({ ring, machines: names, mayBeAway, batch }) => [ring, names, mayBeAway.value, batch.value])).toEqual([
      ['etcd-events', ['cp-a', 'cp-b', 'cp-c'], 1, 1], ['etcd-main', ['cp-a', 'cp-b', 'cp-c'], 1, 1],
    ]);
  });

  test('every number has its own id, a source, and a value that its formula gives', () => {
    const ids = plan.derivations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(plan.derivations.filter(({ source, formula }) => source === '' || formula === '')).toEqual([]);
  });

  test('a construct alone has the plan of its own pool', () => {
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'gpu', { cluster, pool: cluster.pools[2] });
    const { pools, rings } = RolloutPlan.of(chart);
    expect(pools.map(({ pool }) => pool)).toEqual(['gpu']);
    expect(rings).toEqual([]);
    expect(RolloutPlan.of(Testing.chart()).derivations).toEqual([]);
  });
});

describe('from one configuration to another', () => {
  const action = (before: object, after: object) => {
    const { action: most, stateFiles } = KubeletChanges.between(before, after);
    return [most, stateFiles];
  };

  test.each<[string, object, object, NodeAction | undefined, string[]]>([
    // Oracle: what pkg/kubelet of 1.37.2 does when it starts; see src/catalogue/kubelet-changes.ts for the places
    ['the same in another order', { maxPods: 110, kubeReserved: { cpu: '1', memory: '1Gi' } }, { kubeReserved: { memory: '1Gi', cpu: '1' }, maxPods: 110 }, undefined, []],
    ['a default that is written out', {}, { maxPods: 110, cpuManagerPolicy: 'none', topologyManagerScope: 'container' }, undefined, []],
    ['kind and version', { kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1' }, {}, undefined, []],
    ['events', { eventRecordQPS: 50 }, { eventRecordQPS: 5 }, NodeAction.RESTART, []],
    ['more pods', {}, { maxPods: 250 }, NodeAction.RESTART, []],
    ['fewer pods', {}, { maxPods: 58 }, NodeAction.DRAIN, []],
    ['a reservation', { kubeReserved: { memory: '1Gi' } }, { kubeReserved: { memory: '2Gi' } }, NodeAction.DRAIN, []],
    ['the cgroup driver, from its default', {}, { cgroupDriver: 'systemd' }, NodeAction.DRAIN, []],
    ['the CPU manager', { eventRecordQPS: 50 }, { cpuManagerPolicy: 'static', reservedSystemCPUs: '0-1' }, NodeAction.DRAIN_AND_REMOVE_STATE, ['/var/lib/kubelet/cpu_manager_state']],
    ['both managers', {}, { cpuManagerPolicy: 'static', memoryManagerPolicy: 'Static' }, NodeAction.DRAIN_AND_REMOVE_STATE, ['/var/lib/kubelet/cpu_manager_state', '/var/lib/kubelet/memory_manager_state']],
    ['shares of NUMA nodes', { reservedMemory: [{ numaNode: 0, limits: { memory: '1Gi' } }] }, { reservedMemory: [{ numaNode: 0, limits: { memory: '2Gi' } }] }, NodeAction.DRAIN_AND_REMOVE_STATE, ['/var/lib/kubelet/memory_manager_state']],
    ['the topology manager', {}, { topologyManagerPolicy: 'best-effort' }, NodeAction.RESTART, []],
    ['a field that goes', { imageGCHighThresholdPercent: 75 }, {}, NodeAction.RESTART, []],
  ])('%s', (_, before, after, ...expected) => {
    expect(action(before, after)).toEqual(expected);
    // A way back asks for as much, except where only less room does.
    const [back] = action(after, before);
    if (!('maxPods' in after)) { expect(back).toBe(expected[0]); }
  });

  test('each field is named with both values, the most demanding first', () => {
    const { changes } = KubeletChanges.between({ maxPods: 250, eventRecordQPS: 50 }, { cpuManagerPolicy: 'static', maxPods: 58, eventRecordQPS: 5 });
    expect(changes.map(({ field, before, after }) => [field, before, after])).toEqual([['cpuManagerPolicy', undefined, '"static"'], ['maxPods', '250', '58'], ['eventRecordQPS', '50', '5']]);
    expect(changes.map(({ why }) => why !== '')).toEqual([true, true, false]);
  });
});

describe('what the nodes of a pool have today', () => {
  const pool = NodePool.of('database', { nodes: 40, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(256), numaNodes: 2 }) });
  const withToday = (existingConfiguration: { [field: string]: any }) => {
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'database', { cluster, pool: cluster.pools[3], existingConfiguration, memoryManager: MemoryManager.STATIC });
    return chart;
  };

  test('is compared with what is written, and merged values are no change', () => {
    const { changes } = RolloutPlan.of(withToday({ maxPods: 250, registryPullQPS: 20 })).pools[0];
    expect(changes!.action).toBe(NodeAction.DRAIN_AND_REMOVE_STATE);
    expect(changes!.stateFiles).toEqual(['/var/lib/kubelet/memory_manager_state']);
    const fields = changes!.changes.map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining(['memoryManagerPolicy', 'reservedMemory', 'maxPods', 'cgroupDriver']));
    expect(fields).not.toContain('registryPullQPS');
  });

  test('taints of the pool are part of what is written', () => {
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'gpu', { cluster, pool: cluster.pools[2], existingConfiguration: { registerWithTaints: cluster.pools[2].taints.map(taint => ({ ...taint })) } });
    expect(RolloutPlan.of(chart).pools[0].changes!.changes.map(({ field }) => field)).not.toContain('registerWithTaints');
  });

  test('a pool of another cluster has no plan here', () => {
    const chart = Testing.chart();
    new NodePoolKubelet(chart, 'database', { pool });
    expect(RolloutPlan.of(chart).pools).toEqual([]);
  });

  test('stands in index.json and in the guides', () => {
    const chart = withToday({ maxPods: 250 });
    const dir = mkdtempSync(join(tmpdir(), 'rollout-'));
    HostFiles.of(chart).write(dir, Installer.cloudInit());
    const { rollout } = JSON.parse(readFileSync(join(dir, 'cloud-init/index.json'), 'utf8'));
    expect(rollout.pools).toEqual([expect.objectContaining({ pool: 'general', nodesToday: 384, nodesAtATime: 38, batches: 11, action: 'drain and remove state', stateFiles: ['/var/lib/kubelet/memory_manager_state'] })]);
    expect(rollout.rings).toBeUndefined();
    const guide = renderPlain(hostArtefacts(chart), cluster).installGuide;
    expect(guide).toContain('### Pool general: from what its nodes have today');
    expect(guide).toContain('| `maxPods` | `250` | `110` | drain |');
    expect(guide).toContain('remove `/var/lib/kubelet/memory_manager_state` while its kubelet is stopped');
  });
});

describe.each([['plain', renderPlain], ['kubeadm', renderKubeadm]] as const)('the guide of %s', (_, render) => {
  const guide = render(hostArtefacts(machines), cluster).installGuide;

  test('says how many at a time, and what each change needs', () => {
    expect(guide).toContain('| general | 384 | 37 | 11 | 25 |');
    expect(guide).toContain('| etcd-main | 3 | 1 | 1 |');
    expect(guide).toContain('| `cpuManagerPolicy` | drain and remove `/var/lib/kubelet/cpu_manager_state` |');
    expect(guide).toContain('| `kubeReserved`, fewer `maxPods`, `podsPerCore`, `systemReserved` | drain |');
    expect(guide).not.toContain('undefined');
    expect(guide).not.toContain('outage');
  });

  test('a ring of one has no member to spare, and that is said', () => {
    const lone = ClusterFacts.of({
      name: 'home',
      controlPlane: { endpoint: 'api.home.example.com:6443', members: [{ name: 'cp', address: '10.0.0.5' }] },
      network: { nodeCidr: '10.0.0.0/24' },
      pools: [NodePool.of('general', { nodes: 12, machine: MachineShape.of({ cpu: 4, memory: Size.gibibytes(8) }) })],
    });
    expect(render(hostArtefacts(machinesOf(lone)), lone).installGuide).toContain('No member to spare: `etcd-events`, `etcd-main`. Every restart there is an outage.');
  });
});
