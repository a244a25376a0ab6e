import { EksOptions } from './eks-options';
import { nodeClassKubelet } from './node-config';
import { EKS_IMAGE_RELEASE } from '../../../catalogue/eks-node-fields';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { NodePool } from '../../../cluster/node-pool';
import { KubeletHost } from '../../kubelet-host';

/** EC2NodeClass and NodePool of a pool. */
export function karpenterObjects(pool: NodePool, kubelet: KubeletHost, userData: string, cluster: ClusterFacts, options: EksOptions): object[] {
  const name = `${cluster.name}-${pool.name}`;
  const discovery = [{ tags: { 'karpenter.sh/discovery': cluster.name } }];
  return [
    {
      apiVersion: 'karpenter.k8s.aws/v1',
      kind: 'EC2NodeClass',
      metadata: { name },
      spec: {
        amiSelectorTerms: [{ alias: `al2023@${options.imageRelease ?? EKS_IMAGE_RELEASE}` }],
        role: options.nodeRole,
        subnetSelectorTerms: discovery,
        securityGroupSelectorTerms: discovery,
        kubelet: nodeClassKubelet(kubelet),
        metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
        userData,
      },
    },
    {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      metadata: { name },
      spec: {
        template: {
          metadata: { labels: pool.labels },
          spec: {
            nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name },
            requirements: [
              requirement('node.kubernetes.io/instance-type', options.instanceTypes[pool.name]),
              ...(pool.zones.length > 0 ? [requirement('topology.kubernetes.io/zone', pool.zones)] : []),
              // Spot would make the planned number of nodes a matter of the market.
              requirement('karpenter.sh/capacity-type', ['on-demand']),
              requirement('kubernetes.io/os', ['linux']),
              requirement('kubernetes.io/arch', ['amd64']),
            ],
            ...(pool.taints.length === 0 ? {} : { taints: pool.taints.map(taint => ({ ...taint })) }),
            // A change of the image is rolled by its release; nodes of one age would all end together.
            expireAfter: 'Never',
          },
        },
        // The planned size is the upper bound; a new pod beyond it stays pending.
        limits: { cpu: String(pool.nodes * pool.machine.cpu), memory: `${pool.nodes * pool.machine.memoryMebibytes}Mi` },
        // At most a tenth at a time, as everywhere in this tree.
        disruption: { consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: '10m', budgets: [{ nodes: '10%' }] },
      },
    },
  ];
}

function requirement(key: string, values: string[]): object {
  return { key, operator: 'In', values };
}
