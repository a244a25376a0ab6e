import { IConstruct } from 'constructs';
import { auditSection } from './audit-section';
import { componentSection, sentences } from './component-section';
import { controlPlaneChoices, flowSection } from './control-plane-section';
import { DerivationTable } from './derivation-table';
import { limitSection, stageSection, TESTED_NODES } from './limit-section';
import { blockPlanOf, decisionSection, networkSection } from './network-section';
import { joinSection, nodePodsSection, rolloutSection } from './node-section';
import { ownershipSection } from './ownership-section';
import { ClusterModel, ReportModel, VersionModel } from './report-model';
import { verdictSection } from './verdict-section';
import { AuditTree } from '../audit/audit-tree';
import { LIMIT_HORIZON } from '../capacity/limit';
import { ClusterFacts } from '../cluster/cluster-facts';
import { boundCluster } from '../host/cluster-of';
import { statedConstructs, statedNumbers } from '../host/stated-numbers';

/** First words of `capacity.json`, by which a folder of ours is known. */
export const REPORT_FORMAT = 'capacity report of cdk8s-thousand-node';
/** Counts up when a reader of `capacity.json` has to change. */
export const REPORT_VERSION = 1;

/** Everything the report says, from the finished tree alone. What there is nothing of is left out. */
export function reportData(scope: IConstruct): ReportModel {
  const cluster = boundCluster(scope);
  const table = new DerivationTable();
  const plan = cluster && blockPlanOf(AuditTree.of(scope));
  const components = componentSection(scope, table);
  const stages = cluster ? stageSection(cluster) : [];
  const stated = statedNumbers(scope);
  const choices = controlPlaneChoices(scope.node.findAll(), stated);
  // A construct of a node or a workload alone says nothing of what its cluster has, so nothing could be said of its limits.
  const has = (...areas: string[]) => stated.some(({ id }) => areas.some(area => id.startsWith(`${area}/`)));
  const isWhole = has('etcd', 'api-server') || (cluster?.controlPlaneManagedBy !== undefined && has('calico'));
  const limits = cluster && isWhole ? limitSection(cluster, choices, plan, table) : [];
  const flows = cluster && has('api-server') ? flowSection(cluster, choices, table) : [];
  const nodePods = cluster ? nodePodsSection(cluster, stated, plan, table) : [];
  const joins = cluster ? joinSection(cluster, stated, table) : [];
  const rollout = cluster && rolloutSection(scope, table);
  const audit = auditSection(scope);
  return present({
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    cluster: cluster && clusterModel(cluster, table),
    verdict: verdictSection(cluster, limits, audit),
    stages,
    testedNodes: limits.length > 0 ? TESTED_NODES : undefined,
    horizon: limits.length > 0 ? LIMIT_HORIZON : undefined,
    limits,
    decisions: cluster ? decisionSection(cluster, plan) : [],
    network: cluster && networkSection(cluster, plan, stages),
    components,
    derivations: table.all(),
    audit,
    notes: sentences(scope, 'findings', 'notes'),
    preconditions: sentences(scope, 'preconditions'),
    flows,
    versions: cluster && statedConstructs(scope).length > 0 ? versionsOf(cluster) : [],
    ownership: ownershipSection(scope, cluster),
    nodePods,
    joins,
    rollout,
  });
}

function clusterModel(cluster: ClusterFacts, table: DerivationTable): ClusterModel {
  const { name, release, nodes, nodesToday, pods, services, fleet, controlPlaneMembers, pools } = cluster;
  for (const amount of Object.values(fleet)) { table.add(amount); }
  return {
    name,
    release: release.tag,
    nodes,
    nodesToday,
    pods,
    services,
    controlPlaneMachines: controlPlaneMembers.length,
    ...(cluster.controlPlaneManagedBy === undefined ? {} : { controlPlaneManagedBy: cluster.controlPlaneManagedBy }),
    endpoint: `${cluster.apiHost}:${cluster.apiPort}`,
    load: cluster.load.name,
    pools: pools.map(pool => ({
      name: pool.name,
      nodes: pool.nodes,
      nodesToday: pool.nodesToday,
      cores: pool.machine.cpu,
      memoryMebibytes: pool.machine.memoryMebibytes,
      maxPods: pool.maxPods,
      release: cluster.releaseOf(pool).version,
    })),
  };
}

function versionsOf(cluster: ClusterFacts): VersionModel[] {
  const { notes: _, ...versions } = cluster.versions;
  return [
    { component: 'kubernetes', version: cluster.release.tag.slice(1) },
    ...Object.entries(versions).map(([component, version]) => ({ component, version: String(version) })).sort((a, b) => (a.component < b.component ? -1 : 1)),
  ];
}

/** Without empty lists and undefined values. */
function present(model: ReportModel): ReportModel {
  const empty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(model).filter(([, value]) => !empty(value))) as unknown as ReportModel;
}
