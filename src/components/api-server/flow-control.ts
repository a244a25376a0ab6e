import { Lazy } from 'cdk8s';
import { ApiServerSettings } from './api-server-settings';
import { apiVersionOf } from '../../catalogue/api-groups';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ApiClient, ApiClientKind } from '../../contracts/contributions';
import { Manifest } from '../../in-cluster/in-cluster-object';

/** Shares are called differently before 1.26, and lending and borrowing came with the new name. Source: API@36 flowcontrol. */
const NOMINAL_SHARES = { added: '1.26' };

const LEVELS = { dear: 'thousand-node-dear-requests', nodeAgents: 'thousand-node-node-agents' } as const;

/**
 * Priority levels and flow schemas.
 *
 * - Dear requests: LIST and watch across all namespaces by any service account. The level is tiny on purpose; see `dearRequestSeats`.
 * - Node agents: the service accounts of our own per-node agents, by name. They list and watch across namespaces too, but with a field
 *   selector or a small resource, and there is one on every node: a level of their own, matched before the dear requests.
 * - Controllers: our own add-ons that list whole resources when they start; upstream's workload-high, so that a storm of somebody else's
 *   agents does not keep the autoscaler from starting.
 */
export function flowControl(cluster: ClusterFacts, settings: ApiServerSettings, clients: () => ApiClient[]): Manifest[] {
  const apiVersion = apiVersionOf('FlowSchema', cluster.release.version);
  if (apiVersion === undefined) { throw new RangeError(`no flowcontrol API version is recorded for ${cluster.release}`); }
  const schema = (name: string, levelName: string, precedence: number, rules: unknown): Manifest => ({
    apiVersion,
    kind: 'FlowSchema',
    metadata: { name },
    spec: { priorityLevelConfiguration: { name: levelName }, matchingPrecedence: precedence, distinguisherMethod: { type: 'ByUser' }, rules },
  });
  // 64 queues of 8, hand of 6: one of 300 agents shares its queues with few others, and a queue drains before the request times out.
  const queuing = { queues: 64, queueLengthLimit: 8, handSize: 6 };
  const everything = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }];
  // Lazy: clients are added until synth. Without any the schema matches nothing.
  const named = (kind: ApiClientKind) => Lazy.any({
    produce: () => {
      const own = clients().filter(client => client.kind === kind);
      return own.length === 0 ? [] : [{ subjects: subjects(own), resourceRules: everything }];
    },
  });
  return [
    level(cluster, apiVersion, LEVELS.dear, settings.dearShares.value, queuing),
    level(cluster, apiVersion, LEVELS.nodeAgents, settings.nodeAgentShares.value, { queues: 128, queueLengthLimit: 50, handSize: 6 }),
    // Before kube-system-service-accounts (900): agents run in kube-system too.
    schema(LEVELS.nodeAgents, LEVELS.nodeAgents, 850, named(ApiClientKind.NODE_AGENT)),
    schema('thousand-node-controllers', 'workload-high', 860, named(ApiClientKind.CONTROLLER)),
    schema(LEVELS.dear, LEVELS.dear, 1000, [{
      subjects: [{ kind: 'Group', group: { name: 'system:serviceaccounts' } }],
      // clusterScope without namespaces matches requests across all namespaces only: a LIST in one namespace goes its usual way.
      resourceRules: [{ verbs: ['list', 'watch'], apiGroups: ['*'], resources: ['*'], clusterScope: true }],
    }]),
  ];
}

function level(cluster: ClusterFacts, apiVersion: string, name: string, shares: number, queuing: object): Manifest {
  const limited = inRange(cluster.release.version, NOMINAL_SHARES)
    ? { nominalConcurrencyShares: shares, lendablePercent: 0, borrowingLimitPercent: 0 }
    : { assuredConcurrencyShares: shares };
  return {
    apiVersion,
    kind: 'PriorityLevelConfiguration',
    metadata: { name },
    spec: { type: 'Limited', limited: { ...limited, limitResponse: { type: 'Queue', queuing } } },
  };
}

function subjects(clients: ApiClient[]): object[] {
  return clients
    .map(client => ({ kind: 'ServiceAccount', serviceAccount: { name: client.serviceAccount, namespace: client.namespace } }))
    .sort((a, b) => (`${a.serviceAccount.namespace}/${a.serviceAccount.name}` < `${b.serviceAccount.namespace}/${b.serviceAccount.name}` ? -1 : 1));
}
