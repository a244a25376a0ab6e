import { largestJoinWave } from '../../../capacity/host-capacity';
import { MANAGED_GROUP_MAX_UNAVAILABLE, NODES_PER_MANAGED_GROUP } from '../../../catalogue/eks-node-fields';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { NodePool, TaintEffect } from '../../../cluster/node-pool';

const EFFECTS: { [effect in TaintEffect]: string } = {
  [TaintEffect.NO_SCHEDULE]: 'NO_SCHEDULE',
  [TaintEffect.PREFER_NO_SCHEDULE]: 'PREFER_NO_SCHEDULE',
  [TaintEffect.NO_EXECUTE]: 'NO_EXECUTE',
};

/** A managed node group of a pool. */
interface Group { readonly name: string; readonly subnets: string; readonly nodes: number; readonly nodesToday: number }

/**
 * CloudFormation of a pool: its launch template and managed node groups, one for each zone and for each 450 nodes.
 *
 * CloudFormation and not a file of eksctl: the launch template is what carries user data unchanged, and every other tool for AWS can take it in.
 */
export function nodeGroupTemplate(pool: NodePool, instanceTypes: string[], userData: string, cluster: ClusterFacts): object {
  const zones: Array<string | undefined> = pool.zones.length > 0 ? pool.zones : [undefined];
  const groups = groupsOf(pool, zones);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Nodes of pool ${pool.name} of ${cluster.name}`,
    Parameters: {
      NodeRoleArn: { Type: 'String', Description: 'ARN of the IAM role of nodes' },
      ...Object.fromEntries(zones.map((zone, i) => [parameter(i), {
        Type: 'List<AWS::EC2::Subnet::Id>',
        Description: zone === undefined ? 'Subnets of the nodes' : `Subnets of the nodes in zone ${zone}`,
      }]).filter(([name]) => groups.some(group => group.subnets === name))),
    },
    Resources: {
      LaunchTemplate: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: {
          LaunchTemplateData: {
            UserData: Buffer.from(userData).toString('base64'),
            // Pods must not reach the credentials of their node.
            MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
          },
        },
      },
      ...Object.fromEntries(groups.map((group, i) => [`Group${i + 1}`, { Type: 'AWS::EKS::Nodegroup', Properties: properties(pool, group, instanceTypes, cluster) }])),
    },
  };
}

/** Names of the groups, as the guide tells them. */
export function groupNames(pool: NodePool): string[] {
  return groupsOf(pool, pool.zones.length > 0 ? pool.zones : [undefined]).map(group => group.name);
}

function groupsOf(pool: NodePool, zones: Array<string | undefined>): Group[] {
  return zones.flatMap((zone, i) => {
    const nodes = share(pool.nodes, zones.length, i);
    const nodesToday = Math.min(nodes, share(pool.nodesToday, zones.length, i));
    const count = Math.ceil(nodes / NODES_PER_MANAGED_GROUP);
    return Array.from({ length: count }, (_, j) => ({
      name: [pool.name, ...(zone === undefined ? [] : [zone]), ...(count === 1 ? [] : [String(j + 1)])].join('-'),
      subnets: parameter(i),
      nodes: share(nodes, count, j),
      nodesToday: share(nodesToday, count, j),
    }));
  });
}

function properties(pool: NodePool, group: Group, instanceTypes: string[], cluster: ClusterFacts): object {
  return {
    ClusterName: cluster.name,
    NodegroupName: group.name,
    NodeRole: { Ref: 'NodeRoleArn' },
    Subnets: { Ref: group.subnets },
    InstanceTypes: instanceTypes,
    AmiType: pool.gpu ? 'AL2023_x86_64_NVIDIA' : 'AL2023_x86_64_STANDARD',
    Version: cluster.releaseOf(pool).tag.slice(1).split('.').slice(0, 2).join('.'),
    ScalingConfig: { MinSize: group.nodesToday, DesiredSize: group.nodesToday, MaxSize: group.nodes },
    UpdateConfig: { MaxUnavailable: Math.min(MANAGED_GROUP_MAX_UNAVAILABLE, largestJoinWave(pool.name, group.nodes).value) },
    Labels: pool.labels,
    ...(pool.taints.length === 0 ? {} : {
      Taints: pool.taints.map(taint => ({ Key: taint.key, ...(taint.value === undefined ? {} : { Value: taint.value }), Effect: EFFECTS[taint.effect] })),
    }),
    LaunchTemplate: { Id: { Ref: 'LaunchTemplate' }, Version: { 'Fn::GetAtt': ['LaunchTemplate', 'LatestVersionNumber'] } },
  };
}

function parameter(zone: number): string {
  return `Subnets${zone + 1}`;
}

/** The first take the rest. */
function share(nodes: number, parts: number, index: number): number {
  return Math.floor(nodes / parts) + (index < nodes % parts ? 1 : 0);
}
