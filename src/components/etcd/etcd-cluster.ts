import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { cpuGovernorFiles } from './cpu-governor';
import { etcdAlertGroups, etcdScrapeTargets } from './etcd-contributions';
import { checkExtraFlags, etcdImage, healthClientCertificate, memberCertificates, memberFlags, memberPod, memoryLimit, monitoringClientCertificate } from './etcd-document';
import { EtcdRuntime } from './etcd-runtime';
import { memberService, serviceFiles, userFile } from './etcd-service';
import { clientUrls, etcdSettings, ringNamed } from './etcd-settings';
import { EtcdTlsVersion } from './etcd-tls';
import { EtcdDefragmentation, EtcdSnapshots } from './operations/etcd-operations';
import { operationFiles } from './operations/operation-files';
import { checkOperations, operationsSettings } from './operations/operations-settings';
import { etcdRunbooks } from './operations/runbooks';
import { EtcdCipherSuite } from '../../catalogue/etcd-cipher-suites';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { HOST_PATHS } from '../../cluster/host-paths';
import { refuseManagedControlPlane } from '../../cluster/managed-control-plane';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { IEtcdEndpoints } from '../../contracts/etcd-endpoints';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation } from '../../derivation/derivation';
import { CertificateRequest } from '../../host/certificate-request';
import { bindCluster } from '../../host/cluster-of';
import { HostFile } from '../../host/host-file';
import { HostPage } from '../../host/host-page';
import { HostService } from '../../host/host-service';
import { HostTarget } from '../../host/host-target';
import { StaticPod } from '../../host/static-pod';
import { Problems } from '../../input/problems';

/** Inputs of `EtcdCluster`. */
export interface EtcdClusterProps {
  /**
   * Facts of the cluster this etcd belongs to.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /**
   * Machines of the main ring: an odd number, normally three or five. Five survive two losses, which is what a rolling change of a large
   * cluster needs.
   *
   * @default - the control-plane machines
   */
  readonly members?: ControlPlaneMember[];

  /**
   * Machines of the ring for events. Events are most of the writes of a large cluster; in a ring of their own they compete with nothing, a stated
   * precondition of the Kubernetes SLOs. An empty list keeps events in the main ring.
   *
   * @default - the first three machines of the main ring
   */
  readonly eventsMembers?: ControlPlaneMember[];

  /**
   * Machines of a ring for leases: nodes / 10 renewals a second go there, and every leader election. It pays where those are most of what the main
   * ring's disk has to synchronise, which is above about 3,000 nodes, or on disks that make a write durable in more than 2 ms. Kubernetes can move
   * to it only with downtime: leases of the main ring are not carried over.
   *
   * @default - none: leases lie in the main ring
   * @see flag `etcd-servers-overrides` of kube-apiserver
   */
  readonly leasesMembers?: ControlPlaneMember[];

  /**
   * Who starts the members: the kubelet of each machine, or systemd on machines that are etcd and nothing else.
   *
   * @default EtcdRuntime.staticPod()
   */
  readonly runAs?: EtcdRuntime;

  /**
   * Absolute path at which a disk of its own for the main ring's log is mounted; the log lies in its folder `wal`. Every write waits for that disk
   * alone, so that neither a commit of the backend nor a defragmentation holds it up. Where a ring has data already, stop each member, move
   * `member/wal` of its data folder there, and start it again, before the next.
   *
   * @default - the log lies on the disk of the data
   * @see flag `wal-dir` of etcd
   */
  readonly walDirectory?: string;

  /**
   * Oldest version of TLS that members speak, to each other and to clients.
   *
   * @default EtcdTlsVersion.V1_2
   * @see flag `tls-min-version` of etcd
   */
  readonly tlsMinVersion?: EtcdTlsVersion;

  /**
   * Suites of TLS 1.2, where a policy asks for a list. One of `ECDHE_ECDSA_AES_128_GCM` and `ECDHE_RSA_AES_128_GCM` must be among them, because
   * HTTP/2 asks for it; with TLS 1.3 alone there is nothing to choose.
   *
   * @default - those of Go
   * @see flag `cipher-suites` of etcd
   */
  readonly cipherSuites?: EtcdCipherSuite[];

  /**
   * Whether the processors of the members' machines are kept at full clock. Machines without such a switch are left alone.
   *
   * @default true
   */
  readonly performanceGovernor?: boolean;

  /**
   * Largest round trip between two members; heartbeat and election follow it. Node count does not matter to them.
   *
   * @default - 1 ms: one region
   */
  readonly roundTripTime?: Duration;

  /**
   * Interval of heartbeats.
   *
   * @default - derived, see `etcd/heartbeat-interval`
   * @see flag `heartbeat-interval` of etcd
   */
  readonly heartbeatInterval?: Duration;

  /**
   * Time without heartbeat after which members elect a new leader: at least five heartbeats, at most 50 s.
   *
   * @default - derived, see `etcd/election-timeout`
   * @see flag `election-timeout` of etcd
   */
  readonly electionTimeout?: Duration;

