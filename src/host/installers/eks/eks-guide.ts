import { EksOptions } from './eks-options';
import { NODEADM_OWNED_KUBELET_FIELDS } from '../../../catalogue/eks-node-fields';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { NodePool } from '../../../cluster/node-pool';
import { HostArtefacts } from '../../host-artefacts';

/** What the guide says of a pool. */
export interface EksPool {
  readonly pool: NodePool;
  /** Document that makes its nodes. */
  readonly path: string;
  readonly bytes: number;
  /** Managed node groups; empty with Karpenter. */
  readonly groups: string[];
}

/** How nodes come up on EKS, and what AWS does not let anybody set. */
export function eksGuide(artefacts: HostArtefacts, cluster: ClusterFacts, options: EksOptions, limit: number, image: string, pools: EksPool[]): string {
  const rows = pools.map(({ pool, path, bytes, groups }) =>
    `| ${pool.name} | \`${path}\` | ${bytes} | ${groups.length > 0 ? groups.map(name => `\`${name}\``).join(', ') : 'Karpenter'} | ${pool.nodesToday} | ${pool.nodes} |`);
  const unset = controlPlaneNumbers(artefacts);
  return `# Nodes of ${cluster.name} on EKS

Managed node groups (CloudFormation) and Karpenter objects with the same user data: files of the host for cloud-init, a NodeConfig for nodeadm. Image: Amazon Linux 2023.

| pool | document | user data, bytes of ${limit} | nodes made by | nodes today | planned |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## What is not here

- **The control plane.** AWS runs API servers, controller manager, scheduler and etcd and takes no flags: no file of theirs is in this tree. ${cluster.controlPlaneManagedBy === undefined
  ? `Say \`controlPlane: { members: [], managedBy: 'EKS' }\` in the description:
  then none is made, and audit and report leave out what is about them.`
  : 'The audit marks rules about them as not applicable, and the capacity report has none of their\n  limits.'}
- **Kubelet fields that nodeadm decides**: ${NODEADM_OWNED_KUBELET_FIELDS.map(field => `\`${field}\``).join(', ')}; unit, kubeconfig and certificates of the kubelet.
- **CNI, CoreDNS and kube-proxy of EKS.** They come with a new cluster unless it is made without default add-ons (\`bootstrapSelfManagedAddons: false\`). Where \`dist/\` brings its own, remove the others first,
  or two of each work against one another.
- Roles, subnets, security groups, access entries.
${unset.length > 0 ? `
### Numbers of the description that cannot be set

| component | flag | value elsewhere |
| --- | --- | --- |
${unset.join('\n')}
` : ''}
## Before

- An EKS cluster \`${cluster.name}\` of the minor of ${cluster.release.tag}, service range \`${cluster.network.serviceCidrs.join(',')}\`. EKS offers a minor some months after upstream: look whether it has this one.
- EC2 types of a pool have the shape that the description gives its machines; reservations are made for it.
- Quotas: 450 nodes for each managed node group (larger pools are split), 30 groups for each cluster, vCPUs of the account.

${image}## Order

1. Managed pools, one after the other: \`aws cloudformation deploy --template-file pools/<name>/node-group.json --stack-name ${cluster.name}-<name> --parameter-overrides NodeRoleArn=... Subnets1=...\`. A group makes all its
   nodes at once: for the first time lower \`DesiredSize\` and \`MinSize\` to 1, and look at the node.
${pools.some(({ groups }) => groups.length === 0) ? `1. Karpenter on nodes that it does not own, then \`kubectl apply --server-side -f pools/<name>/karpenter.yaml\`. Subnets and security groups carry the tag \`karpenter.sh/discovery: ${cluster.name}\`. Its kubelet block holds
   what Karpenter computes with; the rest of the configuration is in the user data.
` : ''}1. On a node: \`kubectl get --raw /api/v1/nodes/<node>/proxy/configz\` shows the merged configuration; allocatable must be what \`host/kwok/install.md\` says.
${options.clusterDetails === undefined ? `
Images of your own: managed groups with an \`ImageId\` get no cluster details from EKS. Set \`clusterDetails\` and write again.
` : ''}
## Changes

User data is read at the first boot. A changed template makes a new version of the launch template, and the group rolls its nodes within \`UpdateConfig\`; a changed EC2NodeClass is drift, and Karpenter replaces nodes within the
budget of 10 %.
`;
}

/** Numbers of flags, from the pods that would run elsewhere. */
function controlPlaneNumbers(artefacts: HostArtefacts): string[] {
  const rows = artefacts.staticPods.map(pod => pod.props).concat(artefacts.services.map(service => service.props) as never[])
    .flatMap(({ component, name, flags }) => flags.filter(flag => /^\d+(\.\d+)?(ms|s|m|h)?$/.test(flag.value) && !/port/.test(flag.name))
      .map(flag => `| ${component === 'etcd' ? name : component} | \`${flag.name}\` | ${flag.value} |`));
  return [...new Set(rows)].sort();
}
