import { Problems } from '../../../input/problems';
import { dnsLabelProblem, dnsNameProblem, quoted } from '../../../input/text-safety';

/** An object of the infrastructure provider, made by you: Cluster API looks up its version itself. */
export interface InfrastructureReference {
  /** API group, such as `infrastructure.cluster.x-k8s.io`. */
  readonly apiGroup: string;
  /** Kind, such as `AWSMachineTemplate`. */
  readonly kind: string;
  /** Name in the namespace of the cluster. */
  readonly name: string;
}

/** A class of clusters. */
export interface ClusterClassOptions {
  /** Name of the ClusterClass. */
  readonly name: string;
  /** Version of your provider's templates, such as `v1beta2`: a class names it, while other objects look it up. */
  readonly infrastructureVersion: string;
}

/** What Cluster API cannot know: the machines of your cloud. */
export interface ClusterApiOptions {
  /** Object that describes network and load balancer, such as an AWSCluster; with `clusterClass` its template, such as an AWSClusterTemplate. */
  readonly infrastructureCluster: InfrastructureReference;

  /** Template of control-plane machines. */
  readonly controlPlaneTemplate: InfrastructureReference;

  /** Template of each pool's machines, by name of the pool. */
  readonly poolTemplates: { readonly [pool: string]: InfrastructureReference };

  /**
   * Namespace in the management cluster.
   *
   * @default default
   */
  readonly namespace?: string;

  /**
   * Pools whose size the cluster autoscaler owns: they get the annotations of their bounds and capacity, and no replicas.
   *
   * @default - none; every pool has its number of nodes of today
   */
  readonly autoscaledPools?: string[];

  /**
   * Write a ClusterClass, and a Cluster that is made from it, instead of the single objects. The management cluster needs the feature gate
   * ClusterTopology. One version for all machines.
   *
   * @default - single objects
   */
  readonly clusterClass?: ClusterClassOptions;
}

const KIND = /^[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/** All that is wrong with the references. */
export function checkOptions(options: ClusterApiOptions, pools: string[], clusterPools: string[], problems: Problems): void {
  if (options.namespace !== undefined) { problems.add(dnsLabelProblem('namespace', options.namespace)); }
  const check = (field: string, reference: InfrastructureReference) => {
    problems.add(dnsNameProblem(`${field}.apiGroup`, reference.apiGroup));
    problems.require(KIND.test(reference.kind), `${field}.kind must be a kind such as AWSMachineTemplate, got ${quoted(reference.kind)}`);
    problems.add(dnsNameProblem(`${field}.name`, reference.name));
  };
  check('infrastructureCluster', options.infrastructureCluster);
  check('controlPlaneTemplate', options.controlPlaneTemplate);
  if (options.clusterClass !== undefined) {
    problems.add(dnsLabelProblem('clusterClass.name', options.clusterClass.name));
    problems.require(/^v\d+((alpha|beta)\d+)?$/.test(options.clusterClass.infrastructureVersion), `clusterClass.infrastructureVersion must be a version such as v1beta2, got ${quoted(options.clusterClass.infrastructureVersion)}`);
    problems.require(options.infrastructureCluster.kind.endsWith('Template'), `infrastructureCluster.kind must be a template such as AWSClusterTemplate, since a class makes clusters, got ${quoted(options.infrastructureCluster.kind)}`);
  }
  const names = Object.keys(options.poolTemplates);
  for (const pool of names.filter(name => pools.includes(name))) { check(`poolTemplates.${pool}`, options.poolTemplates[pool]); }
  for (const pool of pools.filter(name => !names.includes(name))) {
    problems.add(`poolTemplates must name a template for pool '${pool}'; machines of a pool cannot be made without one`);
  }
  for (const pool of names.filter(name => !clusterPools.includes(name))) { problems.add(`poolTemplates: there is no pool '${pool}'; the pools are ${clusterPools.join(', ')}`); }
  for (const pool of (options.autoscaledPools ?? []).filter(name => !clusterPools.includes(name))) {
    problems.add(`autoscaledPools: there is no pool '${pool}'; the pools are ${clusterPools.join(', ')}`);
  }
}
