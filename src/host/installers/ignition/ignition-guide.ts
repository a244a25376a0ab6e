import { IgnitionVariant } from './ignition-variant';
import { largestJoinWave } from '../../../capacity/host-capacity';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { HostArtefacts } from '../../host-artefacts';
import { machineDemands } from '../machine-demands';

/** How nodes come up with Ignition, and what it cannot do. */
export function ignitionGuide(
  artefacts: HostArtefacts, cluster: ClusterFacts, variant: IgnitionVariant, pools: Array<{ pool: string; bytes: number; file: string }>, limit: number,
  image: string,
): string {
  const rows = pools.map(({ pool, bytes, file }) => {
    const { nodesToday, nodes } = cluster.pools.find(candidate => candidate.name === pool) ?? { nodesToday: 0, nodes: 0 };
    return `| ${pool} | \`${file}\` | ${bytes} | ${nodesToday} | ${nodes} | ${largestJoinWave(pool, nodes).value} |`;
  });
  return `# Nodes of ${cluster.name} by Ignition

Butane ${variant.name} ${variant.butaneVersion} and the Ignition ${variant.ignitionVersion} that it translates to, for the nodes of each pool. The control plane is **not** here: its machines have
names, keys and an order. Set it up with \`host/plain\` or \`host/kubeadm\` and come back when \`${cluster.apiServerUrl}/readyz\` answers \`ok\`.

| pool | configuration | bytes of ${limit} | nodes today | planned | most that join at a time |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## Before

- Kubelet of the pool's release as \`/usr/bin/kubelet\`: a system extension on Flatcar, a layered package or an own image on Fedora CoreOS. Ignition cannot write there.
- containerd with \`SystemdCgroup = true\`, and the system's own container service of that name.
${machineDemands(artefacts, cluster)}\
- Check and translate: \`butane --strict pools/<name>/node.bu\`. \`node.ign\` holds the same; where it would be larger than ${limit} bytes it is one that Ignition replaces (\`ignition.config.replace\`) by the
  whole, which it carries compressed: \`jq -r .ignition.config.replace.source node.ign | cut -d, -f2 | base64 -d | gunzip\` shows it.

${image}## What you add to each node

No file here holds a secret. A node needs two more files. Merge them in Butane from a snippet of your own (\`ignition.config.merge\`), or serve them by URL:

1. \`${HOST_PATHS.clusterCa}\`, mode 0644: the authority of the cluster.
2. \`${HOST_PATHS.kubeletBootstrapToken}\`, mode 0600: a bootstrap token (\`kubeadm token create --ttl 2h\`), and nothing else in the file.

User data can be read by every pod that reaches the metadata service: keep the token short-lived, and block that address.

## Order

1. One node of each pool. Wait until it is Ready, approve its serving certificate (signer \`kubernetes.io/kubelet-serving\`; nobody approves it by default), schedule a pod.
2. Then waves of the size in the table. A wave is Ready before the next starts.

## Changes

Ignition runs at the first boot only. A changed file means new nodes: replace them by waves, each drained first.
`;
}
