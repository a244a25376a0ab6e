import { VersionRange } from './version-range';

/** A priority level that every API server brings. */
export interface UpstreamLevel {
  readonly name: string;
  /** Shares of the seats: `nominalConcurrencyShares`, before 1.26 `assuredConcurrencyShares`. */
  readonly shares: number;
  /** Queues of one flow. Absent: the level refuses instead of queueing, and then no cap bounds a single request. */
  readonly handSize?: number;
}

/** Levels and shares, equal from 1.22 to 1.37. Source: AS@22 ... AS@37 pkg/apis/flowcontrol/bootstrap/default.go. */
export const UPSTREAM_LEVELS: UpstreamLevel[] = [
  { name: 'system', shares: 30, handSize: 6 },
  { name: 'node-high', shares: 40, handSize: 6 },
  { name: 'leader-election', shares: 10, handSize: 4 },
  { name: 'workload-high', shares: 40, handSize: 6 },
  { name: 'workload-low', shares: 100, handSize: 6 },
  { name: 'global-default', shares: 20, handSize: 6 },
  { name: 'catch-all', shares: 5 },
];

/** What a LIST counts as at most. */
interface ListCost extends VersionRange {
  readonly mostSeats: number;
  /** Whether bytes count (a seat for 100 kB), or objects (a seat for 100). */
  readonly byBytes: boolean;
}

/** Source: AS@22 ... AS@37 pkg/util/flowcontrol/request (gate SizeBasedListCostEstimate, on from 1.34). */
export const LIST_COSTS: ListCost[] = [
  { removed: '1.23', mostSeats: 1, byBytes: false },
  { added: '1.23', removed: '1.34', mostSeats: 10, byBytes: false },
  { added: '1.34', mostSeats: 100, byBytes: true },
];

/** A request in a queueing level costs a part of the level at most. Source: AS@25 ... AS@37 pkg/util/flowcontrol/apf_controller.go. */
export const SEAT_CAP: VersionRange = { added: '1.25' };

/** Each API server renews a lease of its own. Source: AS@26 ... AS@37 (gate APIServerIdentity, on from 1.26). */
export const API_SERVER_LEASE: VersionRange = { added: '1.26' };

/** The kubelet reads its node from its own cache before it reports; older ones ask the API server every ten seconds. Source: KK:pkg/kubelet/kubelet_node_status.go, by tag. */
export const NODE_FROM_CACHE: VersionRange = { added: '1.31' };

/** Shares are called nominal instead of assured, and levels lend and borrow seats. Source: API@26 flowcontrol v1beta3; API@25 v1beta2. */
export const LENDING: VersionRange = { added: '1.26' };
