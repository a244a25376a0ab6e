import { BlockModel, DecisionModel, NetworkModel, StageModel } from './report-model';
import { AuditTree } from '../audit/audit-tree';
import { addressPools } from '../audit/network-view';
import { firstFamilyPlan } from '../audit/pool-families';
import { AddressRoom, addressRoom } from '../capacity/address-capacity';
import { BlockPlan } from '../capacity/calico-capacity';
import { networkImmutables } from '../capacity/network-immutables';
import { ClusterFacts } from '../cluster/cluster-facts';

/** Blocks as the finished tree has them; undefined where nothing below the scope gives pod addresses. */
export function blockPlanOf(tree: AuditTree): BlockPlan | undefined {
  const pool = addressPools(tree).find(({ cidr }) => tree.facts.network.podCidrs.includes(cidr));
  return pool && firstFamilyPlan(tree.facts, pool);
}

/** Ranges with what is used of them at each stage. */
export function networkSection(cluster: ClusterFacts, plan: BlockPlan | undefined, stages: StageModel[]): NetworkModel {
  const rooms = plan ? stages.map(stage => addressRoom(cluster, plan, stage.nodes)) : [];
  const reserved = cluster.network.reserved.map(({ name, cidr, holdsNodes }) => ({ name, cidr, holdsNodes: holdsNodes ?? false }));
  return {
    ranges: cluster.network.ranges.map(range => ({ ...range, ...(rooms.length > 0 ? { room: rooms.map(room => roomIn(room, range.field)) } : {}) })),
    ...(reserved.length > 0 ? { reserved } : {}),
    ...(rooms.length > 0 ? { blocks: rooms.map(blockModel) } : {}),
  };
}

/** What the installation settles for good, or nearly so. */
export function decisionSection(cluster: ClusterFacts, plan: BlockPlan | undefined): DecisionModel[] {
  if (!plan) { return []; }
  const proposed = new Set(cluster.network.ranges.filter(range => range.proposed).map(range => range.cidr));
  return networkImmutables(cluster, plan).map(({ choice, value, reason, cost, growth, source }) => ({
    title: choice, value, reason, cost, growth, source, proposed: value.split(', ').some(part => proposed.has(part)),
  }));
}

function blockModel({ nodes, blocks: { claimed, total } }: AddressRoom): BlockModel {
  return { nodes, used: claimed.value, size: total.value, percent: percent(claimed.value, total.value) };
}

function roomIn(room: AddressRoom, field: string) {
  const { used, size } = room.ranges.find(({ range }) => range.field === field)!;
  return { nodes: room.nodes, used: used.value, percent: percent(used.value, size.value) };
}

/** A share in percent with one decimal. */
export function percent(used: number, of: number): number {
  return of === 0 ? (used === 0 ? 0 : Infinity) : Math.round(1000 * used / of) / 10;
}
