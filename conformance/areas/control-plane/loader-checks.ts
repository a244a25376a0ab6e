import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { drillScene } from './etcd-drill-scene';
import { Check, failed, Outcome, passed } from '../../check';
import { plainValue } from '../../plain-value';
import { Finished } from '../../processes';
import { Scene } from '../../scene';
import { until } from '../../waiting';

const SCHEDULER = 'kube-scheduler';
const CONTROLLER_MANAGER = 'kube-controller-manager';
const PORTS = { [SCHEDULER]: 10259, [CONTROLLER_MANAGER]: 10257 };

/** Where the controller manager shows a flag's value among what it works with. */
const SHOWN_AT: { readonly [flag: string]: string } = {
  'concurrent-deployment-syncs': 'DeploymentController.ConcurrentDeploymentSyncs',
  'concurrent-endpoint-syncs': 'EndpointController.ConcurrentEndpointSyncs',
  'concurrent-gc-syncs': 'GarbageCollectorController.ConcurrentGCSyncs',
  'concurrent-horizontal-pod-autoscaler-syncs': 'HPAController.ConcurrentHorizontalPodAutoscalerSyncs',
  'concurrent-namespace-syncs': 'NamespaceController.ConcurrentNamespaceSyncs',
  'concurrent-replicaset-syncs': 'ReplicaSetController.ConcurrentRSSyncs',
  'concurrent-resource-quota-syncs': 'ResourceQuotaController.ConcurrentResourceQuotaSyncs',
  'concurrent-service-endpoint-syncs': 'EndpointSliceController.ConcurrentServiceEndpointSyncs',
  'concurrent-serviceaccount-token-syncs': 'SAController.ConcurrentSATokenSyncs',
  'concurrent-statefulset-syncs': 'StatefulSetController.ConcurrentStatefulSetSyncs',
  'endpoint-updates-batch-period': 'EndpointController.EndpointUpdatesBatchPeriod',
  'endpointslice-updates-batch-period': 'EndpointSliceController.EndpointUpdatesBatchPeriod',
  'kube-api-burst': 'Generic.ClientConnection.burst',
  'kube-api-qps': 'Generic.ClientConnection.qps',
  'leader-elect': 'Generic.LeaderElection.leaderElect',
  'node-monitor-grace-period': 'NodeLifecycleController.NodeMonitorGracePeriod',
  'node-monitor-period': 'NodeLifecycleController.NodeMonitorPeriod',
  'node-eviction-rate': 'NodeLifecycleController.NodeEvictionRate',
  'secondary-node-eviction-rate': 'NodeLifecycleController.SecondaryNodeEvictionRate',
  'large-cluster-size-threshold': 'NodeLifecycleController.LargeClusterSizeThreshold',
  'unhealthy-zone-threshold': 'NodeLifecycleController.UnhealthyZoneThreshold',
  'terminated-pod-gc-threshold': 'PodGCController.TerminatedPodGCThreshold',
};

/** The component from its static pod, without an API server, until it shows what it works with. */
async function effective(shared: Scene, component: typeof SCHEDULER | typeof CONTROLLER_MANAGER): Promise<any> {
  const scene = await drillScene(shared);
  const { controlPlane } = scene;
  const pod = controlPlane.pod(component);
  const server = scene.processes.start(`${component}-loader`, scene.binaries[component].path, controlPlane.argv(pod), pod.env);
  try {
    const { cert, key } = controlPlane.adminFiles;
    const url = `https://${controlPlane.placement.loopback.address(controlPlane.first)}:${PORTS[component]}/configz`;
    let shown = '';
    await until(`${component} shows its configuration`, 90, async () => {
      // Its own certificate is made at start: who it is does not matter here, only what it says.
      const done = await scene.processes.run('curl', ['-sk', '--max-time', '5', '--cert', cert, '--key', key, url]);
      shown = done.stdout;
      return done.code === 0 && shown.startsWith('{"');
    }, [server]);
    return Object.values(JSON.parse(shown))[0];
  } finally {
    await server.stop();
  }
}

/** How an item of a list is found again: by its name, since the component adds its own defaults to the list; else by place. */
const itemKey = (item: any, index: number): string => item?.schedulerName ?? item?.name ?? String(index);

/** Leaves of a document by path. */
function leaves(value: unknown, at: string[] = []): Array<{ at: string[]; value: unknown }> {
  if (Array.isArray(value)) { return value.flatMap((item, index) => leaves(item, [...at, itemKey(item, index)])); }
  if (typeof value === 'object' && value !== null) { return Object.entries(value).flatMap(([key, item]) => leaves(item, [...at, key])); }
  return [{ at, value }];
}

const follow = (document: any, at: string[]) => at.reduce(
  (value, key) => (Array.isArray(value) ? value.find((item, index) => itemKey(item, index) === key) : value?.[key]), document);

