import { App, Chart, Size } from 'cdk8s';
import { MachineShape, ThreadNumbers } from '../../../src/cluster/machine-shape';
import { NodePoolKubelet, NodePoolKubeletProps } from '../../../src/components/node-pool/node-pool-kubelet';
import { hostArtefacts } from '../../../src/host/host-artefacts';
import { HostFile } from '../../../src/host/host-file';

/** Fields of a KubeletConfiguration, read by tests. */
export type Fields = { [field: string]: any };

/** One pool's kubelet on its own, and what it writes. */
export function emitKubelet(props: NodePoolKubeletProps) {
  const chart = new Chart(new App(), 'test');
  const kubelet = new NodePoolKubelet(chart, 'kubelet', props);
  const { kubelets: [host], files } = hostArtefacts(chart);
  const file = (path: string): HostFile => {
    const found = files.find(f => f.path === path);
    if (found === undefined) { throw new Error(`no file ${path}, but ${files.map(f => f.path).join(' ')}`); }
    return found;
  };
  return {
    kubelet,
    chart,
    host,
    config: host.props.configuration as Fields,
    paths: files.map(f => f.path).sort(),
    file,
    /** What the pool's machines would get, without what must not matter: the order of construction. */
    output: JSON.stringify([host.props, files.map(f => [f.path, f.content, f.mode]).sort()]),
    value: (id: string) => kubelet.derivations.find(derivation => derivation.id === id)?.value,
    notes: kubelet.notes.join('\n'),
  };
}

/** The message with which a kubelet is refused. */
export function kubeletRefusal(props: NodePoolKubeletProps): string {
  try { emitKubelet(props); } catch (error) { return (error as Error).message; }
  return 'accepted';
}

export function machineOf(
  cpu: number, gibibytes: number, rest: { numaNodes?: number; threadsPerCore?: number; threadNumbers?: ThreadNumbers } = {},
): MachineShape {
  return MachineShape.of({ cpu, memory: Size.gibibytes(gibibytes), ...rest });
}

export function mebibytesOf(quantity: string): number {
  return Number(/^(\d+)Mi$/.exec(quantity)![1]);
}
