import { largestJoinWave } from '../../../capacity/host-capacity';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { HostArtefacts } from '../../host-artefacts';
import { machineDemands } from '../machine-demands';
import { RenderedDocument } from '../rendered-file';

/** How nodes come up with cloud-init, and what it cannot do. */
export function cloudInitGuide(
  artefacts: HostArtefacts, cluster: ClusterFacts, pools: Array<{ pool: string; bytes: number; document: RenderedDocument }>, limit: number, image: string,
): string {
  const rows = pools.map(({ pool, bytes, document }) => {
    const { nodesToday, nodes } = cluster.pools.find(candidate => candidate.name === pool) ?? { nodesToday: 0, nodes: 0 };
    return `| ${pool} | \`${document.path}\` | ${bytes} | ${nodesToday} | ${nodes} | ${largestJoinWave(pool, nodes).value} |`;
  });
  return `# Nodes of ${cluster.name} by cloud-init

User data for the nodes of each pool. The control plane is **not** here: its machines have names, keys and an order. Set it up with \`host/plain\` or \`host/kubeadm\`
and come back when \`${cluster.apiServerUrl}/readyz\` answers \`ok\`.

| pool | user data | bytes of ${limit} | nodes today | planned | most that join at a time |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

\`*.gz.b64\` is gzip in base64: hand it over as base64 user data (AWS launch templates take it as it is); cloud-init unpacks it.

## Before

- The image has cloud-init 22.3 or newer, containerd with \`SystemdCgroup = true\`, the kubelet of the pool's release as \`/usr/bin/kubelet\`, and systemd-resolved.
${machineDemands(artefacts, cluster)}\
- Check each file: \`cloud-init schema --config-file pools/<name>/user-data.yaml\`.

${image}## What you add to each node

No file here holds a secret. A node needs two more files, from the image, a second part of its user data, or your secret store:

1. \`${HOST_PATHS.clusterCa}\`, mode 0644: the authority of the cluster.
2. \`${HOST_PATHS.kubeletBootstrapToken}\`, mode 0600: a bootstrap token (\`kubeadm token create --ttl 2h\`), and nothing else in the file.

Until both are there the kubelet is started again every 10 s; nothing has to be repeated by hand.

## Order

1. One node of each pool. Wait until it is Ready, approve its serving certificate (signer \`kubernetes.io/kubelet-serving\`; nobody approves it by default), schedule a pod.
2. Then waves of the size in the table. A wave is Ready before the next starts.

## Changes

cloud-init runs at the first boot only. A changed file means new nodes: replace them by waves, each drained first. \`index.json\` says for every file what a running node
would need instead (restart, drain), for those who change it there.
`;
}