function compared(pairs: Array<{ name: string; wanted: unknown; shown: unknown }>, component: string): Outcome {
  const wrong = pairs.filter(pair => plainValue(pair.wanted) !== plainValue(pair.shown));
  const figures = { settings: { value: pairs.length, unit: 'settings shown as written', goal: String(pairs.length), met: wrong.length === 0 } };
  if (pairs.length === 0) { return failed(`nothing of ${component} was compared`); }
  return wrong.length === 0
    ? passed(`${component} works with all ${pairs.length} settings`, figures)
    : failed(wrong.map(pair => `${pair.name}: written ${pair.wanted}, in effect ${pair.shown}`).join('; '), figures);
}

const schedulerFile = (scene: Scene) => path.join(scene.controlPlane.placement.root(scene.controlPlane.first), '/etc/kubernetes/control-plane/scheduler.yaml');

const accepted: Check[] = [
  {
    id: 'scheduler-configuration-in-effect',
    drill: '15',
    judge: 'component',
    component: SCHEDULER,
    run: async shared => {
      const shown = await effective(shared, SCHEDULER);
      const written = parse(fs.readFileSync(schedulerFile(await drillScene(shared)), 'utf8'));
      return compared(leaves(written).map(({ at, value }) => ({ name: at.join('.'), wanted: value, shown: follow(shown, at) })), SCHEDULER);
    },
  },
  {
    id: 'controller-manager-flags-in-effect',
    drill: '15',
    judge: 'component',
    component: CONTROLLER_MANAGER,
    run: async shared => {
      const shown = await effective(shared, CONTROLLER_MANAGER);
      const { controlPlane } = await drillScene(shared);
      const flags = Object.fromEntries(controlPlane.pod(CONTROLLER_MANAGER).argv.slice(1).map(argument => /^--([^=]+)=(.*)$/.exec(argument)!.slice(1)));
      return compared(Object.entries(SHOWN_AT).filter(([flag]) => flags[flag] !== undefined)
        .map(([flag, at]) => ({ name: flag, wanted: flags[flag], shown: follow(shown, at.split('.')) })), CONTROLLER_MANAGER);
    },
  },
];

/** The scheduler with another configuration file; it has to end by itself. */
async function scheduler(shared: Scene, name: string, change: (text: string) => string): Promise<Finished> {
  const scene = await drillScene(shared);
  const right = fs.readFileSync(schedulerFile(scene), 'utf8');
  const wrong = change(right);
  if (wrong === right) { throw new Error('the twin does not differ from the right file'); }
  const file = scene.file(`loader/${name}.yaml`, wrong);
  const args = scene.controlPlane.argv(scene.controlPlane.pod(SCHEDULER)).map(argument => (argument.startsWith('--config=') ? `--config=${file}` : argument));
  return scene.processes.run(scene.binaries[SCHEDULER].path, args, { timeoutMs: 30_000 });
}

function refused(done: Finished, reason: RegExp): Outcome {
  if (done.code === 0 || done.code === null) { return failed(`not refused (exit ${done.code})`); }
  const line = `${done.stdout}\n${done.stderr}`.split('\n').find(text => reason.test(text));
  return line ? passed(`exit ${done.code}: ${line.trim().slice(0, 300)}`) : failed(`ended with ${done.code}, but not because of ${reason}: ${done.stderr.trim().slice(-300)}`);
}

const twins: Check[] = [
  {
    id: 'scheduler-field-misspelt-refused',
    drill: 'N7',
    judge: 'component',
    component: SCHEDULER,
    run: async shared => refused(await scheduler(shared, 'unknown-field', text => text.replace(/^percentageOfNodesToScore:/m, 'percentageOfNodesToScor:')),
      /unknown field .*percentageOfNodesToScor\b/),
  },
  {
    id: 'scheduler-share-above-hundred-refused',
    drill: 'N10',
    judge: 'component',
    component: SCHEDULER,
    run: async shared => refused(await scheduler(shared, 'range', text => text.replace(/^percentageOfNodesToScore: .*/m, 'percentageOfNodesToScore: 150')),
      /percentageOfNodesToScore: Invalid value: 150/),
  },
  {
    id: 'controller-misspelt-refused',
    drill: 'N11',
    judge: 'component',
    component: CONTROLLER_MANAGER,
    run: async shared => {
      const scene = await drillScene(shared);
      const args = scene.controlPlane.argv(scene.controlPlane.pod(CONTROLLER_MANAGER))
        .map(argument => (argument.startsWith('--controllers=') ? `${argument},nodelifecycles` : argument));
      return refused(await scene.processes.run(scene.binaries[CONTROLLER_MANAGER].path, args, { timeoutMs: 30_000 }), /nodelifecycles.* is not in the list of known controllers/);
    },
  },
];

/** Scheduler and controller manager say themselves what they read; both start without an API server. */
export const loaderChecks: Check[] = [...accepted, ...twins];
