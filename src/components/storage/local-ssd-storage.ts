import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { BlockCleaning } from './block-cleaning';
import { CLEANUP, CLEANUP_RULES, cleanupDeployment, cleanupOwner } from './cleanup-document';
import { DISK_PATHS } from './disks/disk-script';
import { handWrittenSet } from './disks/disk-set-settings';
import { diskFiles } from './disks/disk-units';
import { LostNodes } from './lost-nodes';
import { networkStorageClass, volumeAttributesClass, volumeSnapshotClass } from './network/network-class-document';
import { NetworkStorageClass } from './network/network-storage-class';
import { CLEANING_JOB_RULES, PROVISIONER, PROVISIONER_RULES, provisionerConfig, provisionerDaemonSet, storageOwner } from './provisioner-document';
import { LocalDisk, staticClass, StaticVolume, staticVolume, staticVolumeObject, staticVolumeTable } from './static-volume';
import { storageAlertGroups } from './storage-alerts';
import { localStorageClass } from './storage-class-document';
import { storageApiClients, storageLogStreams, storageScrapeTargets } from './storage-contributions';
import { storageRunbooks } from './storage-runbooks';
import { StorageSettings, storageSettings, volumeAttributesApi } from './storage-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { LocalFilesystem } from '../../cluster/local-disks';
import { NAMESPACES } from '../../cluster/namespaces';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { HostChange } from '../../host/host-change';
import { HostFile } from '../../host/host-file';
import { HostPage } from '../../host/host-page';
import { HostTarget } from '../../host/host-target';
import { hashedConfigMap } from '../../in-cluster/config-map';
import { inClusterObject } from '../../in-cluster/in-cluster-object';
import { namespace, PodSecurity } from '../../in-cluster/namespace';
import { serviceAccount } from '../../in-cluster/rbac';

/** Inputs of `LocalSsdStorage`. */
export interface LocalSsdStorageProps {
  /**
   * Facts of the cluster.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /**
   * Names of the pools whose local disks are given to pods. Each must have `localDisks` in its MachineShape.
   *
   * @default - every pool whose machines have local disks; where none has, only the classes are written, and claims of the local class
   * wait until such a pool joins
   */
  readonly pools?: string[];

  /**
   * Name of the StorageClass, and of the folder on the nodes. Raw volumes have the class `<name>-block`, retained ones `<name>-retain`, both
   * `<name>-block-retain`. Volumes keep the name of their class, and disks its mark, so it cannot be changed later.
   *
   * @default local-ssd
   */
  readonly storageClassName?: string;

  /**
   * File system the disks are formatted with, where the pool's `localDisks` name none. A disk that carries another one is refused, never
   * reformatted.
   *
   * @default LocalFilesystem.EXT4
   */
  readonly fsType?: LocalFilesystem;

  /**
   * Shortest period after which a provisioner goes over all volumes again.
   *
   * @default - derived, see `storage/provisioner-min-resync`
   * @see key `minResyncPeriod` of the local static provisioner
   */
  readonly minResyncPeriod?: Duration;

  /**
   * What becomes of claims and volumes of a node that was deleted. Among a thousand machines one dies every week, and without an answer its
   * pods stay pending for ever.
   *
   * @default LostNodes.cleanUp()
   */
  readonly lostNodes?: LostNodes;

  /**
   * How raw volumes are made blank between two claims.
   *
   * @default BlockCleaning.DISCARD, where a pool has raw volumes
   * @see key `blockCleanerCommand` of the local static provisioner
   */
  readonly blockCleaning?: BlockCleaning;

  /**
   * Whether raw volumes are cleaned by a Job each instead of the provisioner itself: it outlives a restart of the provisioner, and people see it.
   * Worth it where cleaning takes hours.
   *
   * @default false
   * @see key `useJobForCleaning` of the local static provisioner
   */
  readonly cleaningJobs?: boolean;

