import { ControlPlaneDocuments } from './control-plane-documents';
import { TalosMachine } from './talos-machine';
import { TalosOptions } from './talos-options';
import { largestJoinWave } from '../../../capacity/host-capacity';
import { TALOS } from '../../../catalogue/talos-configuration';
import { ClusterFacts } from '../../../cluster/cluster-facts';

/** How Talos makes it, what it decides itself, and what no document of it says. */
export function talosGuide(
  cluster: ClusterFacts, options: TalosOptions, content: ControlPlaneDocuments, members: TalosMachine[], machines: TalosMachine[],
): string {
  const pools = cluster.pools.filter(pool => machines.some(({ name }) => name === pool.name));
  const rows = pools.map(pool => `| ${pool.name} | \`pools/${pool.name}/patch.yaml\` | ${cluster.releaseOf(pool).tag} | ${pool.nodesToday} | ${pool.nodes} | ${largestJoinWave(pool.name, pool.nodes).value} |`);
  const address = (name: string) => cluster.controlPlaneMembers.find(candidate => candidate.name === name)!.address;
  const cards = cluster.gpuPools.filter(pool => pool.gpu!.vendor === 'nvidia' && pools.includes(pool)).map(pool => pool.name);
  const spread = pools.filter(pool => pool.zones.length > 0).map(pool => pool.name);
  const first = members[0];
  return `# ${cluster.name} by Talos

Patches of machine configurations in the documents of Talos ${TALOS.release}, which runs Kubernetes 1.${TALOS.oldestMinor} to 1.${TALOS.newestMinor}; this cluster has ${cluster.release.tag}. Talos of an earlier minor refuses these documents. \
No key or token is in them: \`talosctl gen secrets\` makes those.

| pool | patch | kubelets | nodes today | planned | most that join at a time |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## What Talos decides

- **No systemd, no shell, a root that nobody writes.** Scripts, units and timers of other forms do not exist; the second table says what does their work. Files of yours below /etc are \`EtcFileConfig\`.
- **Certificates** of all components, etcd included, are of its own authorities and renewed by it. TLS 1.3 is the oldest that API server and etcd speak.
- **etcd** runs once on each machine of the control plane, as a service below Kubernetes, in \`/var/lib/etcd\`. Metrics and health are at port ${TALOS.etcdHttpPort} instead of 2379, with the same client certificate.
- **Kubelets** have cgroupfs as cgroup driver, the resolver and the client certificates of Talos, \`seccompDefault\`, JSON logs, TLS 1.3, streams that end after 5 minutes without traffic, and start where there is swap. Labels are set seconds after a node
  has registered, taints of pools with the registration; Talos never puts back one that was taken away.
- **KubePrism** at 127.0.0.1:7445 takes kubelets to an API server that answers; \`${cluster.apiHost}:${cluster.apiPort}\` is for everybody else.
- **Cluster discovery** tells discovery.talos.dev of each machine, encrypted; \`talosctl gen config --with-cluster-discovery=false\` leaves it out.
- **Resolvers** of CoreDNS' pods are the host's cache at 169.254.116.108 (\`ResolverConfig\`, \`hostDNS\`), whatever the machine itself asks.
- **/var is mounted noexec**: programs that unpack there do not start.

## What is not here

- **Network, DNS, kube-proxy**: Flannel is taken away, \`KubeCoreDNSConfig\` and \`KubeProxyConfig\` are off; \`dist/\` brings its own. Nodes are Ready only after that.
- **Addresses, bonds, VLANs** of machines: DHCP, or documents of yours. Names of workers are made by Talos or come from DHCP.
${spread.length === 0 ? '' : `- **Zones of workers**: nodes of ${spread.join(', ')} lie in several, and one patch cannot know in which; the cloud's controller labels them, or a further patch (\`labels\` of KubeNodeConfig) for the machines of each zone.
`}- The settings of the tables: \`Installer.kubeadm()\` and \`Installer.plain()\` carry them.

| component | setting | value | what holds |
| --- | --- | --- | --- |
${content.notCarried.map(({ component, what, value, why }) => `| ${component} | \`${what}\` | ${value} | ${why} |`).join('\n')}

| files that stay behind | on | who does their work |
| --- | --- | --- |
${leftFiles([...members, ...machines]).join('\n')}

## Manifests that have to know

