import { Duration } from 'cdk8s';
import { AutoscalerSettings } from './autoscaler-settings';
import { RepeatedFlag } from './cloud-binding';
import { EXPANDER_CHAIN } from '../../catalogue/autoscaling-features';
import { CLUSTER_AUTOSCALER_FLAGS } from '../../catalogue/cluster-autoscaler-flags';
import { flagProblem } from '../../catalogue/flag-table';
import { inRange } from '../../catalogue/version-range';
import { POOL_LABEL } from '../../cluster/node-pool';
import { Derivation } from '../../derivation/derivation';
import { FlagList } from '../../formats/flag-list';
import { goDuration } from '../../formats/go-duration';
import { Problems } from '../../input/problems';

export const METRICS_PORT = 8085;
const COMPONENT = 'cluster-autoscaler';

/** The command line; the settings have checked the user's own flags. */
export function autoscalerArguments(clusterName: string, namespace: string, settings: AutoscalerSettings): string[] {
  const { version, provider } = settings;
  const duration = (derivation: Derivation) => goDuration(Duration.seconds(derivation.value));
  const knows = (flag: string) => flagProblem(COMPONENT, CLUSTER_AUTOSCALER_FLAGS, version, flag) === undefined;
  const flags = new FlagList(COMPONENT, CLUSTER_AUTOSCALER_FLAGS, version).defaults({
    'address': `:${METRICS_PORT}`,
    'balance-similar-node-groups': true,
    'cloud-config': provider._binding.cloudConfig,
    'cloud-provider': provider.name,
    'cordon-node-before-terminating': true,
    'cores-total': `0:${settings.coresTotal.value}`,
    // A tie after the priorities goes to the group that leaves least idle, not to chance.
    'expander': inRange(version, EXPANDER_CHAIN) ? 'priority,least-waste' : 'priority',
    'kube-client-burst': settings.burst.value,
    'kube-client-qps': settings.qps.value,
    'leader-elect': true,
    'max-drain-parallelism': settings.drainParallelism.value,
    // The older name of the same limit; where both exist the newer one sets both.
    'max-empty-bulk-delete': knows('max-scale-down-parallelism') ? undefined : settings.scaleDownParallelism.value,
    'max-node-provision-time': duration(settings.nodeProvisionTime),
    'max-nodes-total': settings.maxNodesTotal.value,
    'max-scale-down-parallelism': settings.scaleDownParallelism.value,
    'max-total-unready-percentage': settings.unreadyPercentage.value,
    'memory-total': `0:${settings.memoryTotal.value}`,
    'namespace': namespace,
    'ok-total-unready-count': settings.okUnreadyCount.value,
    'scale-down-delay-after-add': duration(settings.delayAfterAdd),
    'scale-down-delay-after-delete': duration(settings.delayAfterDelete),
    'scale-down-unneeded-time': duration(settings.unneededTime),
    'scale-down-unready-time': duration(settings.unreadyTime),
    'scan-interval': duration(settings.scanInterval),
    'skip-nodes-with-local-storage': settings.skipNodesWithLocalStorage,
  }).extra('extraFlags', settings.extraFlags, new Problems(COMPONENT));

  const taint = knows('startup-taint') ? 'startup-taint' : 'ignore-taint';
  const repeated: RepeatedFlag[] = [
    ...provider._binding.discovery(clusterName, settings.groups),
    // One pool spread over several groups (one per zone) grows evenly; nothing else counts as similar. It would silently switch a
    // user's balancing-ignore-label off, so it yields to that.
    ...(knows('balancing-label') && flags.get('balancing-ignore-label') === undefined ? [{ name: 'balancing-label', value: POOL_LABEL }] : []),
    ...settings.startupTaints.map(value => ({ name: taint, value })),
  ];
  return [...flags.toArguments(), ...repeated.map(({ name, value }) => `--${name}=${value}`)].sort();
}
