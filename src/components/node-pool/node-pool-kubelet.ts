import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { hostFiles, hostSettings } from './host-settings';
import { kubeletConfiguration } from './kubelet-document';
import { withOverrides } from './kubelet-overrides';
import { kubeletSettings, KubeletSubject } from './kubelet-settings';
import { largestJoinWave } from '../../capacity/host-capacity';
import { poolCores, poolMaxPods, poolMemory, poolNodesToday } from '../../capacity/pool-amounts';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NodePool, PoolKind } from '../../cluster/node-pool';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { IDnsEndpoint } from '../../contracts/dns-endpoint';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { HostFile } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';
import { KubeletHost } from '../../host/kubelet-host';
import { Problems } from '../../input/problems';

/** What can be set about the kubelets of a pool. */
export interface KubeletOptions {
  /**
   * Memory withheld from pods for kubelet and container runtime.
   *
   * @default - derived, see `kubelet/<pool>/kube-reserved-memory`
   * @see field `kubeReserved` of KubeletConfiguration
   */
  readonly kubeReservedMemory?: Size;

  /**
   * Memory withheld from pods for the operating system.
   *
   * @default - derived, see `kubelet/<pool>/system-reserved-memory`
   * @see field `systemReserved` of KubeletConfiguration
   */
  readonly systemReservedMemory?: Size;

  /**
   * Free memory below which pods are evicted; withheld from pods as well.
   *
   * @default - derived, see `kubelet/<pool>/eviction-memory`
   * @see field `evictionHard` of KubeletConfiguration
   */
  readonly evictionMemory?: Size;

  /**
   * CPUs that compute pools keep for the system, as a list such as `0,32`. Name both hardware threads of each core where they are not
   * neighbours.
   *
   * @default - the first CPUs, as many as derived, see `kubelet/<pool>/reserved-system-cpus`
   * @see field `reservedSystemCPUs` of KubeletConfiguration
   */
  readonly reservedSystemCpus?: string;

  /**
   * Images a node pulls at a time. More makes one node faster and a rollout on all of them heavier for the registry. Used from 1.27 on;
   * older kubelets pull one after the other.
   *
   * @default - derived, see `kubelet/<pool>/max-parallel-image-pulls`
   * @see field `maxParallelImagePulls` of KubeletConfiguration
   */
  readonly maxParallelImagePulls?: number;

  /**
   * Processes of one pod.
   *
   * @default - derived, see `kubelet/<pool>/pod-pids-limit`
   * @see field `podPidsLimit` of KubeletConfiguration
   */
  readonly podPidsLimit?: number;

  /**
   * Time for ending pods when the machine shuts down; the last third of it belongs to critical pods.
   *
   * @default - derived, see `kubelet/<pool>/shutdown-grace-period`
   * @see field `shutdownGracePeriod` of KubeletConfiguration
   */
  readonly shutdownGracePeriod?: Duration;

  /**
   * Further fields of KubeletConfiguration by name; each replaces ours as a whole. Names are checked against the pool's release (the
   * kubelet itself ignores a misspelt one); fields the construct owns are refused.
   *
   * @default - none
   */
  readonly configOverrides?: { [field: string]: any };

  /**
   * Further kernel settings by dotted name; they replace ours.
   *
   * @default - none
   */
  readonly extraSysctls?: { [key: string]: string };
}

/** Inputs of `NodePoolKubelet`. */
export interface NodePoolKubeletProps extends KubeletOptions {
  /**
   * Facts of the cluster this pool belongs to.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /** The pool. */
  readonly pool: NodePool;

  /**
   * Where pods resolve names: the node-local cache where there is one.
   *
   * @default - the DNS Service of the network plan
   * @see fields `clusterDNS` and `clusterDomain` of KubeletConfiguration
   */
  readonly dns?: IDnsEndpoint;
}

/**
 * The kubelet of a pool's nodes and the kernel settings under it: a configuration of the pool's own release with reservations from the
 * machine shape. Host files only; nothing in the cluster.
 */
export class NodePoolKubelet extends Construct implements IContributor {
  public readonly pool: NodePool;
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  /** What deserves a second look, in sentences. */
  public readonly notes: string[];
  public readonly scrapeTargets: ScrapeTarget[] = [];
  public readonly alertGroups: AlertGroup[] = [];
  public readonly apiClients: ApiClient[] = [];
  public readonly logStreams: LogStream[] = [];

  constructor(scope: Construct, id: string, props: NodePoolKubeletProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const { pool } = props;
    const release = cluster.releaseOf(pool);
    const subject: KubeletSubject = {
      title: `pool '${pool.name}'`, name: pool.name, pool, kind: pool.kind, machine: pool.machine, cores: poolCores(pool), memory: poolMemory(pool), maxPods: poolMaxPods(pool), release,
    };
    const problems = new Problems(`NodePoolKubelet ${subject.title}`);
    const settings = kubeletSettings(cluster, subject, props, problems);
    const configuration = withOverrides(kubeletConfiguration(settings, false), release.version, props.configOverrides, problems);
    const host = hostSettings(cluster, subject, props.extraSysctls, problems);
    problems.throwIfAny();

    const target = HostTarget.pool(pool.name);
    new KubeletHost(this, 'Kubelet', {
      target,
      release,
      configuration,
      nodeLabels: pool.labels,
      taints: pool.taints,
      // A static manager keeps its assignments in a state file; with another policy the kubelet refuses to start until it is removed.
      changeNeedsDrain: pool.kind === PoolKind.COMPUTE || pool.kind === PoolKind.MEMORY,
    });
    for (const [name, file] of hostFiles(target, host)) { new HostFile(this, name, file); }

    this.pool = pool;
    this.derivations = [...settings.derivations, ...host.derivations, largestJoinWave(pool.name, poolNodesToday(pool))];
    this.notes = settings.notes;
  }
}
