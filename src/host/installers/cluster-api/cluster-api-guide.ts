import { ClusterApiOptions } from './infrastructure';
import { ENCRYPTION_KEY } from './kubeadm-config';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { NodePool } from '../../../cluster/node-pool';

/** What the guide speaks of. */
export interface ClusterApiGuideFacts {
  readonly hasControlPlane: boolean;
  readonly etcdMachines: string[];
  /** Name of the Secret with the key of encryption at rest. @default - none is needed */
  readonly encryptionSecret?: string;
  readonly pools: Array<{ readonly pool: NodePool; readonly deployments: string[]; readonly path: string }>;
}

/** How a management cluster makes it, and what it cannot make. */
export function clusterApiGuide(cluster: ClusterFacts, options: ClusterApiOptions, facts: ClusterApiGuideFacts): string {
  const namespace = options.namespace ?? 'default';
  const rows = facts.pools.map(({ pool, deployments, path }) =>
    `| ${pool.name} | \`${path}\` | ${deployments.map(name => `\`${name}\``).join(', ')} | ${pool.nodesToday} | ${pool.nodes} | ${options.autoscaledPools?.includes(pool.name) ? 'autoscaler' : 'replicas'} |`);
  return `# ${cluster.name} by Cluster API

Objects of API version v1beta2 (Cluster API 1.11 and newer) with the kubeadm providers. Cluster API 1.13.1 names Kubernetes 1.36 as its newest release; this cluster has ${cluster.release.tag}: check the support
matrix of yours.

## What is not here

${facts.hasControlPlane ? `- **etcd.** Its members have names, addresses and disks, and Cluster API replaces machines. Set it up on ${facts.etcdMachines.length > 0 ? facts.etcdMachines.map(name => `\`${name}\``).join(', ') : 'machines of its own'} with \`host/plain\`, where these machines run etcd only; the control plane here reaches it over the
  network. **Machines with these names are therefore not those of the KubeadmControlPlane.**` : '- **The control plane**: no API server is part of this tree. The pools join a Cluster object that somebody else made.'}
- Infrastructure: ${[options.infrastructureCluster, options.controlPlaneTemplate, ...Object.values(options.poolTemplates)].map(({ kind, name }) => `\`${kind}/${name}\``).join(', ')} are yours. Machine shapes there must be those of the pools, or reservations are wrong.
- Secrets. Machine pools.${options.clusterClass === undefined ? '' : ' The feature gate ClusterTopology of your management cluster has to be on.'}

${facts.hasControlPlane ? `## Secrets in namespace \`${namespace}\`, before anything else

| Secret | keys | from |
| --- | --- | --- |
| \`${cluster.name}-etcd\` | \`tls.crt\` | \`${HOST_PATHS.etcdCa}\` of an etcd machine |
| \`${cluster.name}-apiserver-etcd-client\` | \`tls.crt\`, \`tls.key\` | \`${HOST_PATHS.apiServerEtcdClientCert}\` and its key |
${facts.encryptionSecret === undefined ? '' : `| \`${facts.encryptionSecret}\` | \`${ENCRYPTION_KEY}\` | the file that \`thousand-node-encryption-config\` of \`host/plain\` makes; keep a copy, Secrets cannot be read without it |\n`}
Each has the label \`cluster.x-k8s.io/cluster-name=${cluster.name}\` and, but for the last, type \`cluster.x-k8s.io/secret\`.

` : ''}## Order

${facts.hasControlPlane ? `1. etcd answers: \`etcdctl endpoint health --cluster\`.
${options.clusterClass === undefined
  ? `1. \`kubectl apply --server-side -f cluster.yaml\`. Wait until KubeadmControlPlane \`${cluster.name}-control-plane\` is initialised.`
  : `1. Templates and class, then the cluster: \`kubectl apply --server-side -f pools -f cluster-class.yaml\`, then \`kubectl apply --server-side -f cluster.yaml\`, the first time with a single replica of each pool.
   Wait until its KubeadmControlPlane is initialised.`}
1. Apply \`dist/\` to the new cluster, wave by wave: nodes are Ready only with a network.
` : ''}${options.clusterClass === undefined
  ? '1. One pool after the other, `kubectl apply --server-side -f pools/<name>.yaml`; the first time with a single replica, until its node is Ready and its serving certificate'
  : '1. Pool by pool raise `replicas` in `cluster.yaml`, when its first node is Ready and its serving certificate'} (signer
   \`kubernetes.io/kubelet-serving\`) approved. Nobody approves it by default.

| pool | file | machine deployments | nodes today | planned | number owned by |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

A machine deployment with many replicas makes them all at once: raise \`replicas\` by at most a tenth of the pool at a time.

## Changes

Every change of a template has a new name, and its machine deployment rolls: new machines first, at most a tenth of the pool at a time. Old templates are removed by you.
User data can be larger than a cloud takes (AWS 16 KiB); providers store it elsewhere then (AWS: Secrets Manager or S3), see the documentation of yours.
`;
}
