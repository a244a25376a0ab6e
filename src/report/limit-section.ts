import { DerivationTable } from './derivation-table';
import { percent } from './network-section';
import { LimitModel, StageModel } from './report-model';
import { BlockPlan } from '../capacity/calico-capacity';
import { ControlPlaneChoices } from '../capacity/control-plane-load';
import { LIMIT_HORIZON } from '../capacity/limit';
import { GrowingLimit } from '../capacity/limits/limit-row';
import { growthStages, limitsOf } from '../capacity/limits/limits';
import { ClusterFacts } from '../cluster/cluster-facts';

/** Nodes that upstream tests a release with. Source: SIGSC:configs-and-limits/thresholds.md. */
export const TESTED_NODES = 5_000;

/** Beyond these nothing fails at once: an alert fires, or upstream has not tested more. */
const ADVISORY = /^limit\/(tested\/.*|.*-tested|etcd-quota-60)$/;

/** What is used up as the cluster grows, soonest first. */
export function limitSection(cluster: ClusterFacts, choices: ControlPlaneChoices, plan: BlockPlan | undefined, table: DerivationTable): LimitModel[] {
  const stages = growthStages(cluster);
  return limitsOf(cluster, choices.derivations, { plan, controlPlane: choices }).map(limit => limitModel(limit, stages, table));
}

/** Today, steps of growth, the final size. */
export function stageSection(cluster: ClusterFacts): StageModel[] {
  return growthStages(cluster).map(nodes => ({ name: nodes === cluster.nodes ? 'final size' : nodes === cluster.nodesToday ? 'today' : 'growth', nodes }));
}

function limitModel(limit: GrowingLimit, stages: number[], table: DerivationTable): LimitModel {
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
    breaks: !ADVISORY.test(id),
    beyondHorizon: reachedAtNodes >= LIMIT_HORIZON,
    consequence,
    remedy,
    change,
    headroom: stages.map(nodes => {
      const use = limit.useAt(nodes).value;
      return { nodes, used: use, percent: percent(use, capacity.value) };
    }),
  };
}
