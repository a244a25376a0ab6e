import { DerivationTable } from './derivation-table';
import { percent } from './network-section';
import { LimitModel, StageModel } from './report-model';
import { addressLimits } from '../capacity/address-capacity';
import { BlockPlan } from '../capacity/calico-capacity';
import { Limit, LIMIT_HORIZON } from '../capacity/limit';
import { ClusterFacts } from '../cluster/cluster-facts';

/** Nodes that upstream tests a release with. Source: WEB:docs/setup/best-practices/cluster-large. */
export const TESTED_NODES = 5_000;

/** What is used up as the cluster grows, soonest first. */
export function limitSection(cluster: ClusterFacts, plan: BlockPlan | undefined, table: DerivationTable): LimitModel[] {
  const limits = plan ? addressLimits(cluster, plan) : [];
  return limits.map(limit => limitModel(limit, table)).sort(bySoonest);
}

/** Today and the final size. */
export function stageSection(cluster: ClusterFacts): StageModel[] {
  return cluster.nodesToday < cluster.nodes
    ? [{ name: 'today', nodes: cluster.nodesToday }, { name: 'final size', nodes: cluster.nodes }]
    : [{ name: 'final size', nodes: cluster.nodes }];
}

function limitModel(limit: Limit, table: DerivationTable): LimitModel {
  const { id, title, unit, used, capacity, reachedAtNodes, consequence, remedy, change } = limit;
  return {
    id,
    title,
    unit,
    used: used.value,
    usedKey: table.add(used),
    capacity: capacity.value,
    capacityKey: table.add(capacity),
    percent: percent(used.value, capacity.value),
    reachedAtNodes,
    beyondHorizon: reachedAtNodes >= LIMIT_HORIZON,
    consequence,
    remedy,
    change,
  };
}

function bySoonest(a: LimitModel, b: LimitModel): number {
  return a.reachedAtNodes - b.reachedAtNodes || b.percent - a.percent || (a.id < b.id ? -1 : 1);
}