  /**
   * A class for network volumes beside the local one, for data that must outlive a node; metrics take it where monitoring names none. Its CSI
   * driver is not installed by this construct.
   *
   * @default - none
   */
  readonly networkClass?: NetworkStorageClass;

  /**
   * More classes for network volumes.
   *
   * @default - none
   */
  readonly furtherNetworkClasses?: NetworkStorageClass[];
}

/**
 * Local disks for pods: a script and units that find, prepare and mount the raw disks of a pool's machines, a provisioner on every such node that
 * publishes them as volumes and cleans them after use, a controller that frees what a lost node holds, StorageClasses, and runbooks.
 *
 * A volume on a local disk is lost with its node: replicate and back up above it.
 */
export class LocalSsdStorage extends Construct implements IContributor {
  /** Name of the StorageClass of local disks with a file system that is cleaned after use. */
  public readonly storageClassName: string;
  /** Names of all StorageClasses of local disks that are in use. */
  public readonly localClassNames: string[];
  /** Names of the pools whose disks are given to pods. */
  public readonly pools: string[];
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  /** What has to be in the cluster before claims of its classes are bound. */
  public readonly preconditions: string[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[];
  public readonly logStreams: LogStream[];

  /** Connections beside those of scrape targets and API clients: none. */
  public readonly networkFlows: NetworkFlow[] = [];
  private readonly cluster: ClusterFacts;
  private readonly settings: StorageSettings;
  private readonly volumes: StaticVolume[] = [];

  constructor(scope: Construct, id: string, props: LocalSsdStorageProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = storageSettings(cluster, props);
    const owner = storageOwner(cluster);

    settings.classes.forEach((local, i) => inClusterObject(this, i === 0 ? 'LocalClass' : `LocalClass-${local.name}`, owner, localStorageClass(local)));
    settings.networkClasses.forEach((network, i) => this.addNetworkClass(i === 0 ? 'NetworkClass' : `NetworkClass-${network.name}`, cluster, network));
    if (settings.pools.length > 0) { this.publish(cluster, settings); }
    for (const set of settings.scratch) { diskFiles(set).forEach((file, i) => new HostFile(this, `scratch-${set.pool}-file${i}`, file)); }
    if (settings.pools.length + settings.scratch.length > 0) { for (const page of storageRunbooks(settings)) { new HostPage(this, page.name, page); } }

    this.storageClassName = settings.className;
    this.localClassNames = settings.classes.map(local => local.name);
    this.pools = settings.pools.map(local => local.pool.name);
    this.derivations = settings.derivations;
    this.cluster = cluster;
    this.settings = settings;
    this.preconditions = networkPreconditions(cluster, settings);
    this.scrapeTargets = storageScrapeTargets(settings);
    this.alertGroups = storageAlertGroups(settings);
    this.apiClients = storageApiClients(settings);
    this.logStreams = storageLogStreams(settings);
  }

  /**
   * A volume on one disk of one node, written by hand instead of published: for a few databases whose place is decided by people. Its class is
   * `<storageClassName>-retain`; the machine formats the disk under the UUID that the volume names, and mounts it where no provisioner looks.
   *
   * @param node name of the node as it registers; a pool must have it in `nodeNames`
   * @param disk the disk, by its own name
   * @returns name of the PersistentVolume
   * @throws when no pool knows the node, the disk has no name of its own, or is a volume already
   */
  public addVolume(node: string, disk: LocalDisk): string {
    const volume = staticVolume(this.cluster, node, disk, this.volumes);
    const owner = storageOwner(this.cluster);
    const local = staticClass(this.settings);
    if (!this.localClassNames.includes(local.name)) {
      inClusterObject(this, `LocalClass-${local.name}`, owner, localStorageClass(local));
      this.localClassNames.push(local.name);
    }
    inClusterObject(this, volume.name, owner, staticVolumeObject(this.settings, volume));
    this.volumes.push(volume);
    const pool = volume.pool.name;
    const ofPool = this.volumes.filter(other => other.pool.name === pool);
    if (ofPool.length === 1 && !this.pools.includes(pool)) { diskFiles(handWrittenSet(volume.pool)).forEach((file, i) => new HostFile(this, `by-hand-${pool}-file${i}`, file)); }
    const table = `by-hand-${pool}-table`;
    this.node.tryRemoveChild(table);
    new HostFile(this, table, {
      target: HostTarget.pool(pool), path: DISK_PATHS.staticTable, onChange: HostChange.run('systemctl', 'restart', 'thousand-node-local-disks.service'), content: staticVolumeTable(ofPool),
    });
    return volume.name;
  }

  private addNetworkClass(id: string, cluster: ClusterFacts, network: NetworkStorageClass): void {
    const owner = storageOwner(cluster);
    inClusterObject(this, id, owner, networkStorageClass(network));
    for (const attributes of network.attributes) {
      inClusterObject(this, `${id}-attributes-${attributes.name}`, owner, volumeAttributesClass(network, attributes, volumeAttributesApi(cluster.release.version)!));
    }
    const snapshots = volumeSnapshotClass(network);
    if (snapshots) { inClusterObject(this, `${id}-snapshots`, owner, snapshots); }
  }

  /** Provisioners with their rights and configurations, the controller beside them, the files of the machines. */
  private publish(cluster: ClusterFacts, settings: StorageSettings): void {
    const owner = storageOwner(cluster);
    namespace(this, 'Namespace', owner, NAMESPACES.storage, PodSecurity.PRIVILEGED);
    serviceAccount(this, 'Provisioner', owner, {
      name: PROVISIONER,
      namespace: NAMESPACES.storage,
      clusterRules: PROVISIONER_RULES,
      namespaceRules: settings.cleaningJobs ? { [NAMESPACES.storage]: CLEANING_JOB_RULES } : undefined,
    });
    // Pools that are configured alike share a ConfigMap.
    const configs = new Map<string, string>();
    for (const local of settings.pools) {
      const at = new Construct(this, `pool-${local.pool.name}`);
      const data = provisionerConfig(settings, local);
      const key = JSON.stringify(data);
      const config = configs.get(key) ?? hashedConfigMap(at, 'Config', owner, { name: PROVISIONER, namespace: NAMESPACES.storage, data }).name;
      configs.set(key, config);
      inClusterObject(at, 'DaemonSet', owner, provisionerDaemonSet(cluster, settings, local, config));
      diskFiles(local.set).forEach((file, i) => new HostFile(at, `File${i}`, file));
    }
    if (settings.lostNodeDelay) {
      const forCleanup = cleanupOwner(cluster);
      serviceAccount(this, 'Cleanup', forCleanup, { name: CLEANUP, namespace: NAMESPACES.storage, clusterRules: CLEANUP_RULES });
      inClusterObject(this, 'CleanupDeployment', forCleanup, cleanupDeployment(cluster, settings, settings.lostNodeDelay));
    }
  }
}

/** What is the user's: drivers, the definitions of snapshots, a version of an API that is off by default. */
function networkPreconditions(cluster: ClusterFacts, settings: StorageSettings): string[] {
  const drivers = [...new Set(settings.networkClasses.map(network => network.provisioner))];
  const beta = settings.networkClasses.some(network => network.attributes.length > 0) && volumeAttributesApi(cluster.release.version) !== 'storage.k8s.io/v1';
  return [
    ...drivers.map(driver => `CSI driver ${driver}: its controller, and its node part on every node whose pods use ${settings.networkClasses.filter(network => network.provisioner === driver).map(network => network.name).join(', ')}`),
    ...(settings.networkClasses.some(network => network.snapshots) ? ['definitions of snapshot.storage.k8s.io and the snapshot controller (kubernetes-csi/external-snapshotter)'] : []),
    ...(beta ? [`API servers that serve ${volumeAttributesApi(cluster.release.version)}: runtime-config and feature gate VolumeAttributesClass, on the controller manager and the scheduler too`] : []),
  ];
}
