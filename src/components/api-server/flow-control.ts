import { Lazy } from 'cdk8s';
import { ApiServerSettings } from './api-server-settings';
import { everything, SchemaRules, schemaRules, someResources, Subject, wholeResources } from './flow-schema-rules';
import { OWN_HAND_SIZE, OWN_LEVELS } from '../../capacity/priority-level-capacity';
import { apiVersionOf } from '../../catalogue/api-groups';
import { CLUSTER_DNS_ACCOUNT, CONTROLLER_ACCOUNTS, CONTROL_PLANE_NAMESPACE, SERVICE_PROXY, USER_GROUPS } from '../../catalogue/control-plane-accounts';
import { LENDING } from '../../catalogue/flow-control-features';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ApiClient, ApiClientKind } from '../../contracts/contributions';
import { Manifest } from '../../in-cluster/in-cluster-object';

/** Where a schema stands among upstream's: 100 leader election, 400 and 500 nodes, 800 and 900 control plane, 9000 service accounts, 9900 all others. */
interface SchemaPlan {
  readonly name: string;
  readonly level: string;
  readonly precedence: number;
  /** Lazy where clients are added until synth. */
  rules(clients: ApiClient[]): SchemaRules;
}

/**
 * Priority levels and flow schemas.
 *
 * A request is judged by its shape first: a LIST or watch across all namespaces may hold every object of a kind, also as initial events of a watch, and
 * four small levels bound how many of these run at a time: for our add-ons, for people, for agents on nodes, and for all other service accounts. Everything
 * else goes its usual way. Upstream's objects are left as they are.
 */
export function flowControl(cluster: ClusterFacts, settings: ApiServerSettings, clients: () => ApiClient[]): Manifest[] {
  const apiVersion = apiVersionOf('FlowSchema', cluster.release.version);
  if (apiVersion === undefined) { throw new RangeError(`no flowcontrol API version is recorded for ${cluster.release}`); }
  const schema = ({ name, level: levelName, precedence, rules }: SchemaPlan): Manifest => ({
    apiVersion,
    kind: 'FlowSchema',
    metadata: { name },
    spec: {
      priorityLevelConfiguration: { name: levelName },
      matchingPrecedence: precedence,
      distinguisherMethod: { type: 'ByUser' },
      rules: Lazy.any({ produce: () => schemaRules(rules(clients())) }),
    },
  });
  const { shares } = settings;
  const limited = (name: string, share: number, queues: number, queueLengthLimit: number) =>
    level(cluster, apiVersion, name, share, { queues, queueLengthLimit, handSize: OWN_HAND_SIZE });
  return [
    // 64 queues of 8, hand of 6: one of 300 agents shares its queues with few others, and a queue drains before the request times out.
    limited(OWN_LEVELS.dear, shares.dear.value, 64, 8),
    limited(OWN_LEVELS.nodeAgents, shares.nodeAgents.value, 128, 50),
    // Few clients, but each asks for all its resources at once when it starts: room for 300 waiting requests of one of them.
    limited(OWN_LEVELS.controllers, shares.controllers.value, 64, 50),
    limited(OWN_LEVELS.people, shares.people.value, 64, 16),
    ...SCHEMAS.map(schema),
  ];
}

const ofKind = (clients: ApiClient[], kind: ApiClientKind): Subject[] =>
  clients.filter(client => client.kind === kind).map(client => ({ namespace: client.namespace, account: client.serviceAccount }));

const controllers = (clients: ApiClient[]): Subject[] => [
  ...ofKind(clients, ApiClientKind.CONTROLLER), { namespace: CONTROL_PLANE_NAMESPACE, account: CLUSTER_DNS_ACCOUNT },
];

const SCHEMAS: SchemaPlan[] = [
  {
    // An add-on that lists whole resources does not keep another one from renewing its lease.
    name: 'thousand-node-leader-election',
    level: 'leader-election',
    precedence: 210,
    rules: clients => ({ subjects: controllers(clients), resources: someResources(['get', 'create', 'update'], 'coordination.k8s.io', 'leases') }),
  },
  {
    // A node that joins is no system:nodes yet and would stand among people: when a rack returns, it must not.
    name: 'thousand-node-joining-nodes',
    level: 'system',
    precedence: 510,
    rules: () => ({ subjects: [{ group: USER_GROUPS.bootstrappers }], resources: everything(), nonResourceUrls: true }),
  },
  {
    // Before kube-system-service-accounts (900): agents run in kube-system too. They list and watch across namespaces, but with a field selector or a
    // small resource. A schema does not see the selector, so they are matched by name.
    name: 'thousand-node-node-agents',
    level: OWN_LEVELS.nodeAgents,
    precedence: 850,
    rules: clients => ({
      subjects: [
        ...ofKind(clients, ApiClientKind.NODE_AGENT),
        { namespace: CONTROL_PLANE_NAMESPACE, account: SERVICE_PROXY.account },
        { user: SERVICE_PROXY.user },
      ],
      resources: everything(),
    }),
  },
  {
    name: 'thousand-node-controller-lists',
    level: OWN_LEVELS.controllers,
    precedence: 855,
    rules: clients => ({ subjects: controllers(clients), resources: wholeResources() }),
  },
  {
    // What they write is few and urgent.
    name: 'thousand-node-controllers',
    level: 'workload-high',
    precedence: 860,
    rules: clients => ({ subjects: controllers(clients), resources: everything() }),
  },
  {
    // With credentials of their own, the controllers of the control plane are service accounts of kube-system, and they start with whole resources.
    name: 'thousand-node-control-plane-controllers',
    level: 'workload-high',
    precedence: 870,
    rules: () => ({
      subjects: CONTROLLER_ACCOUNTS.map(account => ({ namespace: CONTROL_PLANE_NAMESPACE, account })),
      resources: someResources(['list', 'watch'], '*', '*', true),
    }),
  },
  {
    // Before 900, so that nobody escapes it by running in kube-system.
    name: 'thousand-node-dear-requests',
    level: OWN_LEVELS.dear,
    precedence: 880,
    rules: () => ({ subjects: [{ group: USER_GROUPS.serviceAccounts }], resources: wholeResources() }),
  },
  {
    // Nodes, service accounts and the control plane were matched before: who is left are people, and programs outside of the cluster.
    name: 'thousand-node-people',
    level: OWN_LEVELS.people,
    precedence: 9500,
    rules: () => ({ subjects: [{ group: USER_GROUPS.authenticated }], resources: wholeResources() }),
  },
  {
    // Whoever has not signed in is refused before he takes a seat from people.
    name: 'thousand-node-unauthenticated',
    level: 'catch-all',
    precedence: 9800,
    rules: () => ({ subjects: [{ group: USER_GROUPS.unauthenticated }], resources: everything(), nonResourceUrls: true }),
  },
];

function level(cluster: ClusterFacts, apiVersion: string, name: string, shares: number, queuing: object): Manifest {
  const limited = inRange(cluster.release.version, LENDING)
    ? { nominalConcurrencyShares: shares, lendablePercent: 0, borrowingLimitPercent: 0 }
    : { assuredConcurrencyShares: shares };
  return {
    apiVersion,
    kind: 'PriorityLevelConfiguration',
    metadata: { name },
    spec: { type: 'Limited', limited: { ...limited, limitResponse: { type: 'Queue', queuing } } },
  };
}
