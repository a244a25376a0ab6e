import { ControlPlaneVariables } from './control-plane-variables';
import { largestJoinWave } from '../../../capacity/host-capacity';
import { KUBESPRAY } from '../../../catalogue/kubespray-variables';
import { ClusterFacts } from '../../../cluster/cluster-facts';

/** How kubespray makes it, and what its variables cannot say. */
export function kubesprayGuide(
  cluster: ClusterFacts, pools: string[], group: (pool: string) => string, content: ControlPlaneVariables, otherFiles: string[],
): string {
  const rows = cluster.pools.filter(pool => pools.includes(pool.name)).map(({ name, nodes, nodesToday }) =>
    `| ${name} | \`${group(name)}\` | ${nodesToday} | ${nodes} | ${largestJoinWave(name, nodes).value} |`);
  const supported = cluster.release.minor >= KUBESPRAY.oldestMinor && cluster.release.minor <= KUBESPRAY.newestMinor;
  return `# ${cluster.name} by kubespray

Variables of kubespray ${KUBESPRAY.release}, one folder of \`group_vars\` for each group, and an inventory without workers. kubespray ${KUBESPRAY.release} installs Kubernetes 1.${KUBESPRAY.oldestMinor} to 1.${KUBESPRAY.newestMinor}; this cluster has ${cluster.release.tag}${supported ? '.' : ': **it refuses that release.** Use a kubespray that has its checksums, and compare the variables.'}

| pool | group | nodes today | planned | most that join at a time |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## What is not here

- **Addresses of workers**: put each below its pool's group in \`inventory.yaml\`. The address of the load balancer: \`loadbalancer_apiserver\` for \`${cluster.apiHost}:${cluster.apiPort}\`.
- **Network, DNS, kube-proxy**: switched off (\`kube_network_plugin: cni\`, \`dns_mode: manual\`, skipped phases); \`dist/\` brings them. Nodes are Ready only after that.
- **Rings of etcd beyond main and events.** The ring of events takes the values of the main one.
${content.notCarried.map(({ component, flag, value }) => `- ${component} \`${flag}\` (${value}): kubespray has no variable for it, or writes a file of its own. \`Installer.kubeadm()\` carries it.`).join('\n')}
${otherFiles.length > 0 ? `- Files of control-plane machines (${otherFiles.length}, such as \`${otherFiles[0]}\`): \`Installer.kubeadm()\` and \`Installer.plain()\` have them.\n` : ''}
## Order

1. Copy this folder beside kubespray's \`inventory/sample\` as \`inventory/${cluster.name}\`; its own sample files are not needed.
1. Copy \`pools/<name>/\` to the nodes of each pool (\`rsync -a pools/<name>/ root@<node>:/\`; modes stand in \`index.json\`), then \`systemctl restart systemd-modules-load containerd\` where they exist.
1. \`ansible-playbook -i inventory/${cluster.name}/inventory.yaml cluster.yml --limit=kube_control_plane,etcd\`, then \`dist/\`, wave by wave.
1. Pool by pool \`scale.yml --limit=<group>\`, at most as many new nodes at a time as the table says. Serving certificates (signer \`kubernetes.io/kubelet-serving\`) are approved by you.

## Changes

\`cluster.yml\` with \`--tags=node\` writes the kubelet's configuration again and restarts it. Static CPU and memory managers and fewer pods need a drained node first.
`;
}
