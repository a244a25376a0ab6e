import { App, Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { TunedApiServerProps } from '../../../src/components/api-server/api-server-options';
import { TunedApiServer } from '../../../src/components/api-server/tuned-api-server';
import { EtcdCluster } from '../../../src/components/etcd/etcd-cluster';
import { hostArtefacts, HostArtefacts } from '../../../src/host/host-artefacts';

export type Props = Partial<TunedApiServerProps>;

/** Everything that a control plane with these props emits. */
export function build(props: Props = {}): { host: HostArtefacts; objects: any[]; server: TunedApiServer } {
  const chart = new Chart(new App(), 'test');
  const etcd = props.etcd ?? new EtcdCluster(chart, 'etcd', { cluster: props.cluster });
  const server = new TunedApiServer(chart, 'api', { ...props, etcd });
  return { host: hostArtefacts(server), objects: Testing.synth(chart), server };
}

/** Flags of one component, by name. */
export function flags(props: Props = {}, component = 'kube-apiserver'): { [flag: string]: string } {
  const pod = build(props).host.staticPods.find(p => p.props.component === component)!;
  return Object.fromEntries(pod.props.flags.map(flag => [flag.name, flag.value]));
}

/** Text of a file on the first machine that has it. */
export function text(path: string, props: Props = {}): string | undefined {
  return build(props).host.files.find(f => f.path === path)?.content;
}

/** The same as a document. */
export function file(path: string, props: Props = {}): any {
  return parse(text(path, props)!);
}

/** A page by its file. */
export function page(path: string, props: Props = {}): string {
  return build(props).host.pages.find(p => p.file === path)!.content;
}
