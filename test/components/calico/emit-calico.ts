import { Chart, Size, Testing } from 'cdk8s';
import { ClusterFacts, ClusterFactsProps } from '../../../src/cluster/cluster-facts';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool } from '../../../src/cluster/node-pool';
import { CalicoEbpf } from '../../../src/components/calico/calico-ebpf';
import { CalicoEbpfProps } from '../../../src/components/calico/calico-options';

/** An object as it is written. */
export interface Emitted {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string; labels: { [key: string]: string } };
  readonly [field: string]: any;
}

export function emit(props: CalicoEbpfProps = {}): { calico: CalicoEbpf; objects: Emitted[]; find: (kind: string, name?: string) => Emitted } {
  const chart: Chart = Testing.chart();
  const calico = new CalicoEbpf(chart, 'calico', props);
  const objects: Emitted[] = Testing.synth(chart);
  const find = (kind: string, name?: string) => objects.find(o => o.kind === kind && (name === undefined || o.metadata.name === name))!;
  return { calico, objects, find };
}

export const machine = MachineShape.of({ cpu: 64, memory: Size.gibibytes(256) });

/** 1,200 general nodes and five machines of the control plane. */
export function clusterOf(props: Partial<ClusterFactsProps> & { podCidr?: string } = {}): ClusterFacts {
  const { podCidr = '10.0.0.0/11', ...rest } = props;
  return ClusterFacts.of({
    name: 'shop',
    network: { podCidr, serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: '172.16.0.5:8443', members: [1, 2, 3, 4, 5].map(i => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}`, zone: `z${i % 2}` })) },
    pools: [NodePool.of('general', { nodes: 1200, machine })],
    ...rest,
  });
}

/** 1,200 nodes in three zones, with as many reflectors of each as are asked for. */
export function zonedCluster(reflectors = 9, more: Partial<ClusterFactsProps> & { podCidr?: string } = {}): ClusterFacts {
  const zones = ['a', 'b', 'c'];
  return clusterOf({
    controlPlane: { endpoint: '172.16.0.5:6443', members: zones.map((zone, i) => ({ name: `cp-${i}`, address: `172.16.0.${10 + i}`, zone })) },
    pools: [NodePool.of('general', { nodes: 1200, machine, zones }), ...(reflectors > 0 ? [NodePool.of('routes', { nodes: reflectors, machine, zones })] : [])],
    ...more,
  });
}
