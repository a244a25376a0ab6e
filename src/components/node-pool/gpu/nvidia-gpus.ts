import { Construct } from 'constructs';
import { gpuCheckFiles } from './gpu-check';
import { nvidiaAlertGroups, nvidiaScrapeTargets } from './nvidia-contributions';
import { DCGM_EXPORTER, dcgmExporter, DEVICE_PLUGIN, devicePlugin, devicePluginConfig, mpsControlDaemon, nvidiaOwner, nvidiaRuntimeClass } from './nvidia-document';
import { nvidiaSettings } from './nvidia-settings';
import { ClusterFacts } from '../../../cluster/cluster-facts';
import { NAMESPACES } from '../../../cluster/namespaces';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../../contracts/contributions';
import { NetworkFlow } from '../../../contracts/network-flows';
import { Derivation } from '../../../derivation/derivation';
import { bindCluster } from '../../../host/cluster-of';
import { HostFile } from '../../../host/host-file';
import { hashedConfigMap } from '../../../in-cluster/config-map';
import { inClusterObject } from '../../../in-cluster/in-cluster-object';
import { namespace, PodSecurity } from '../../../in-cluster/namespace';
import { serviceAccount } from '../../../in-cluster/rbac';

/** What can be set about the agents of NVIDIA cards. */
export interface NvidiaGpusOptions {
  /**
   * Hand the device files of a card to its container by name, instead of by the container runtime alone. Without it a change of exclusive
   * cores takes the cards away from running containers. The device plugin is privileged then.
   *
   * @default - where a kubelet of a GPU pool has CpuManager.exclusive(); alone: false
   * @see variable `PASS_DEVICE_SPECS` of the device plugin
   */
  readonly passDeviceSpecs?: boolean;

  /**
   * Export metrics of the cards.
   *
   * @default true
   */
  readonly metrics?: boolean;

  /**
   * Keep a machine out of the cluster until driver, toolkit and all cards answer. A node without its cards looks healthy, pods wait for it,
   * and the autoscaler adds more of its kind.
   *
   * @default true
   */
  readonly checkBeforeKubelet?: boolean;
}

/** Inputs of `NvidiaGpus`. */
export interface NvidiaGpusProps extends NvidiaGpusOptions {
  /**
   * Facts of the cluster.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;
}

/**
 * What pools with NVIDIA cards need beside their kubelets: the device plugin that reports the cards, sharing of cards as the pool says, the
 * runtime class that gives a pod its driver (and its place: node selector and toleration come with it), metrics, and a check on the machine
 * before its kubelet starts. Driver and container toolkit belong to the machine image.
 */
export class NvidiaGpus extends Construct implements IContributor {
  /** Names of the pools with NVIDIA cards; without any, nothing is written. */
  public readonly pools: string[];
  /** What a pod sets as `runtimeClassName`. */
  public readonly runtimeClassName: string = 'nvidia';
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  /** What the machine image has to bring. */
  public readonly preconditions: string[];
  /** What deserves a second look, in sentences. */
  public readonly notes: string[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[] = [];
  public readonly logStreams: LogStream[] = [];

  /** Connections beside those of scrape targets and API clients: none. */
  public readonly networkFlows: NetworkFlow[] = [];

  constructor(scope: Construct, id: string, props: NvidiaGpusProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = nvidiaSettings(cluster, props);
    this.pools = settings.pools.map(({ pool }) => pool.name);
    this.derivations = settings.derivations;
    this.preconditions = settings.preconditions;
    this.notes = settings.notes;
    this.scrapeTargets = nvidiaScrapeTargets(settings);
    this.alertGroups = nvidiaAlertGroups(settings);
    if (settings.pools.length === 0) { return; }

    const owner = nvidiaOwner(cluster, DEVICE_PLUGIN);
    namespace(this, 'Namespace', owner, NAMESPACES.gpu, PodSecurity.PRIVILEGED);
    inClusterObject(this, 'RuntimeClass', owner, nvidiaRuntimeClass(this.runtimeClassName, settings));
    serviceAccount(this, 'Plugin', owner, { name: DEVICE_PLUGIN, namespace: NAMESPACES.gpu });
    if (settings.metrics) { serviceAccount(this, 'Exporter', nvidiaOwner(cluster, DCGM_EXPORTER), { name: DCGM_EXPORTER, namespace: NAMESPACES.gpu }); }
    for (const gpuPool of settings.pools) {
      const { pool } = gpuPool;
      const at = new Construct(this, `pool-${pool.name}`);
      const config = hashedConfigMap(at, 'Config', owner, { name: `${DEVICE_PLUGIN}-${pool.name}`, namespace: NAMESPACES.gpu, data: devicePluginConfig(gpuPool, settings) });
      for (const manifest of [devicePlugin(cluster, settings, gpuPool, config.name), mpsControlDaemon(cluster, settings, gpuPool, config.name)]) {
        if (manifest) { inClusterObject(at, manifest.metadata!.name!, owner, manifest); }
      }
      if (settings.metrics) { inClusterObject(at, 'Exporter', nvidiaOwner(cluster, DCGM_EXPORTER), dcgmExporter(cluster, settings, gpuPool)); }
      if (props.checkBeforeKubelet ?? true) { gpuCheckFiles(pool).forEach((file, i) => new HostFile(at, `File${i}`, file)); }
    }
  }
}
