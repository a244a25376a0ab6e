import { KOPS } from '../../../catalogue/kops-kubelet-fields';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { IpRange, rangeProblem } from '../../../cluster/ip-range';
import { Problems } from '../../../input/problems';
import { dnsLabelProblem, dnsNameProblem, quoted } from '../../../input/text-safety';

/** What a subnet is for. */
export enum KopsSubnetType {
  /** Machines with public addresses. */
  PUBLIC = 'Public',
  /** Machines without public addresses. */
  PRIVATE = 'Private',
  /** Balancers and NAT gateways only; private subnets that kOps makes need one in their zone. */
  UTILITY = 'Utility',
}

/** A subnet of the machines. */
export interface KopsSubnet {
  /** Name inside kOps. */
  readonly name: string;

  /** Zone of AWS, such as `eu-central-1a`: pools and members of the control plane name the same. */
  readonly zone: string;

  /** Its range, inside the node range of the cluster. */
  readonly cidr: string;

  /** @default KopsSubnetType.PRIVATE */
  readonly type?: KopsSubnetType;

  /**
   * A subnet that exists already.
   *
   * @default - kOps makes it
   */
  readonly id?: string;

  /**
   * How machines without public addresses get out, such as `nat-0123456789abcdef0` or `External`.
   *
   * @default - a NAT gateway that kOps makes
   */
  readonly egress?: string;
}

/** What kOps cannot know from the description. AWS is the cloud. */
export interface KopsOptions {
  /** Name of the cluster in kOps: a DNS name with a dot, such as `shop.example.com`. */
  readonly clusterName: string;

  /** Folder of the cluster in the state store, such as `s3://state-store/shop.example.com`. */
  readonly configBase: string;

  /** Subnets of machines and balancers. */
  readonly subnets: KopsSubnet[];

  /** EC2 instance type of each pool, by name of the pool; it must have the shape of the pool's machine, or reservations are wrong. */
  readonly machineTypes: { readonly [pool: string]: string };

  /** EC2 instance type of the control plane; it must have the shape of its machine. */
  readonly controlPlaneMachineType: string;

  /**
   * Image of all machines, as kOps takes it: owner and name, or an AMI.
   *
   * @default - the one of kOps' channel for the release
   */
  readonly image?: string;

  /**
   * Images of pools that need another one, by name of the pool: GPU pools need driver and container toolkit in theirs.
   *
   * @default - `image` for all
   */
  readonly poolImages?: { readonly [pool: string]: string };

  /**
   * Whether the load balancer of the API servers has a public address.
   *
   * @default false
   */
  readonly publicEndpoint?: boolean;

  /**
   * Ranges that may reach the API servers.
   *
   * @default - the node range
   */
  readonly apiAccess?: string[];
}

const IMAGE = /^[A-Za-z0-9][A-Za-z0-9._/:-]*$/;

const INSTANCE_TYPE = /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/;

/** All that is wrong with the options, and what kOps cannot make of the description. */
export function checkKops(options: KopsOptions, cluster: ClusterFacts, pools: string[], problems: Problems): void {
  const clusterPools = cluster.pools.map(pool => pool.name);
  problems.add(dnsNameProblem('clusterName', options.clusterName));
  problems.require(options.clusterName.includes('.'), `clusterName must have a dot, such as ${cluster.name}.example.com, got ${quoted(options.clusterName)}`);
  problems.require(/^s3:\/\/[a-z0-9.-]+(\/[A-Za-z0-9._-]+)+$/.test(options.configBase), `configBase must be a folder of an S3 bucket such as s3://state-store/${options.clusterName}, got ${quoted(options.configBase)}`);
  const images: Array<[string, string]> = [...(options.image === undefined ? [] : [['image', options.image] as [string, string]]), ...Object.entries(options.poolImages ?? {}).map(([pool, image]): [string, string] => [`poolImages.${pool}`, image])];
  for (const [field, image] of images) { problems.require(IMAGE.test(image), `${field} must be an AMI or owner and name, got ${quoted(image)}`); }
  const types: Array<[string, string]> = [['controlPlaneMachineType', options.controlPlaneMachineType], ...Object.entries(options.machineTypes).map(([pool, type]): [string, string] => [`machineTypes.${pool}`, type])];
  for (const [field, type] of types) { problems.require(INSTANCE_TYPE.test(type), `${field} must be an EC2 instance type such as m7i.4xlarge, got ${quoted(type)}`); }
  for (const pool of pools.filter(name => options.machineTypes[name] === undefined)) { problems.add(`machineTypes must name an instance type for pool '${pool}'`); }
  for (const [field, names] of [['machineTypes', options.machineTypes], ['poolImages', options.poolImages ?? {}]] as Array<[string, object]>) {
    for (const pool of Object.keys(names).filter(candidate => !clusterPools.includes(candidate))) { problems.add(`${field}: there is no pool ${quoted(pool)}; the pools are ${clusterPools.join(', ')}`); }
  }
  for (const range of options.apiAccess ?? []) { if (rangeProblem(range) !== undefined) { problems.add(`apiAccess: ${rangeProblem(range)}`); } }
  problems.require(cluster.apiPort === KOPS.apiPort,
    `controlPlane.endpoint must have port ${KOPS.apiPort}, got ${cluster.apiPort}: API servers of kOps and their balancer listen there, and manifests name the endpoint; use that port, or Installer.kubeadm()`);
  problems.require(!cluster.network.dualStack && cluster.network.family === 4, 'kOps has one family of addresses, and this form writes IPv4; use Installer.kubeadm()');
  checkSubnets(options, cluster, pools, problems);
}

