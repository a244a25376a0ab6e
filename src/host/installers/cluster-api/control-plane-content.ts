import { IConstruct } from 'constructs';
import { Problems } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';
import { HostFile } from '../../host-file';
import { StaticPod } from '../../static-pod';
import { KUBEADM_COMPONENTS } from '../kubeadm-documents';
import { renderFile, staticPodFile } from '../plain';
import { RenderedFile } from '../rendered-file';

/** What every control-plane machine gets, whatever its name will be. */
export interface ControlPlaneContent {
  /** Static pods that kubeadm runs, of all machines. */
  readonly pods: StaticPod[];
  readonly files: RenderedFile[];
  /** Machines that the cluster names, whose etcd stays outside of Cluster API. */
  readonly etcdMachines: string[];
}

/**
 * The part of the control plane that machines without names of their own can carry. Etcd is none of it: members have names, addresses and disks,
 * and Cluster API replaces machines. A file that differs between machines is a problem.
 */
export function controlPlaneContent(artefacts: HostArtefacts, problems: Problems): ControlPlaneContent {
  const etcd = artefacts.staticPods.filter(pod => pod.props.component === 'etcd');
  const services = artefacts.services.filter(service => service.props.unit.startsWith('etcd'));
  const pods = artefacts.staticPods.filter(pod => (KUBEADM_COMPONENTS as readonly string[]).includes(pod.props.component));
  const shared = new Set<IConstruct>(pods.flatMap(pod => pod.node.scopes));
  // Whatever was created below the construct of etcd is etcd's: its operations, units and scripts.
  const owners = new Set([...etcd, ...services].map(artefact => artefact.node.scopes.find(scope => !shared.has(scope))));
  const ofEtcd = (construct: IConstruct) => construct.node.scopes.some(scope => owners.has(scope));
  const machines = [...new Set(pods.map(pod => pod.target.folder))];
  const onMachines = (artefact: HostFile | StaticPod) => machines.includes(artefact.target.folder) && !ofEtcd(artefact);
  const files = [
    ...artefacts.files.filter(file => onMachines(file) && !file.providedBy.includes('kubeadm') && !file.providedBy.includes('cluster-api')).map(renderFile),
    ...artefacts.staticPods.filter(pod => onMachines(pod) && !pods.includes(pod)).map(staticPodFile),
  ];
  return { pods, files: alike(files, machines, problems), etcdMachines: [...new Set([...etcd, ...services].map(artefact => artefact.target.name))].sort() };
}

/** One file of each path; the machines are replaced by others of the same template, so they must agree. */
function alike(files: RenderedFile[], machines: string[], problems: Problems): RenderedFile[] {
  const paths = [...new Set(files.map(file => file.path))].sort();
  const differing = paths.filter(path => {
    const same = files.filter(file => file.path === path);
    return same.length !== machines.length || new Set(same.map(file => `${file.mode} ${file.owner} ${file.content}`)).size > 1;
  });
  for (const path of differing) {
    problems.add(`${path} differs between the control-plane machines, and Cluster API has one template for all of them; use Installer.kubeadm() or Installer.plain()`);
  }
  return paths.map(path => files.find(file => file.path === path)!);
}
