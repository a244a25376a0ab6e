import { CGROUP_V2_FILESYSTEM, CGROUP_V2_ONLY } from '../../catalogue/kubelet-cgroups';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HostArtefacts } from '../host-artefacts';
import { KubeletHost } from '../kubelet-host';

/** What no file can bring to a machine, as lines of a list. */
export function machineDemands({ kubelets }: HostArtefacts, cluster: ClusterFacts): string {
  const pools = cluster.pools.filter(pool => pool.zones.length > 0 && kubelets.some(({ target }) => target.group === 'pools' && target.name === pool.name));
  return [
    ...(kubelets.some(needsCgroupV2) ? [`- cgroup v2: \`stat -fc %T /sys/fs/cgroup\` prints \`${CGROUP_V2_FILESYSTEM}\` on every machine, or its kubelet does not start.`] : []),
    ...(kubelets.length > 0 ? ['- Host names are unique DNS names in lower case: a kubelet registers under the host name of its machine.'] : []),
    ...(pools.length > 0 ? [`- Nodes of ${pools.map(({ name }) => `\`${name}\``).join(', ')} lie in several zones, and no file knows in which a machine does: the cloud's controller labels them, or you
  (\`kubectl label node <node> topology.kubernetes.io/zone=<zone>\`). Without the label all nodes count as one zone when some go silent.`] : []),
  ].map(line => `${line}\n`).join('');
}

function needsCgroupV2({ props: { release, configuration } }: KubeletHost): boolean {
  return configuration.memorySwap !== undefined || (inRange(release.version, CGROUP_V2_ONLY) && configuration.failCgroupV1 !== false);
}
