import { LIST_COSTS, SEAT_CAP, UPSTREAM_LEVELS } from '../catalogue/flow-control-features';
import { inRange } from '../catalogue/version-range';
import { Amount, derived, Derivation } from '../derivation/derivation';

/** A priority level with its shares. */
export interface LevelShares {
  readonly name: string;
  readonly shares: Amount;
  /** Queues of one flow. @default - the level refuses instead of queueing */
  readonly handSize?: number;
}

/** What a level can carry. */
export interface LevelSeats {
  readonly name: string;
  readonly seats: Derivation;
  /**
   * Most seats that one request takes.
   *
   * @default - no bound but the kind of the request: the level refuses instead of queueing, or the release knows no bound
   */
  readonly cap?: Derivation;
}

/** Levels that this library writes beside upstream's. */
export const OWN_LEVELS = {
  dear: 'thousand-node-dear-requests',
  nodeAgents: 'thousand-node-node-agents',
  controllers: 'thousand-node-controllers',
  people: 'thousand-node-people',
} as const;

/** Ids of the derivations that hold their shares. */
export const OWN_SHARES: { readonly [level in keyof typeof OWN_LEVELS]: string } = {
  dear: 'api-server/dear-request-shares',
  nodeAgents: 'api-server/node-agent-shares',
  controllers: 'api-server/controller-shares',
  people: 'api-server/people-shares',
};

/** Queues of one flow in our levels: of 300 agents one shares its queues with few others. */
export const OWN_HAND_SIZE = 6;

const FLOW_CONTROL = 'AS@37 pkg/util/flowcontrol';

/** Upstream's levels and the ones beside them. */
export function allLevels(own: LevelShares[]): LevelShares[] {
  return [...UPSTREAM_LEVELS, ...own];
}

/**
 * Seats of all levels in one API server: ceil(total x share / sum of shares); `exempt` has none.
 *
 * | total | system | node-high | leader-election | workload-high | workload-low | global-default | catch-all |
 * | 600   | 74     | 98        | 25              | 98            | 245          | 49             | 13        |
 *
 * One request of a queueing level takes at most max(1, min(ceil(0.15 x seats), seats / hand size)) of them. Source: AS@37
 * pkg/util/flowcontrol/apf_controller.go.
 */
export function levelSeats(total: Amount, levels: LevelShares[], version: string): LevelSeats[] {
  const sum = derived({
    id: 'api-server/shares',
    unit: 'shares',
    words: 'sum over all levels',
    expression: levels.map((_, i) => `level${i + 1}`).join(' + '),
    inputs: Object.fromEntries(levels.map((level, i) => [`level${i + 1}`, level.shares])),
    source: 'AS@37 pkg/apis/flowcontrol/bootstrap/default.go',
  });
  return levels.map(({ name, shares, handSize }) => {
    const seats = derived({
      id: `api-server/level/${name}/seats`, unit: 'seats', words: 'share of the level, rounded up', expression: 'ceil(total * shares / sum)', inputs: { total, shares, sum }, source: FLOW_CONTROL,
    });
    const cap = handSize === undefined || !inRange(version, SEAT_CAP) ? undefined : derived({
      id: `api-server/level/${name}/request-seats`,
      unit: 'seats',
      words: 'most that one request takes: 15 % of the level, or what a hand of queues leaves',
      expression: 'max(1, min(ceil(0.15 * seats), floor(seats / handSize)))',
      inputs: { seats, handSize },
      source: FLOW_CONTROL,
    });
    return { name, seats, cap };
  });
}

/** A LIST as the API server estimates it. */
export interface ListRequest {
  /** Tail of the id: `pods`. */
  readonly resource: string;
  /** All objects of the resource. */
  readonly objects: Amount;
  /** Average bytes of one, as stored. */
  readonly objectBytes: Amount;
  /** `limit` of the request. @default - none */
  readonly limit?: number;
  /** Whether the cache answers, as it does for almost every LIST. @default true */
  readonly fromCache?: boolean;
}

/**
 * Seats that a LIST takes in a level. From the cache it is answered in pieces, so at most 1 MB counts.
 *
 * | 36,000 pods of 4 kB | workload-low (157 of 400 seats) | dear requests (7) | 1.33, workload-low |
 * | seats               | 10                              | 1                 | 10                 |
 *
 * Source: AS@37 pkg/util/flowcontrol/request/list_work_estimator.go.
 */
export function listSeats(list: ListRequest, level: LevelSeats, version: string): Derivation {
  const cost = LIST_COSTS.find(range => inRange(version, range))!;
  const { objects, objectBytes, limit, fromCache = true } = list;
  const most = level.cap === undefined ? cost.mostSeats : Math.min(level.cap.value, cost.mostSeats);
  const mostSeats = level.cap !== undefined && most === level.cap.value ? level.cap : most;
  const counted = limit === undefined ? 'objects' : 'min(objects, limit)';
  const limited: { readonly [name: string]: Amount } = limit === undefined ? {} : { limit };
  // By count a LIST from the cache looks at every object; from etcd with a limit it reads twice the limit.
  const byCount = fromCache || limit === undefined ? 'objects' : '2 * min(objects, limit)';
  const bytes = fromCache ? `min(${counted} * objectBytes, 1000000)` : `${counted} * objectBytes`;
  return derived({
    id: `api-server/list/${list.resource}/${level.name}/seats`,
    unit: 'seats',
    words: cost.byBytes ? 'a seat for each 100 kB that lie in memory at once' : 'a seat for each 100 objects',
    expression: cost.byBytes ? `min(mostSeats, max(1, ceil(${bytes} / 100000)))` : `min(mostSeats, max(1, ceil(${byCount} / 100)))`,
    inputs: cost.byBytes ? { objects, objectBytes, ...limited, mostSeats } : { objects, ...(byCount === 'objects' ? {} : limited), mostSeats },
    source: 'AS@37 pkg/util/flowcontrol/request/list_work_estimator.go',
  });
}

/** Bytes that a LIST of a resource sends. */
export function listBytes(resource: string, objects: Amount, objectBytes: Amount): Derivation {
  return derived({ id: `api-server/list/${resource}/bytes`, unit: 'bytes', words: 'all objects, encoded as protobuf, before compression', expression: 'objects * objectBytes', inputs: { objects, objectBytes }, source: 'MEAS (143 MB for 36,000 pods)' });
}

/** LIST requests of whole resources that one level works on at a time. */
export function listsInFlight(level: LevelSeats, seatsOfList: Derivation): Derivation {
  return derived({
    id: `api-server/level/${level.name}/lists-in-flight`, unit: 'requests', words: 'seats of the level over those of one LIST', expression: 'max(1, floor(seats / list))', inputs: { seats: level.seats, list: seatsOfList }, source: FLOW_CONTROL,
  });
}
