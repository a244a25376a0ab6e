import { Chart, Size, Testing } from 'cdk8s';
import { ClusterFacts, ClusterFactsProps } from '../../../src/cluster/cluster-facts';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { CachedCoreDns, CachedCoreDnsProps } from '../../../src/components/dns/cached-core-dns';

/** An object as it is written. */
export interface Emitted {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string; annotations?: { [key: string]: string } };
  readonly [field: string]: any;
}

/** The construct alone in a chart. */
export function emit(props: CachedCoreDnsProps = {}) {
  const chart: Chart = Testing.chart();
  const dns = new CachedCoreDns(chart, 'dns', props);
  const objects: Emitted[] = Testing.synth(chart);
  const find = (kind: string, name: string) => objects.find(o => o.kind === kind && o.metadata.name === name)!;
  const corefile = () => find('ConfigMap', 'coredns').data.Corefile as string;
  const cacheCorefile = () => objects.find(o => o.metadata.name.startsWith('node-local-dns-'))!.data.Corefile as string;
  return { dns, objects, find, corefile, cacheCorefile };
}

/** 1,200 nodes of 16 cores, five control-plane machines. */
export function clusterOf(props: Partial<ClusterFactsProps> = {}): ClusterFacts {
  return ClusterFacts.of({
    name: 'shop',
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.shop.example.com:6443', members: [1, 2, 3, 4, 5].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}` })) },
    pools: [NodePool.of('general', { nodes: 1200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
    ...props,
  });
}
