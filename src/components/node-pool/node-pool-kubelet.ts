import { Construct } from 'constructs';
import { hostFiles, hostSettings } from './host-settings';
import { hugePagesFiles } from './huge-pages';
import { KubeletConfigurationForm } from './kubelet-configuration-form';
import { kubeletConfiguration } from './kubelet-document';
import { numbersAsWritten } from './kubelet-numbers';
import { KubeletOptions } from './kubelet-options';
import { withExisting, withOverrides } from './kubelet-overrides';
import { kubeletSettings } from './kubelet-settings';
import { KubeletSubject } from './kubelet-subject';
import { machineFiles } from './machine-files';
import { largestJoinWave, pullRateOfWave, pullsOfWave } from '../../capacity/host-capacity';
import { containerLogDisk } from '../../capacity/log-file-capacity';
import { poolCores, poolMaxPods, poolMemory, poolNodesToday } from '../../capacity/pool-amounts';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { NodePool, NodeTaint } from '../../cluster/node-pool';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { IDnsEndpoint } from '../../contracts/dns-endpoint';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation, stated } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { HostFile } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';
import { KubeletHost } from '../../host/kubelet-host';
import { Problems } from '../../input/problems';
import { labelProblem } from '../../input/text-safety';

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

  /** Connections beside those of scrape targets and API clients: none. */
  public readonly networkFlows: NetworkFlow[] = [];

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
    const merged = withExisting(kubeletConfiguration(settings, false), subject, props.existingConfiguration, problems);
    const configuration = withOverrides(merged.fields, release.version, props.configOverrides, problems);
    const dropIn = props.configurationForm === KubeletConfigurationForm.DROP_IN;
    problems.require(!dropIn || release.isAtLeast(KubernetesRelease.V1_30),
      `configurationForm: kubelets read fragments from 1.30 on, they run ${release}; use KubeletConfigurationForm.WHOLE_FILE or a newer release`);
    const startupTaints = startupTaintsOf(pool, props.startupTaints, problems);
    const host = hostSettings(cluster, subject, props.extraSysctls, problems);
    problems.throwIfAny();

    const target = HostTarget.pool(pool.name);
    new KubeletHost(this, 'Kubelet', {
      target,
      release,
      configuration,
      nodeLabels: pool.labels,
      taints: [...pool.taints, ...startupTaints],
      // A static manager keeps its assignments in a state file; with another policy the kubelet refuses to start until it is removed.
      changeNeedsDrain: settings.managers.cpu !== undefined || settings.managers.reservedMemory !== undefined,
      dropIn,
      previous: props.existingConfiguration,
    });
    for (const [name, file] of [...hostFiles(target, cluster, host), ...machineFiles(target, cluster, subject, props)]) { new HostFile(this, name, file); }
    if (props.hugePages) { for (const [name, file] of hugePagesFiles(pool, props.hugePages)) { new HostFile(this, name, file); } }

    this.pool = pool;
    const wave = largestJoinWave(pool.name, poolNodesToday(pool));
    const numbers = numbersAsWritten(settings.derivations, configuration);
    const pullRate = numbers.find(number => number.id === `kubelet/${pool.name}/registry-pull-qps`)!;
    const { logFiles: logs } = settings;
    const files = Number(configuration.containerLogMaxFiles);
    const perCore = Number(configuration.podsPerCore ?? 0);
    this.derivations = [
      ...numbers,
      containerLogDisk(pool.name, subject.maxPods, files === logs.count.value ? logs.count : files, logs.size),
      ...(perCore > 0 ? [stated(`kubelet/${pool.name}/pods-per-core`, perCore, 'pods per core', 'podsPerCore of the configuration')] : []),
      ...host.derivations,
      wave,
      pullsOfWave(pool.name, wave, settings.pullsAtATime),
      pullRateOfWave(pool.name, wave, pullRate),
    ];
    this.notes = [
      ...settings.notes,
      ...merged.notes,
      ...(startupTaints.length > 0
        ? [`pool '${pool.name}': new nodes carry ${startupTaints.map(({ key }) => key).join(', ')} until somebody removes it; no kubelet may`] : []),
      ...(dropIn ? [`pool '${pool.name}': the configuration is a fragment; kubeadm, which owns the whole file, merges the same fields by patch`] : []),
    ];
  }
}

function startupTaintsOf(pool: NodePool, taints: NodeTaint[] | undefined, problems: Problems): NodeTaint[] {
  for (const taint of taints ?? []) {
    problems.add(labelProblem('startupTaints', taint.key, taint.value ?? ''));
    problems.require(!pool.taints.some(other => other.key === taint.key && other.effect === taint.effect),
      `startupTaints: '${taint.key}' with effect ${taint.effect} is a lasting taint of the pool; use another key`);
  }
  return [...(taints ?? [])];
}
