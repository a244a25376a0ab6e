import { BlockPlan } from './calico-capacity';
import { LimitChange } from './limit';
import { apiVersionOf } from '../catalogue/api-groups';
import { ClusterFacts } from '../cluster/cluster-facts';

/** A choice that the installation makes for good, or nearly so. */
export interface ImmutableChoice {
  /** `pod ranges`, `block size`, ... */
  readonly choice: string;
  readonly value: string;
  /** Why it cannot be changed. */
  readonly reason: string;
  /** What a change costs all the same. */
  readonly cost: string;
  /** What it takes to get more of it. */
  readonly growth: LimitChange;
  readonly source: string;
}

/** What the network plan settles for the life of the cluster, in the cluster's own release. */
export function networkImmutables(cluster: ClusterFacts, plan: BlockPlan): ImmutableChoice[] {
  const { network, release } = cluster;
  const morePerObject = apiVersionOf('ServiceCIDR', release.version) === 'networking.k8s.io/v1';
  return [
    {
      choice: 'pod ranges',
      value: network.podCidrs.join(', '),
      reason: 'running pods keep their addresses, and policies, firewalls and routes outside know the range',
      cost: 'a second Calico pool (IPPool) adds room while the cluster runs; to leave the first one, disable it and replace every pod',
      growth: LimitChange.ONLINE,
      source: 'CALDOC:reference/resources/ippool',
    },
    {
      choice: 'Calico block size',
      value: `/${plan.blockSize}`,
      reason: 'nodes hold blocks of the size that their pool was made with',
      cost: 'a new pool with another block size, the old one disabled, every pod replaced',
      growth: LimitChange.ROLLOUT,
      source: 'CALDOC:networking/ipam/change-block-size',
    },
    {
      choice: 'Service ranges',
      value: network.serviceCidrs.join(', '),
      reason: `every Service keeps its address; ${network.kubernetesServiceAddress} stands in certificates, ${network.dnsServiceAddress} in kubelets and running pods`,
      cost: morePerObject
        ? 'a ServiceCIDR object adds a range while the cluster runs; the first range stays'
        : `none can be added before Kubernetes 1.33 (this is ${release}); another range means new addresses for all Services, new certificates, all pods replaced`,
      growth: morePerObject ? LimitChange.ONLINE : LimitChange.NEVER,
      source: 'KEP-1880',
    },
    {
      choice: 'node ranges',
      value: network.nodeCidrs.join(', '),
      reason: 'API servers and etcd members are known by address, in certificates and on the command lines of all others',
      cost: 'a subnet beside it adds room: extend Calico\'s address detection, firewalls and secured pod policies, then roll the nodes',
      growth: LimitChange.ROLLOUT,
      source: 'CAL@v3.32.0 reference/installation',
    },
    {
      choice: 'first address family',
      value: `IPv${network.family}${network.dualStack ? ', dual stack' : ', one family'}`,
      reason: 'the kubernetes Service, DNS and the addresses of API servers have it',
      cost: network.dualStack
        ? 'the order cannot be turned round; the second family can be taken away once no Service uses it'
        : 'a second family can be added: second ranges on API server and controller manager, a second pool, addresses on machines, pods replaced',
      growth: network.dualStack ? LimitChange.NEVER : LimitChange.ROLLOUT,
      source: 'WEB:docs/concepts/services-networking/dual-stack',
    },
    {
      choice: 'cluster domain',
      value: network.clusterDomain,
      reason: 'it is the issuer of service account tokens, and stands in certificates and in the search list of every running pod',
      cost: 'new certificates and tokens, CoreDNS and kubelets changed, all pods replaced',
      growth: LimitChange.NEVER,
      source: 'KL@36 clusterDomain',
    },
  ];
}