function checkSubnets(options: KopsOptions, cluster: ClusterFacts, pools: string[], problems: Problems): void {
  const { subnets } = options;
  const nodes = IpRange.parse('network.nodeCidr', cluster.network.nodeCidr);
  for (const [i, subnet] of subnets.entries()) {
    problems.add(dnsLabelProblem(`subnets[${i}].name`, subnet.name));
    problems.add(dnsLabelProblem(`subnets[${i}].zone`, subnet.zone));
    problems.require(subnets.findIndex(other => other.name === subnet.name) === i, `subnets[${i}].name '${subnet.name}' is used twice`);
    const problem = rangeProblem(subnet.cidr);
    if (problem !== undefined) { problems.add(`subnets[${i}].cidr: ${problem}`); continue; }
    const range = IpRange.parse('cidr', subnet.cidr);
    problems.require(nodes.holds(range), `subnets[${i}].cidr must lie in the node range ${nodes}, got ${range}`);
    for (const other of subnets.slice(0, i)) {
      if (rangeProblem(other.cidr) === undefined) { problems.require(!IpRange.parse('cidr', other.cidr).overlaps(range), `subnets[${i}].cidr ${range} overlaps that of subnet '${other.name}'`); }
    }
  }
  const zones = machineSubnets(options).map(subnet => subnet.zone);
  problems.require(zones.length > 0, 'subnets must have one that machines live in, of type Private or Public');
  problems.require(options.publicEndpoint === true || subnets.some(subnet => subnetType(subnet) === KopsSubnetType.PRIVATE), 'a load balancer without public address needs a subnet of type Private; add one or set publicEndpoint');
  for (const pool of cluster.pools.filter(candidate => pools.includes(candidate.name))) {
    for (const zone of pool.zones.filter(name => !zones.includes(name))) { problems.add(`pool '${pool.name}': there is no subnet for machines in zone '${zone}'; the zones of subnets are ${zones.join(', ')}`); }
  }
  for (const member of cluster.controlPlaneMembers) {
    if (member.zone !== undefined) { problems.require(zones.includes(member.zone), `member '${member.name}': there is no subnet for machines in zone '${member.zone}'; the zones of subnets are ${zones.join(', ')}`); }
  }
  problems.require(nonMasqueraded(cluster) !== undefined,
    `pods (${cluster.network.podCidr}) and Services (${cluster.network.serviceCidr}) must lie in one block that has no machines (${cluster.network.nodeCidr}): kOps knows one range inside which nothing is masqueraded`);
}

/** Subnets that machines live in. */
export function machineSubnets(options: KopsOptions): KopsSubnet[] {
  return options.subnets.filter(subnet => subnetType(subnet) !== KopsSubnetType.UTILITY);
}

/** Type of a subnet. */
export function subnetType(subnet: KopsSubnet): KopsSubnetType {
  return subnet.type ?? KopsSubnetType.PRIVATE;
}

/** The smallest block that holds pods and Services; undefined where it would hold machines too. */
export function nonMasqueraded(cluster: ClusterFacts): string | undefined {
  const [pods, services, nodes] = [cluster.network.podCidr, cluster.network.serviceCidr, cluster.network.nodeCidr].map(text => IpRange.parse('network', text));
  for (let prefix = Math.min(pods.prefix, services.prefix); prefix >= 0; prefix--) {
    const block = IpRange.around(pods.addressAt(0), prefix);
    if (block.overlaps(nodes)) { return undefined; }
    if (block.holds(services)) { return block.toString(); }
  }
  return undefined;
}
