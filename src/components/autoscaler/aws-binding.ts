import { acceleratorName, CloudBinding, labelEntries, ScaledGroup } from './cloud-binding';
import { Problems } from '../../input/problems';
import { quoted } from '../../input/text-safety';

/** Choices for Auto Scaling groups of AWS. */
export interface AwsAutoscalerOptions {
  /** Region of the groups, for example `eu-central-1`. */
  readonly region: string;

  /**
   * Find the groups by the tags in `ScaledAutoscaler.nodeGroups`; their own minimum and maximum count. Without it each group is named by
   * `groupName` and gets minimum and maximum from this description.
   *
   * @default true
   * @see flags `node-group-auto-discovery` and `nodes`
   */
  readonly discoverByTag?: boolean;
}

const TAG = 'k8s.io/cluster-autoscaler';
/** Nodes of this label without the resource count as starting until the device plugin answers; without it the group grows again and again. */
const GPU_LABEL = 'k8s.amazonaws.com/accelerator';

export function awsBinding(options: AwsAutoscalerOptions): CloudBinding {
  const byTag = options.discoverByTag ?? true;
  return {
    check: (groups, problems) => checkAws(options, byTag, groups, problems),
    discovery: (clusterName, groups) => (byTag
      ? [{ name: 'node-group-auto-discovery', value: `asg:tag=${TAG}/enabled,${TAG}/${clusterName}` }]
      : groups.map(group => ({ name: 'nodes', value: `${group.minNodes}:${group.maxNodes}:${group.groupName}` }))),
    env: [{ name: 'AWS_REGION', value: options.region }],
    groupMetadata: (clusterName, group) => awsTags(clusterName, byTag, group),
    dnsPolicy: 'Default',
  };
}

function checkAws(options: AwsAutoscalerOptions, byTag: boolean, groups: ScaledGroup[], problems: Problems): void {
  problems.require(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(options.region), `provider: region must be an AWS region such as 'eu-central-1', got ${quoted(options.region)}`);
  if (byTag) { return; }
  for (const { pool, groupName } of groups) {
    problems.require(groupName !== undefined, `provider: pool '${pool.name}' has no groupName; name its Auto Scaling group, or leave discoverByTag on`);
  }
}

function awsTags(clusterName: string, byTag: boolean, group: ScaledGroup): { [tag: string]: string } {
  const { pool } = group;
  const accelerator = acceleratorName(pool);
  return Object.fromEntries([
    ...(byTag ? [[`${TAG}/enabled`, 'true'], [`${TAG}/${clusterName}`, 'owned']] : []),
    ...labelEntries(pool).map(([key, value]) => [`${TAG}/node-template/label/${key}`, value]),
    ...(accelerator ? [[`${TAG}/node-template/label/${GPU_LABEL}`, accelerator]] : []),
    ...(pool.gpu ? [[`${TAG}/node-template/resources/${pool.gpu.resourceName}`, String(pool.gpu.reported)]] : []),
    ...pool.taints.map(taint => [`${TAG}/node-template/taint/${taint.key}`, `${taint.value ?? ''}:${taint.effect}`]),
  ]);
}
