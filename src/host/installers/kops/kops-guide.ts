import { ControlPlaneSpec } from './control-plane-spec';
import { KopsOptions } from './kops-options';
import { KubeletSpec } from './kubelet-spec';
import { largestJoinWave } from '../../../capacity/host-capacity';
import { KOPS, KOPS_OWNED_KUBELET_FIELDS } from '../../../catalogue/kops-kubelet-fields';
import { ClusterFacts } from '../../../cluster/cluster-facts';

/** How kOps makes it, what it decides itself, and what its fields cannot say. */
export function kopsGuide(
  cluster: ClusterFacts, options: KopsOptions, content: ControlPlaneSpec, groups: Array<{ group: string; spec: KubeletSpec | undefined }>, otherFiles: string[],
): string {
  const pools = cluster.pools.filter(pool => groups.some(({ group }) => group === pool.name));
  const rows = pools.map(({ name, nodes, nodesToday }) =>
    `| ${name} | \`pools/${name}/instance-group.yaml\` | ${nodesToday} | ${nodes} | ${largestJoinWave(name, nodes).value} |`);
  const supported = cluster.release.minor >= KOPS.oldestMinor && cluster.release.minor <= KOPS.newestMinor;
  const name = options.clusterName;
  return `# ${cluster.name} by kOps

A Cluster with its scheduler configuration, a group for each member of the control plane, a group for each pool; API version v1alpha2 of kOps ${KOPS.release}, on AWS. kOps ${KOPS.release} installs Kubernetes 1.${KOPS.oldestMinor} to 1.${KOPS.newestMinor}; \
this cluster has ${cluster.release.tag}${supported ? '.' : ': **it refuses that release** (\`kops upgrade is required\`). Use a kOps of its minor, and compare the fields.'}

| pool | document | nodes today | planned | most that are replaced at a time |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## What kOps decides

- **Machines of the control plane.** Names, addresses and disks come from AWS: addresses of members in the description are not used, and scrape targets in \`dist/\` that name them do not answer. Etcd runs under etcd-manager in the version of
  kOps, with its own backups to the state store, its own certificates and ports.
- **Certificates.** All are of kOps' authorities; kubelets get theirs from kops-controller and request none. Fields of the kubelet that follow from it: ${KOPS_OWNED_KUBELET_FIELDS.map(field => `\`${field}\``).join(', ')}.
- **Anonymous requests** are off, bootstrap tokens do not exist, node ranges are allocated from the pod range (Calico does not use them), requests to the runtime may last 15 minutes, leader election of the controller manager has its defaults.
- **Admission plug-ins** of its own list come first; ours are appended.

## What is not here

- **Network, DNS, kube-proxy**: switched off (\`networking.cni\`, \`kubeDNS.provider: None\`, \`kubeProxy.enabled: false\`); \`dist/\` brings them. Nodes are Ready only after that.
- The settings of the table: \`Installer.kubeadm()\` carries them.
${otherFiles.length > 0 ? `- Files of control-plane machines (${otherFiles.length}: ${otherFiles.map(path => `\`${path}\``).join(', ')}): etcd-manager does what those for etcd do; \`Installer.kubeadm()\` and \`Installer.plain()\` have them.\n` : ''}
| component | setting | value | what holds |
| --- | --- | --- | --- |
${[...content.notCarried.map(({ component, what, value, why }) => `| ${component} | \`${what}\` | ${value} | ${why} |`), ...kubeletLines(groups)].join('\n')}

## Before

- kOps ${KOPS.release}, the bucket of \`${options.configBase}\`, credentials for AWS. Instance types have the shape that the description gives their machines; reservations are made for it.
- Account limits: ${pools.reduce((sum, pool) => sum + pool.nodes, 0)} machines of pools and ${content.machines.length} of the control plane, each with its volumes.
- \`${cluster.apiHost}\` will be an alias of the load balancer that kOps makes; kOps writes no DNS records (\`topology.dns.type: None\`).

## Order

1. \`export KOPS_STATE_STORE=${options.configBase.split('/').slice(0, 3).join('/')}\`, then \`kops create -f cluster.yaml -f control-plane.yaml${pools.map(pool => ` -f pools/${pool.name}/instance-group.yaml`).join('')}\`. For the first time lower \`minSize\` of large pools.
${content.spec.encryptionConfig === true ? `1. \`kops create secret encryptionconfig -f <EncryptionConfiguration> --name ${name}\`: Secrets are encrypted at rest, and kOps stops without the file. The script \`thousand-node-encryption-config\` of \`Installer.plain()\` writes one.
` : ''}1. \`kops update cluster --name ${name}\`, read what it would do, then with \`--yes --admin\`. Let \`${cluster.apiHost}\` point to the load balancer.
1. \`dist/\`, wave by wave. \`kops validate cluster --name ${name} --wait 15m\`.
1. Pool by pool raise \`minSize\`, at most as many nodes at a time as the table says.
1. On a node: \`kubectl get --raw /api/v1/nodes/<node>/proxy/configz\` shows the kubelet's configuration; allocatable must be what \`host/kwok/install.md\` says.

## Changes

\`kops replace -f\` with the changed documents, \`kops update cluster --yes\`, \`kops rolling-update cluster --yes\`: machines are replaced, drained first, within \`rollingUpdate\` of their group. Nothing changes on a machine that runs.
`;
}

/** One row for each field, with the groups that have it. */
function kubeletLines(groups: Array<{ group: string; spec: KubeletSpec | undefined }>): string[] {
  const all = groups.flatMap(({ group, spec }) => (spec?.notCarried ?? []).map(item => ({ group, ...item })));
  return [...new Set(all.map(({ field, value }) => `${field} ${value}`))].sort().map(key => {
    const same = all.filter(({ field, value }) => `${field} ${value}` === key);
    return `| kubelet of ${same.map(({ group }) => group).join(', ')} | \`${same[0].field}\` | ${same[0].value} | ${same[0].then} |`;
  });
}
