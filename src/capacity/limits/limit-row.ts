import { ClusterFacts } from '../../cluster/cluster-facts';
import { Fleet } from '../../cluster/fleet';
import { derived, Derivation, named } from '../../derivation/derivation';
import { BlockPlan } from '../calico-capacity';
import { ControlPlaneChoices, ControlPlaneLoad, controlPlaneLoad } from '../control-plane-load';
import { Limit, LIMIT_HORIZON, LimitChange } from '../limit';

/** A limit that can be asked for its use at any number of nodes. */
export interface GrowingLimit extends Limit {
  /** Use at a number of worker nodes in the mix of the final size. */
  useAt(nodes: number): Derivation;
}

/** One kind of limit, before the number of nodes is looked for. */
export interface LimitRow {
  /** Tail of the id: `etcd-quota`. */
  readonly id: string;
  readonly title: string;
  /** What there is; the row is left out where the cluster sets no such value. */
  readonly capacity: Derivation | undefined;
  /** Use at a stage of growth; never less at a later one. */
  readonly use: (stage: Stage) => Derivation;
  readonly consequence: string;
  /** What to do when `wanted` is needed, which is the use at one and a half times the final size. */
  readonly remedy: (wanted: Derivation) => string;
  readonly change: LimitChange;
}

/** The cluster at some number of nodes; values of the tree stay what they are. */
export interface Stage {
  readonly nodes: number;
  readonly fleet: Fleet;
  readonly load: ControlPlaneLoad;
}

/** How many times the final size the remedies are meant for. */
const REMEDY_GROWTH = 1.5;

/** What rows are made from: the description, and the numbers of the finished cluster. */
export class LimitContext {
  private readonly stages = new Map<number, Stage>();

  public constructor(public readonly cluster: ClusterFacts, private readonly choices: ControlPlaneChoices, public readonly plan: BlockPlan | undefined) {}

  /** A number of the cluster by its id, the user's where there is one. */
  public find(id: string): Derivation | undefined {
    return this.choices.derivations.find(derivation => derivation.id === id);
  }

  /** The smallest of the numbers whose ids match, where pools have one each. */
  public smallest(id: RegExp): Derivation | undefined {
    const [first] = this.choices.derivations.filter(derivation => id.test(derivation.id)).sort((a, b) => a.value - b.value);
    return first;
  }

  /** The cluster at a number of nodes; each is computed once, since all rows look at the same ones. */
  public stage(nodes: number): Stage {
    let stage = this.stages.get(nodes);
    if (!stage) {
      const { cluster, choices } = this;
      let load: ControlPlaneLoad | undefined;
      // Most rows need the fleet alone, and the load of a control plane takes a hundred times as long.
      stage = { nodes, fleet: cluster.fleetAt(nodes), get load() { return load ??= controlPlaneLoad(cluster, choices, nodes); } };
      this.stages.set(nodes, stage);
    }
    return stage;
  }

  /** The limit of a row, or nothing where the cluster has no such value. */
  public limitOf(row: LimitRow): GrowingLimit | undefined {
    const { id, title, capacity, consequence, change } = row;
    if (!capacity) { return undefined; }
    const useAt = (nodes: number) => named(`limit/${id}/used`, row.use(this.stage(nodes)));
    const used = useAt(this.cluster.nodes);
    return {
      id: `limit/${id}`,
      title,
      unit: used.unit,
      used,
      capacity,
      reachedAtNodes: mostNodes(nodes => useAt(nodes).value <= capacity.value),
      consequence,
      remedy: row.remedy(useAt(Math.ceil(REMEDY_GROWTH * this.cluster.nodes))),
      change,
      useAt,
    };
  }
}

/** The most nodes for which something holds that, once broken, stays broken: 0 where it never does, the horizon where it always does. */
export function mostNodes(holds: (nodes: number) => boolean): number {
  if (holds(LIMIT_HORIZON)) { return LIMIT_HORIZON; }
  let [good, bad] = [0, LIMIT_HORIZON];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (holds(middle)) { good = middle; } else { bad = middle; }
  }
  return good;
}

/** A number of upstream's tests or of this project that nothing in the cluster sets. */
export function bound(id: string, value: number, unit: string, words: string, source: string): Derivation {
  return derived({ id: `limit/${id}/capacity`, unit, words, expression: String(value), source });
}

const SCALES: Array<[suffix: string, factor: number]> = [[' GiB', 1024 ** 3], [' MiB', 1024 ** 2]];

/** A need as a person would set it: bytes as MiB or GiB, rounded up. */
export function need({ value, unit }: Derivation): string {
  const scale = unit === 'bytes' ? SCALES.find(([, factor]) => value >= factor) : undefined;
  return scale ? `${Math.ceil(value / scale[1]).toLocaleString('en-US')}${scale[0]}` : `${Math.ceil(value).toLocaleString('en-US')} ${unit}`;
}
