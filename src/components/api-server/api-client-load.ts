import { ApiServerSettings } from './api-server-settings';
import { seatsOf, UPSTREAM_SHARES } from '../../capacity/api-server-capacity';
import { UPSTREAM_LEVELS } from '../../catalogue/flow-control-features';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ApiClient, ApiClientKind } from '../../contracts/contributions';

/** Seconds that a read from the cache holds its seat; an estimate. */
const READ_SECONDS = 0.005;

/** Part of a level that may be in use in a quiet hour: the rest is for restarts. */
const QUIET = 0.5;

/**
 * Whether the levels carry what the clients say they will send, with one server away: seats in use are rate x duration (Little's law).
 *
 * | 400 seats, 3 servers, 39 seats for agents | most in a quiet hour              |
 * |                                           | 39 x 0.5 / 0.005 x 2 = 7,800 /s   |
 */
export function clientLoadProblems(cluster: ClusterFacts, settings: ApiServerSettings, clients: ApiClient[]): string[] {
  const servers = Math.max(1, cluster.controlPlaneMembers.length - 1);
  const own = Object.values(settings.shares).reduce((sum, shares) => sum + shares.value, 0);
  const levels = [
    { kind: ApiClientKind.NODE_AGENT, name: 'per-node agents', shares: settings.shares.nodeAgents.value },
    { kind: ApiClientKind.CONTROLLER, name: 'controllers', shares: UPSTREAM_LEVELS.find(level => level.name === 'workload-high')!.shares },
  ];
  return levels.flatMap(({ kind, name, shares }) => {
    const rate = clients.filter(client => client.kind === kind).reduce((sum, client) => sum + (client.requestsPerSecond ?? 0), 0);
    const seats = seatsOf(settings.totalSeats, shares, UPSTREAM_SHARES + own - shares);
    const most = Math.floor(seats * QUIET / READ_SECONDS * servers);
    return rate <= most ? [] : [`apiClients: ${name} send ${rate} requests/s together, their priority level carries ${most}/s (half of ${seats} seats on ${servers} servers); let them ask less often, or add API servers`];
  });
}
