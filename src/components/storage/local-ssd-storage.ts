import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { diskPreparationFiles } from './disk-preparation';
import { NetworkStorageClass } from './network-storage-class';
import { storageAlertGroups, storageApiClients, storageScrapeTargets } from './storage-contributions';
import {
  localStorageClass, networkStorageClass, PROVISIONER, PROVISIONER_RULES, provisionerConfig, provisionerDaemonSet, storageOwner,
} from './storage-document';
import { storageSettings } from './storage-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { NAMESPACES } from '../../cluster/namespaces';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { Derivation } from '../../derivation/derivation';
import { bindCluster } from '../../host/cluster-of';
import { HostFile } from '../../host/host-file';
import { hashedConfigMap } from '../../in-cluster/config-map';
import { inClusterObject } from '../../in-cluster/in-cluster-object';
import { namespace, PodSecurity } from '../../in-cluster/namespace';
import { serviceAccount } from '../../in-cluster/rbac';

/** File system of local volumes. */
export enum LocalFilesystem {
  EXT4 = 'ext4',
  XFS = 'xfs',
}

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
   * Name of the StorageClass, and of the folder on the nodes. Volumes keep the name of their class, so it cannot be changed later.
   *
   * @default local-ssd
   */
  readonly storageClassName?: string;

  /**
   * File system the disks are formatted with. A disk that carries another one is refused, never reformatted.
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
   * A class for network volumes beside the local one. Its CSI driver is not installed by this construct.
   *
   * @default - none
   */
  readonly networkClass?: NetworkStorageClass;
}

/**
 * Local disks for pods: a script and a unit that format and mount the raw disks of a pool's machines, a provisioner on every such node that
 * publishes them as volumes and cleans them after use, and the StorageClass.
 *
 * A volume on a local disk is lost with its node: replicate and back up above it.
 */
export class LocalSsdStorage extends Construct implements IContributor {
  /** Name of the StorageClass of local disks. */
  public readonly storageClassName: string;
  /** Names of the pools whose disks are given to pods. */
  public readonly pools: string[];
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[];
  public readonly logStreams: LogStream[] = [];

  constructor(scope: Construct, id: string, props: LocalSsdStorageProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    const settings = storageSettings(cluster, props);
    const owner = storageOwner(cluster);

    inClusterObject(this, 'LocalClass', owner, localStorageClass(settings));
    const network = networkStorageClass(settings);
    if (network) { inClusterObject(this, 'NetworkClass', owner, network); }
    if (settings.pools.length > 0) {
      namespace(this, 'Namespace', owner, NAMESPACES.storage, PodSecurity.PRIVILEGED);
      serviceAccount(this, 'Provisioner', owner, { name: PROVISIONER, namespace: NAMESPACES.storage, clusterRules: PROVISIONER_RULES });
      const config = hashedConfigMap(this, 'Config', owner, { name: PROVISIONER, namespace: NAMESPACES.storage, data: provisionerConfig(settings) });
      for (const local of settings.pools) {
        const at = new Construct(this, `pool-${local.pool.name}`);
        inClusterObject(at, 'DaemonSet', owner, provisionerDaemonSet(cluster, settings, local, config.name));
        diskPreparationFiles(settings, local).forEach((file, i) => new HostFile(at, `File${i}`, file));
      }
    }

    this.storageClassName = settings.className;
    this.pools = settings.pools.map(local => local.pool.name);
    this.derivations = settings.derivations;
    this.scrapeTargets = storageScrapeTargets(settings);
    this.alertGroups = storageAlertGroups(settings);
    this.apiClients = storageApiClients(settings);
  }
}
