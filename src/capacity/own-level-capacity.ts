import { sharesForSeats, UPSTREAM_SHARES } from './api-server-capacity';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/**
 * LIST and watch requests across all namespaces that one API server works on at a time for add-ons of ours: controllers that fill their caches when they
 * start.
 *
 * | cores | 2 | 8 | 16 | 28 and more |
 * | seats | 2 | 2 | 4  | 7           |
 *
 * Two at least, so that one LIST of all pods does not keep the smaller ones of others waiting; half of what dear requests get otherwise, since these
 * clients are few. Never more than seven, for the same reason as there.
 */
export function controllerListSeats(cores: Amount): Derivation {
  return derived({
    id: 'api-server/controller-list-seats',
    unit: 'requests',
    words: 'one for four cores, between 2 and 7',
    expression: 'min(7, max(2, floor(cores / 4)))',
    inputs: { cores },
    source: 'MEAS; AS@36 pkg/util/flowcontrol',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * The same for people: kubectl, dashboards and consoles that list and watch across all namespaces.
 *
 * | cores | 2 | 8 | 16 | 28 and more |
 * | seats | 2 | 2 | 4  | 7           |
 */
export function peopleListSeats(cores: Amount): Derivation {
  return derived({
    id: 'api-server/people-list-seats',
    unit: 'requests',
    words: 'one for four cores, between 2 and 7',
    expression: 'min(7, max(2, floor(cores / 4)))',
    inputs: { cores },
    source: 'MEAS; AS@36 pkg/util/flowcontrol',
    confidence: Confidence.ESTIMATE,
  });
}

/** An amount for each of our levels. */
export interface OwnLevels<T> {
  readonly nodeAgents: T;
  readonly controllers: T;
  readonly people: T;
  readonly dear: T;
}

/**
 * Shares of our levels. They are found one after the other, each beside upstream's and the ones before it. A further level only takes seats from the others,
 * so no level gets more than it was meant to have; the last one, for dear requests, gets its seats exactly.
 *
 * | 400 seats, 32 cores | node agents | controllers | people | dear |
 * | wanted              | 40          | 7           | 7      | 7    |
 * | shares              | 27          | 4           | 4      | 4    |
 * | seats               | 39          | 6           | 6      | 6    |
 */
export function ownLevelShares(total: Amount, seats: OwnLevels<Amount>): OwnLevels<Derivation> {
  const nodeAgents = sharesForSeats('api-server/node-agent-shares', total, UPSTREAM_SHARES, seats.nodeAgents);
  const controllers = sharesForSeats('api-server/controller-shares', total, beside('controllers', { nodeAgents }), seats.controllers);
  const people = sharesForSeats('api-server/people-shares', total, beside('people', { nodeAgents, controllers }), seats.people);
  const dear = sharesForSeats('api-server/dear-request-shares', total, beside('dear-requests', { nodeAgents, controllers, people }), seats.dear);
  return { nodeAgents, controllers, people, dear };
}

function beside(level: string, own: { readonly [name: string]: Derivation }): Derivation {
  return derived({
    id: `api-server/shares-beside-${level}`,
    unit: 'shares',
    words: 'levels of upstream and of ours that are reckoned before',
    expression: ['upstreamShares', ...Object.keys(own)].join(' + '),
    inputs: { upstreamShares: UPSTREAM_SHARES, ...own },
    source: 'AS@36 pkg/apis/flowcontrol/bootstrap/default.go',
  });
}
