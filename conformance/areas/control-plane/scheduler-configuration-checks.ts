import { Size } from 'cdk8s';
import { parse, stringify } from 'yaml';
import { ClusterFacts } from '../../../src/cluster/cluster-facts';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { schedulerConfiguration } from '../../../src/components/api-server/api-server-config';
import { apiServerSettings } from '../../../src/components/api-server/api-server-settings';
import { Problems } from '../../../src/input/problems';
import { Check, failed, passed } from '../../check';
import { Scene } from '../../scene';

/** The scheduler's own strict loader reads a configuration, writes it out with its defaults, and ends. */
async function load(scene: Scene, name: string, document: any): Promise<{ code: number | null; text: string; written: string }> {
  const kubeconfig = scene.file(`${name}/scheduler.conf`, stringify({
    'apiVersion': 'v1', 'kind': 'Config', 'clusters': [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }], 'contexts': [{ name: 'c', context: { cluster: 'c', user: '' } }], 'current-context': 'c',
  }));
  const file = scene.file(`${name}/scheduler.yaml`, stringify({ ...document, clientConnection: { ...document.clientConnection, kubeconfig } }));
  const written = scene.file(`${name}/written.yaml`, '');
  const done = await scene.processes.run(scene.binaries['kube-scheduler'].path, [`--config=${file}`, `--write-config-to=${written}`, '--secure-port=0'], { timeoutMs: 30_000 });
  const shown = await scene.processes.run('cat', [written]);
  return { code: done.code, text: done.stderr.trim().split('\n').at(-1)!.slice(0, 400), written: shown.stdout };
}

function configuration(): any {
  const cluster = ClusterFacts.of({
    name: 'drill',
    controlPlane: { endpoint: 'api.drill.example.com:6443', members: [{ name: 'one', address: '172.16.0.11' }] },
    network: { nodeCidr: '172.16.0.0/16' },
    pools: [NodePool.of('all', { nodes: 1200, zones: ['a', 'b', 'c'], machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  });
  return parse(schedulerConfiguration(cluster, apiServerSettings(cluster, {}, new Problems('drill'))));
}

/** Configuration of a cluster with zones, and the same with one field that the scheduler does not know. */
export const schedulerConfigurationChecks: Check[] = [
  {
    id: 'scheduler-loads-zones',
    drill: '15',
    judge: 'component',
    component: 'kube-scheduler',
    run: async scene => {
      const { code, text, written } = await load(scene, 'zones', configuration());
      const args = written === '' ? undefined : parse(written)?.profiles?.[0]?.pluginConfig?.find((plugin: any) => plugin.name === 'PodTopologySpread')?.args;
      const zone = args?.defaultConstraints?.find((constraint: any) => constraint.topologyKey === 'topology.kubernetes.io/zone');
      return args?.defaultingType === 'List' && zone?.maxSkew === 1
        ? passed(`loaded, and written out with ${args.defaultConstraints.length} default constraints, zones first`)
        : failed(`exit ${code}: ${text}; ${JSON.stringify(args)}`);
    },
  },
  {
    id: 'scheduler-refuses-unknown-field',
    drill: 'N15',
    judge: 'component',
    component: 'kube-scheduler',
    run: async scene => {
      const { code, text, written } = await load(scene, 'unknown', { ...configuration(), percentageOfNodesToScoreAll: 20 });
      return code !== 0 && /unknown field \W*percentageOfNodesToScoreAll/.test(text) && written === '' ? passed(text) : failed(`exit ${code}: ${text}`);
    },
  },
];