  /**
   * Size at which the main ring refuses writes. At etcd's default of 2 GiB a cluster of about 1,000 nodes has stopped.
   *
   * @default - derived, see `etcd/quota-backend-bytes`
   * @see flag `quota-backend-bytes` of etcd
   */
  readonly quotaBackendBytes?: Size;

  /**
   * Snapshots of the main ring: how often, how many, where.
   *
   * @default - on, in turn on every machine of the main ring, kept on the machines alone
   */
  readonly snapshots?: EtcdSnapshots;

  /**
   * When members are defragmented.
   *
   * @default - on, looked at every hour, done where half of a member's file is free
   */
  readonly defragmentation?: EtcdDefragmentation;

  /**
   * Flags this library does not model, by name without dashes. Names are checked against the etcd version; flags the construct owns are
   * refused, list flags are merged.
   *
   * @default - none
   */
  readonly extraFlags?: { [name: string]: string };
}

/**
 * etcd as it has to be at 1,000 nodes and more: a main ring, a ring for events and one for leases where it pays, TLS everywhere, timers from the
 * network, a quota from the planned objects. Static pods or units of systemd, certificate requests and scripts on the members' machines; nothing in the
 * cluster.
 */
export class EtcdCluster extends Construct implements IEtcdEndpoints, IContributor {
  public readonly mainUrls: string[];
  public readonly eventsUrls: string[];
  public readonly leasesUrls?: string[];
  public readonly etcdVersion: string;
  public readonly caFile: string = HOST_PATHS.etcdCa;
  public readonly clientCertFile: string = HOST_PATHS.apiServerEtcdClientCert;
  public readonly clientKeyFile: string = HOST_PATHS.apiServerEtcdClientKey;
  public readonly quotaBackendBytes: number;
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[] = [];
  public readonly logStreams: LogStream[] = [];

  /** Connections beside those of scrape targets and API clients: none. */
  public readonly networkFlows: NetworkFlow[] = [];

  constructor(scope: Construct, id: string, props: EtcdClusterProps = {}) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    refuseManagedControlPlane(cluster, 'EtcdCluster', 'leave EtcdCluster out');
    bindCluster(this, cluster);
    const problems = new Problems('EtcdCluster');
    checkExtraFlags(cluster, props.extraFlags, problems);
    checkOperations(props, problems);
    const settings = etcdSettings(cluster, props, problems);
    const members = settings.rings.flatMap(ring => ring.members.map(member =>
      ({ ring, member, flags: memberFlags(cluster, settings, ring, member).extra('extraFlags', props.extraFlags, problems) })));

    const { systemd } = settings;
    for (const { ring, member, flags } of members) {
      const at = new Construct(this, `${ring.name}-${member.name}`);
      if (systemd) {
        new HostService(at, 'Service', memberService(systemd, ring, member, flags));
        serviceFiles(cluster, systemd, ring, member, flags, memoryLimit(ring)).forEach((file, i) => new HostFile(at, `File${i}`, file));
      } else {
        new StaticPod(at, 'StaticPod', memberPod(cluster, ring, member, flags));
      }
      memberCertificates(ring, member).forEach((request, i) => new CertificateRequest(at, `Certificate${i}`, request));
    }
    const machines = new Map(settings.rings.flatMap(ring => ring.members).map(member => [member.name, member]));
    for (const member of machines.values()) { new CertificateRequest(this, `health-${member.name}`, healthClientCertificate(member)); }

    const operations = operationsSettings(cluster, settings, props);
    for (const member of machines.values()) {
      const at = new Construct(this, `operations-${member.name}`);
      const user = systemd ? [userFile(systemd, HostTarget.machine(member.name))] : [];
      const governor = props.performanceGovernor ?? true ? cpuGovernorFiles(HostTarget.machine(member.name)) : [];
      [...operationFiles(operations, member, etcdImage(cluster)), ...user, ...governor].forEach((file, i) => new HostFile(at, `File${i}`, file));
    }
    for (const page of etcdRunbooks(operations)) { new HostPage(this, `page-${page.name}`, page); }
    new CertificateRequest(this, 'monitoring', monitoringClientCertificate(settings.rings[0].members[0]));

    const [main] = settings.rings;
    const events = ringNamed(settings.rings, 'events');
    const leases = ringNamed(settings.rings, 'leases');
    this.mainUrls = clientUrls(main);
    this.eventsUrls = events ? clientUrls(events) : [];
    this.leasesUrls = leases && clientUrls(leases);
    this.etcdVersion = cluster.versions.etcd;
    this.quotaBackendBytes = main.quota.value;
    this.derivations = [...settings.derivations, ...operations.derivations];
    this.scrapeTargets = etcdScrapeTargets(settings.rings);
    this.alertGroups = etcdAlertGroups(settings.rings, operations);
  }
}
