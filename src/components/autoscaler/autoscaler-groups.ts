import { ScaledGroup } from './cloud-binding';
import { CATCH_ALL_PRIORITY, groupMaximum, groupMinimum, groupPriority } from '../../capacity/autoscaler-group-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NodePool } from '../../cluster/node-pool';
import { Derivation, given } from '../../derivation/derivation';
import { ExpanderPriority, literalExpression } from '../../formats/priority-expander';
import { wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { lineProblem, quoted } from '../../input/text-safety';

/** A pool whose size the autoscaler decides. */
export interface AutoscaledGroup {
  /** Name of the pool in the cluster facts. */
  readonly pool: string;

  /**
   * Fewest nodes.
   *
   * @default - derived: the pool's `nodesToday`, see `autoscaler/group/<pool>/min-nodes`
   */
  readonly minNodes?: number;

  /**
   * Most nodes; not above the pool's `nodes`, for which ranges and control plane are planned.
   *
   * @default - derived: the pool's `nodes`, see `autoscaler/group/<pool>/max-nodes`
   */
  readonly maxNodes?: number;

  /**
   * Which group grows first when pods fit several: highest first, at least 2.
   *
   * @default - by kind: general 40, compute 30, memory 20, GPU 10
   */
  readonly priority?: number;

  /**
   * Exact name of the group at the provider: Auto Scaling group, machine deployment.
   *
   * @default - any name that holds the pool's name as a whole word
   */
  readonly groupName?: string;
}

export interface ResolvedGroups {
  readonly groups: ScaledGroup[];
  readonly derivations: Derivation[];
}

/** The groups in the order of the cluster's pools. */
export function resolveGroups(cluster: ClusterFacts, runOnPool: string | undefined, input: AutoscaledGroup[] | undefined, problems: Problems): ResolvedGroups {
  const pools = new Map(cluster.pools.map(pool => [pool.name, pool]));
  const names = [...pools.keys()].map(name => `'${name}'`).join(', ');
  problems.require(runOnPool === undefined || pools.has(runOnPool), `runOnPool: the cluster has no pool ${quoted(runOnPool)}; its pools are ${names}`);
  const chosen: AutoscaledGroup[] = input ?? cluster.pools.filter(pool => pool.name !== runOnPool).map(pool => ({ pool: pool.name }));
  problems.require(chosen.length > 0, 'groups must name at least one pool that the autoscaler does not run on itself');

  const groups: ScaledGroup[] = [];
  const derivations: Derivation[] = [];
  const seen = new Set<string>();
  for (const [i, group] of chosen.entries()) {
    const field = `groups[${i}]`;
    const pool = pools.get(group.pool);
    if (pool === undefined) {
      problems.add(`${field}.pool: the cluster has no pool ${quoted(group.pool)}; its pools are ${names}`);
      continue;
    }
    problems.require(!seen.has(pool.name), `${field}.pool: '${pool.name}' is named twice; keep one group per pool`);
    problems.require(pool.name !== runOnPool, `${field}.pool: '${pool.name}' is the pool that the autoscaler runs on; it would remove the machine below itself`);
    seen.add(pool.name);
    const { min, max } = groupBounds(field, pool, group, problems);
    derivations.push(min, max);
    if (group.priority !== undefined) {
      problems.add(wholeNumberProblem(`${field}.priority`, group.priority, { min: CATCH_ALL_PRIORITY + 1, max: 1_000_000, why: `${CATCH_ALL_PRIORITY} is the catch-all` }));
    }
    problems.add(groupNameProblem(`${field}.groupName`, group.groupName));
    groups.push({ pool, minNodes: min.value, maxNodes: max.value, priority: group.priority ?? groupPriority(pool.kind), groupName: group.groupName });
  }
  groups.sort((a, b) => cluster.pools.indexOf(a.pool) - cluster.pools.indexOf(b.pool));
  checkOverlap(groups, problems);
  return { groups, derivations };
}

function groupBounds(field: string, pool: NodePool, group: AutoscaledGroup, problems: Problems): { min: Derivation; max: Derivation } {
  const bounds = { min: 0, max: pool.nodes, why: `final size of pool '${pool.name}', raise its nodes to go beyond` };
  const maxProblem = group.maxNodes === undefined ? undefined : wholeNumberProblem(`${field}.maxNodes`, group.maxNodes, { ...bounds, min: 1 });
  const minProblem = group.minNodes === undefined ? undefined : wholeNumberProblem(`${field}.minNodes`, group.minNodes, bounds);
  problems.add(minProblem);
  problems.add(maxProblem);
  const max = given(group.maxNodes, groupMaximum(pool.name, pool.nodes));
  const min = given(group.minNodes, groupMinimum(pool.name, pool.nodesToday, pool.nodes));
  if (!minProblem && !maxProblem) {
    problems.require(max.value >= pool.nodesToday, `${field}.maxNodes ${max.value} must not be below the ${pool.nodesToday} nodes that pool '${pool.name}' has today; raise it or shrink the pool first`);
    problems.require(min.value <= max.value, `${field}.minNodes ${min.value} must not exceed maxNodes ${max.value}`);
  }
  return { min, max };
}

function groupNameProblem(field: string, name: string | undefined): string | undefined {
  if (name === undefined) { return undefined; }
  // A colon would start the next field of `--nodes=min:max:name`.
  return lineProblem(field, name) ?? (/^[^\s:,"'\\]{1,255}$/.test(name) ? undefined : `${field} must be the group's name without spaces, colons, commas or quotes, got ${quoted(name)}`);
}

/**
 * Where a pool's name is a word in another's (`general`, `general-large`), the larger priority wins for both. That is wrong only when it
 * belongs to the shorter name; then the exact group name has to say what is meant.
 */
function checkOverlap(groups: ScaledGroup[], problems: Problems): void {
  for (const shorter of groups) {
    for (const longer of groups) {
      if (shorter === longer || shorter.priority <= longer.priority) { continue; }
      const subject = longer.groupName ?? longer.pool.name;
      problems.require(!new RegExp(groupExpression(shorter)).test(subject),
        `groups: '${subject}' also matches pool '${shorter.pool.name}', whose priority ${shorter.priority} is higher than ${longer.priority}; set groupName on pool '${shorter.pool.name}'`);
    }
  }
}

/** Expression for ids of a group: the pool's name as a whole word, or the exact name, which some providers prefix with a path. */
export function groupExpression(group: ScaledGroup): string {
  return group.groupName === undefined
    ? `(^|[^a-z0-9])${literalExpression(group.pool.name)}([^a-z0-9]|$)`
    : `(^|/)${literalExpression(group.groupName)}$`;
}

/** Priorities of the groups, catch-all last: groups that match nothing are not considered as soon as one other matches. */
export function expanderPriorities(groups: ScaledGroup[]): ExpanderPriority[] {
  const byPriority = new Map<number, string[]>();
  for (const group of groups) {
    byPriority.set(group.priority, [...byPriority.get(group.priority) ?? [], groupExpression(group)]);
  }
  return [
    ...[...byPriority.entries()].sort(([a], [b]) => b - a).map(([priority, expressions]) => ({ priority, expressions: [...new Set(expressions)].sort() })),
    { priority: CATCH_ALL_PRIORITY, expressions: ['.*'] },
  ];
}
