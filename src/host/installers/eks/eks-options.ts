import { NODEADM_OLDEST_MINOR } from '../../../catalogue/eks-node-fields';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { EKS } from '../../../cluster/managed-control-plane';
import { Problems } from '../../../input/problems';
import { quoted } from '../../../input/text-safety';
import { UserDataOptions } from '../user-data-options';

/** Where nodes find an EKS cluster; only images of your own need it. */
export interface EksClusterDetails {
  /** URL of the API server, as `aws eks describe-cluster` prints it. */
  readonly apiServerEndpoint: string;
  /** Certificate authority of the cluster in base64: public, no secret. */
  readonly certificateAuthority: string;
}

/** What EKS cannot know from the description. */
export interface EksOptions extends UserDataOptions {
  /** EC2 instance types of each pool, by name of the pool; all of a pool must have the shape of its machine, or reservations are wrong. */
  readonly instanceTypes: { readonly [pool: string]: string[] };

  /**
   * Pools whose nodes Karpenter makes; the others become managed node groups.
   *
   * @default - none
   */
  readonly karpenterPools?: string[];

  /**
   * Name of the IAM role of nodes that Karpenter makes. Managed node groups take theirs as a parameter of the template.
   *
   * @default - none; needed with `karpenterPools`
   */
  readonly nodeRole?: string;

  /**
   * Release of the Amazon Linux 2023 image for Karpenter.
   *
   * @default v20260724
   */
  readonly imageRelease?: string;

  /**
   * Endpoint and authority for nodeadm. Managed node groups and Karpenter add them by themselves.
   *
   * @default - added by EKS
   */
  readonly clusterDetails?: EksClusterDetails;
}

const INSTANCE_TYPE = /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/;
const ROLE = /^[A-Za-z0-9+=,.@_-]{1,64}$/;
const IMAGE_RELEASE = /^v\d{8}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** All that is wrong with the options and the cluster. */
export function checkEks(options: EksOptions, cluster: ClusterFacts, pools: string[], problems: Problems): void {
  const clusterPools = cluster.pools.map(pool => pool.name);
  for (const name of pools) {
    const types = options.instanceTypes[name] ?? [];
    problems.require(types.length > 0, `instanceTypes must name EC2 instance types for pool '${name}'; machines of a pool cannot be made without one`);
    for (const type of types) { problems.require(INSTANCE_TYPE.test(type), `instanceTypes.${name}: ${quoted(type)} is no instance type; one looks like m7i.4xlarge`); }
  }
  for (const [field, names] of [['instanceTypes', Object.keys(options.instanceTypes)], ['karpenterPools', options.karpenterPools ?? []]] as Array<[string, string[]]>) {
    for (const name of names.filter(candidate => !clusterPools.includes(candidate))) { problems.add(`${field}: there is no pool ${quoted(name)}; the pools are ${clusterPools.join(', ')}`); }
  }
  problems.require((options.karpenterPools ?? []).length === 0 || options.nodeRole !== undefined, 'nodeRole must name the IAM role of nodes when karpenterPools has pools');
  if (options.nodeRole !== undefined) { problems.require(ROLE.test(options.nodeRole), `nodeRole must be the name of an IAM role, not its ARN, got ${quoted(options.nodeRole)}`); }
  if (options.imageRelease !== undefined) {
    problems.require(IMAGE_RELEASE.test(options.imageRelease), `imageRelease must be a release of the image such as v20260724, got ${quoted(options.imageRelease)}; 'latest' would change nodes unasked`);
  }
  if (options.clusterDetails !== undefined) {
    problems.require(/^https:\/\/[A-Za-z0-9.-]+$/.test(options.clusterDetails.apiServerEndpoint), 'clusterDetails.apiServerEndpoint must be an https URL as describe-cluster prints it');
    problems.require(BASE64.test(options.clusterDetails.certificateAuthority), 'clusterDetails.certificateAuthority must be base64 on one line as describe-cluster prints it');
  }
  problems.require(cluster.controlPlaneManagedBy === undefined || cluster.controlPlaneManagedBy === EKS,
    `controlPlane.managedBy is ${quoted(cluster.controlPlaneManagedBy)}, and this form is for EKS; use Installer.plain() for what lies on its nodes`);
  problems.require(cluster.network.clusterDomain === 'cluster.local', `the domain of an EKS cluster is cluster.local, got ${quoted(cluster.network.clusterDomain)}; use Installer.kubeadm() for another`);
  for (const pool of cluster.pools.filter(candidate => pools.includes(candidate.name))) {
    const release = cluster.releaseOf(pool);
    problems.require(release.minor >= NODEADM_OLDEST_MINOR,
      `pool '${pool.name}': a kubelet of ${release} reads no drop-in, the way nodeadm hands over a configuration; use a release from 1.${NODEADM_OLDEST_MINOR} on, or Installer.plain()`);
  }
}