\`dist/\` is written for machines with a distribution. Change these objects before you apply it, by a patch in your app:

- \`FelixConfiguration\` default: \`cgroupV2Path: /sys/fs/cgroup\`; \`Installation\` default: \`kubeletVolumePluginPath: None\` and \`flexVolumePath: None\`: what Calico would mount or make cannot be written.
- Scrape targets of etcd: port ${TALOS.etcdHttpPort}. The Secret with the client certificate is signed by \`certs.etcd\` of \`secrets.yaml\`.
- Log agents: \`hostPath\` ${TALOS.auditLogs} for audit logs, and no journal.
- Alerts on snapshots, defragmentation and certificates of etcd read files that no script writes here: they fire until you silence them, or feed them from what you run instead.

## Before

- \`talosctl\` ${TALOS.release}, machines booted from its image with extensions as you need them${options.installerImage === undefined ? ' (`--install-image` below)' : ''}. Kernel arguments belong to the schematic of the image.
${cards.length === 0 ? '' : `- Pool ${cards.join(', ')}: an image with NVIDIA's modules and \`nvidia-container-toolkit\`; the patch loads the modules. The RuntimeClass of \`dist/\` asks for a runtime \`nvidia\`: where the extension brings drivers alone (newer releases), NVIDIA's GPU operator installs it.
`}- ${options.etcdDisk === undefined ? '**etcd has no disk of its own** in these patches (`etcdDisk`): images, logs and pods write beside it, and every write of the cluster waits for that disk.' : `The machines of the control plane have a disk for etcd that \`${options.etcdDisk}\` finds.`}
- \`${cluster.apiHost}:${cluster.apiPort}\` balances TCP over port 6443 of ${members.map(({ name }) => `\`${address(name)}\``).join(', ')}. Ports 50000 (you) and 50001 (machines) of the control plane are open.

## Order

1. \`talosctl gen secrets -o secrets.yaml\`. Keep it where keys are kept: it makes every other file again.
1. \`talosctl gen config ${cluster.name} ${cluster.apiServerUrl} --with-secrets secrets.yaml --kubernetes-version ${cluster.release.tag.slice(1)} --with-docs=false --with-examples=false --config-patch @cluster.yaml\
 --config-patch-control-plane @control-plane-before.yaml --config-patch-control-plane @control-plane.yaml --output base${options.installDisk === undefined ? ' --install-disk <disk>' : ''}${options.installerImage === undefined ? ' --install-image <image>' : ''}\`
1. A configuration for each member and pool: ${[first, machines[0]].map(({ name, patch }, i) => `\`talosctl machineconfig patch base/${i === 0 ? 'controlplane' : 'worker'}.yaml --patch @${patch} --output ${name}.yaml\``).join(', ')}, and so on.
1. Each of them: \`talosctl validate --strict --mode metal --config ${first.name}.yaml\`. It prints no warning.
1. ${members.map(({ name }) => `\`talosctl apply-config --insecure --nodes ${address(name)} --file ${name}.yaml\``).join(', ')}; then \`export TALOSCONFIG=base/talosconfig\`, \`talosctl config endpoint ${members.map(({ name }) => address(name)).join(' ')}\`, and **once**, on one of them: \`talosctl --nodes ${address(first.name)} bootstrap\`.
1. \`talosctl --nodes ${address(first.name)} kubeconfig\`, then \`dist/\`, wave by wave.
1. Pool by pool \`talosctl apply-config --insecure --nodes <address> --file <pool>.yaml\`, at most as many nodes at a time as the table says. Serving certificates (signer \`kubernetes.io/kubelet-serving\`) are approved by you: until then \`kubectl logs\` and \`exec\` of that node fail.
1. On a node: \`kubectl get --raw /api/v1/nodes/<node>/proxy/configz\` shows the kubelet's configuration; allocatable must be what \`host/kwok/install.md\` says.

## Changes

Make the configuration again from \`secrets.yaml\` and all patches, and \`apply-config --dry-run\`, then without. **Never \`talosctl patch machineconfig\` with these files on a machine that has them**: lists are joined, and taints, resolvers and reservations would stand there twice.
Static CPU and memory managers and fewer pods need a drained node. Kubernetes is upgraded by \`talosctl upgrade-k8s\` after the release in the patches; Talos by \`talosctl upgrade\`, one machine of the control plane after the other.

## Backups

Nobody saves etcd by itself. From a machine of yours, as often as a loss may cost: \`talosctl --nodes ${address(first.name)} etcd snapshot etcd.snapshot\`, copied elsewhere, encrypted (it holds every Secret). \`talosctl etcd defrag\` one member after the other, the leader last, where \`talosctl etcd status\` shows
more than half of a file unused; \`talosctl etcd alarm disarm\` after the quota was reached and room was made. After a loss of all members: wipe them, \`talosctl bootstrap --recover-from=etcd.snapshot\` on one, and let the others join. Events lie in the same ring.
`;
}

/** One row for each file, with the machines that have it. */
function leftFiles(machines: TalosMachine[]): string[] {
  const all = machines.flatMap(({ name, host }) => host.left.map(item => ({ name, ...item })));
  const paths = [...new Set(all.map(({ path }) => path))].sort();
  const grouped = paths.map(path => ({ path, by: all.find(item => item.path === path)!.by, on: all.filter(item => item.path === path).map(({ name }) => name).join(', ') }));
  const kinds = [...new Set(grouped.map(({ by, on }) => `${on} | ${by}`))];
  return kinds.map(kind => `| ${grouped.filter(({ by, on }) => `${on} | ${by}` === kind).map(({ path }) => `\`${path}\``).join(', ')} | ${kind} |`);
}
