import { ClusterFacts } from '../../cluster/cluster-facts';
import { Derivation } from '../../derivation/derivation';
import { BlockPlan } from '../calico-capacity';
import { ControlPlaneChoices } from '../control-plane-load';
import { addOnLimits } from './add-on-limits';
import { controlPlaneLimits } from './control-plane-limits';
import { etcdLimits } from './etcd-limits';
import { GrowingLimit, LimitContext, LimitRow } from './limit-row';
import { networkLimits, rangeLimits } from './network-limits';
import { testedLimits } from './tested-limits';

/** What a finished tree knows beside its derivations. */
export interface LimitChoices {
  /** Blocks of the pod range. @default - no limits of the ranges */
  readonly plan?: BlockPlan;
  /** Who asks the API server. @default - what the ids of the derivations tell */
  readonly controlPlane?: ControlPlaneChoices;
}

/**
 * Everything that is used up as the cluster grows, soonest first. Capacities are those of the finished cluster, so the user's values count; a
 * limit whose value nothing in the cluster sets is left out.
 */
export function limitsOf(cluster: ClusterFacts, derivations: Derivation[], choices: LimitChoices = {}): GrowingLimit[] {
  const context = new LimitContext(cluster, choices.controlPlane ?? choicesOf(derivations), choices.plan);
  // What a service runs has limits that it tells nobody.
  const controlPlane = cluster.controlPlaneManagedBy === undefined ? [...etcdLimits(context), ...controlPlaneLimits(context)] : [];
  const rows: LimitRow[] = [...controlPlane, ...networkLimits(context), ...addOnLimits(context), ...testedLimits()];
  return [...rangeLimits(context), ...rows.flatMap(row => context.limitOf(row) ?? [])]
    .sort((a, b) => a.reachedAtNodes - b.reachedAtNodes || headroomAt(b, cluster.nodes) - headroomAt(a, cluster.nodes) || (a.id < b.id ? -1 : 1));
}

/** Share of a limit that is used at a number of nodes: 1 is full. */
export function headroomAt(limit: GrowingLimit, nodes: number): number {
  return limit.useAt(nodes).value / limit.capacity.value;
}

/** Nodes of one step of growth, and the most steps that a table shows. */
const STEP = 200;
const MOST_STAGES = 10;

/**
 * Node counts at which room is looked at: today, then steps of 200 (of several hundred where there would be more than ten), and the final size.
 *
 * | today, final | 800, 1,200       | 200, 1,200                       | 1,200, 1,200 | 0, 5,000                   |
 * | stages       | 800, 1,000, 1,200 | 200, 400, 600, 800, 1,000, 1,200 | 1,200        | 600, 1,200 ... 4,800, 5,000 |
 */
export function growthStages({ nodesToday, nodes }: ClusterFacts): number[] {
  const step = STEP * Math.max(1, Math.ceil((nodes - nodesToday) / STEP / (MOST_STAGES - 1)));
  const stages: number[] = [];
  for (let at = nodesToday; at < nodes; at += step) { if (at > 0) { stages.push(at); } }
  return [...stages, nodes];
}

/** Who asks the API server, told by what the cluster has numbers of. */
export function choicesOf(derivations: Derivation[]): ControlPlaneChoices {
  const has = (...areas: string[]) => areas.filter(area => derivations.some(({ id }) => id.startsWith(`${area}/`))).length;
  return {
    derivations,
    calico: has('calico') > 0,
    serviceProxyOnNodes: true,
    nodeAgents: has('calico', 'logging', 'storage'),
    controllers: has('calico', 'dns', 'metrics-server', 'autoscaler', 'monitoring'),
    furtherLeaders: has('calico', 'autoscaler'),
  };
}
