import { Derivation } from '../derivation/derivation';

/** What it takes to raise a limit. */
export enum LimitChange {
  /** A changed value, applied while the cluster runs. */
  ONLINE = 'online',
  /** A restart or replacement of machines or servers, one after another. */
  ROLLOUT = 'rollout',
  /** Nothing but a new cluster. */
  NEVER = 'never',
}

/** Something that is used up as the cluster grows. */
export interface Limit {
  /** `limit/etcd-quota`. */
  readonly id: string;
  /** What is used up: `etcd: quota of the main ring`. */
  readonly title: string;
  readonly unit: string;
  /** Use at the final size. */
  readonly used: Derivation;
  /** What there is. */
  readonly capacity: Derivation;
  /** Most nodes, in the mix of the final size, that it holds; `LIMIT_HORIZON` where growth never reaches it. */
  readonly reachedAtNodes: number;
  /** What happens beyond it. */
  readonly consequence: string;
  /** What to do, with the value that holds. */
  readonly remedy: string;
  readonly change: LimitChange;
}

/** Node count up to which a limit is looked for: four times what Kubernetes is tested for. */
export const LIMIT_HORIZON = 20_000;
