import { App, Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { description } from '../../examples/thousand-node/cluster';
import { Audit, ClusterFacts, Installer, NodeTimers, ThousandNodeCluster } from '../../src';
import { etcdWriteLoad } from '../../src/capacity/etcd-write-capacity';
import { hostArtefacts } from '../../src/host/host-artefacts';
import { hostFilesOf } from '../examples/synthesised';

const withTimers = (nodeTimers?: NodeTimers) => new ThousandNodeCluster(new App(), 'shop', { ...description, controlPlane: { ...description.controlPlane, nodeTimers } });

test.each([
  // heartbeat, lease (the kubelet renews at a quarter), grace, stay, look of the controller manager, idle and ping of a connection
  ['standard', NodeTimers.standard(), [10, 40, 50, 300, 5, 30, 15]],
  ['quick', NodeTimers.quick(), [5, 20, 20, 30, 2, 8, 4]],
  ['patient', NodeTimers.patient(), [20, 80, 120, 60, 5, 30, 15]],
])('%s', (_, timers, seconds) => {
  const { heartbeatSeconds, leaseSeconds, graceSeconds, podsStaySeconds, monitorSeconds, readIdleSeconds, pingSeconds } = timers;
  expect([heartbeatSeconds, leaseSeconds, graceSeconds, podsStaySeconds, monitorSeconds, readIdleSeconds, pingSeconds]).toEqual(seconds);
});

test('a node outlasts a missed renewal, and its kubelet notices a dead connection before it is lost', () => {
  // Oracle: the two demands on nodeMonitorGracePeriod in pkg/controller/nodelifecycle/node_lifecycle_controller.go
  fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 8, max: 600 }), (heartbeat, grace) => {
    fc.pre(grace >= 4 * heartbeat);
    const timers = NodeTimers.of({ heartbeat: Duration.seconds(heartbeat), grace: Duration.seconds(grace) });
    expect(timers.readIdleSeconds + timers.pingSeconds).toBeLessThan(grace);
    expect(timers.monitorSeconds).toBeLessThan(grace);
    expect(timers.leaseSeconds).toBeLessThanOrEqual(grace);
  }));
});

test('what does not go together is refused, all at once', () => {
  expect(() => NodeTimers.of({ heartbeat: Duration.seconds(20) })).toThrow('nodeTimers: grace 50 s must be at least four heartbeats of 20 s');
  expect(() => NodeTimers.of({ heartbeat: Duration.millis(1500), grace: Duration.seconds(5), podsStay: Duration.days(2) })).toThrow(/nodeTimers: 4 problems/);
});

describe('one profile in three places', () => {
  const cluster = withTimers(NodeTimers.quick());
  const { staticPods, kubelets } = hostArtefacts(cluster);
  const flag = (component: string, name: string) => staticPods.find(
    pod => pod.props.component === component,
  )!.props.flags.find(one => one.name === name)?.value;

  test('kubelets renew twice as often, and reconnect before their node is lost', () => {
    expect(new Set(kubelets.map(({ props }) => props.configuration.nodeLeaseDurationSeconds))).toEqual(new Set([20]));
    for (const form of [Installer.plain(), Installer.kubeadm()]) {
      const files = hostFilesOf(cluster, form);
      for (const place of ['pools/gpu', 'machines/control-plane-1']) {
        expect(files[`${place}/etc/systemd/system/kubelet.service.d/20-connections.conf`]).toBe('[Service]\nEnvironment=HTTP2_READ_IDLE_TIMEOUT_SECONDS=8\nEnvironment=HTTP2_PING_TIMEOUT_SECONDS=4\n');
      }
    }
  });

  test('the controller manager looks and waits accordingly, the API server lets pods go', () => {
    expect([flag('kube-controller-manager', 'node-monitor-grace-period'), flag('kube-controller-manager', 'node-monitor-period')]).toEqual(['20s', '2s']);
    expect([flag('kube-apiserver', 'default-not-ready-toleration-seconds'), flag('kube-apiserver', 'default-unreachable-toleration-seconds')]).toEqual(['30', '30']);
  });

  test('no rule is broken by it', () => {
    const ids = (of: ThousandNodeCluster) => Audit.of(of).findings.map(({ ruleId, detail }) => `${ruleId} ${detail}`);
    expect(ids(cluster)).toEqual(ids(withTimers()));
  });

  test('the load of heartbeats follows', () => {
    // 1,205 machines: one renewal each 5, 10 and 20 s
    const leases = (timers?: NodeTimers) => {
      const { fleet } = withTimers(timers).facts;
      const amount = (value: number, unit: string) => ({ id: unit, value, unit, words: 'x', inputs: [], formula: 'x', source: 'x', confidence: 'x' as never, from: [] });
      return etcdWriteLoad({
        fleet, calico: false, compactionInterval: amount(300, 's'), eventTtl: amount(3600, 's'), controllerManagerQps: amount(100, 'requests/s'), schedulerQps: amount(100, 'requests/s'), leaders: 2, apiServerLeases: false,
      }).main.find(({ kind }) => kind === 'leases')!.rate.value;
    };
    expect([leases(NodeTimers.quick()), leases(), leases(NodeTimers.patient())]).toEqual([241, 120.5, 60.25]);
  });
});

test('upstream\'s times are not written', () => {
  const { staticPods, kubelets } = hostArtefacts(withTimers());
  expect(kubelets.some(({ props }) => 'nodeLeaseDurationSeconds' in props.configuration)).toBe(false);
  expect(staticPods.flatMap(({ props }) => props.flags.map(({ name }) => name)).filter(name => /toleration-seconds|node-monitor-period/.test(name))).toEqual([]);
  expect(Object.keys(hostFilesOf(withTimers())).filter(path => path.includes('20-connections'))).toEqual([]);
});

test('a service that runs the control plane decides itself', () => {
  const { controlPlane: _, name, ...rest } = { ...description, name: 'shop' };
  expect(() => ClusterFacts.of({ ...rest, name, controlPlane: { endpoint: 'api.example.com:443', members: [], managedBy: 'EKS', nodeTimers: NodeTimers.quick() } })).toThrow('controlPlane.nodeTimers: EKS decides when a node is lost');
});
