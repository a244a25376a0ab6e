import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { clientLoadProblems } from './api-client-load';
import { controlPlaneCertificates } from './api-server-certificates';
import { adminKubeconfig, admissionConfiguration, auditPolicy, localKubeconfig, schedulerConfiguration } from './api-server-config';
import { apiServerAlertGroups, apiServerLogStreams, apiServerScrapeTargets } from './api-server-contributions';
import { apiServerFlags, checkExtraFlags, controllerManagerFlags, schedulerFlags } from './api-server-flags';
import { API_SERVER_FILES, CERTIFICATES, CONTROL_PLANE_FILES } from './api-server-paths';
import { apiServerPod, controllerManagerPod, schedulerPod } from './api-server-pods';
import { apiServerSettings } from './api-server-settings';
import { encryptionReload, encryptionScript } from './encryption-script';
import { flowControl } from './flow-control';
import { nodeBootstrap } from './node-bootstrap';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { ControlPlaneMember } from '../../cluster/control-plane-member';
import { isIpAddress } from '../../cluster/ip-range';
import { IApiEndpoint } from '../../contracts/api-endpoint';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { IEtcdEndpoints } from '../../contracts/etcd-endpoints';
import { Derivation } from '../../derivation/derivation';
import { CertificateRequest } from '../../host/certificate-request';
import { bindCluster } from '../../host/cluster-of';
import { HostChange } from '../../host/host-change';
import { HostFile } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';
import { StaticPod } from '../../host/static-pod';
import { inClusterObject, Manifest } from '../../in-cluster/in-cluster-object';
import { WAVE } from '../../in-cluster/wave';
import { Problems } from '../../input/problems';
import { dnsNameProblem, urlProblem } from '../../input/text-safety';

/** What can be set about the control plane, whatever etcd it uses. */
export interface ApiServerOptions {
  /**
   * Most non-mutating requests one API server works on at a time. Only the sum with `maxMutatingRequestsInflight` counts. Raise it together with
   * memory: each request may hold a whole list response.
   *
   * @default - derived, see `api-server/inflight`
   * @see flag `max-requests-inflight` of kube-apiserver
   */
  readonly maxRequestsInflight?: number;

  /**
   * Most mutating requests one API server works on at a time.
   *
   * @default - derived, see `api-server/mutating-inflight`
   * @see flag `max-mutating-requests-inflight` of kube-apiserver
   */
  readonly maxMutatingRequestsInflight?: number;

  /**
   * LIST and watch requests across all namespaces, by service accounts that are not add-ons of this library, that one API server works on at
   * a time: 1 to 7. This is what keeps a faulty agent on every node from taking the cluster down.
   *
   * @default - derived, see `api-server/dear-request-seats`
   */
  readonly dearRequestSeats?: number;

  /**
   * How long events are kept.
   *
   * @default - 30 minutes
   * @see flag `event-ttl` of kube-apiserver
   */
  readonly eventTtl?: Duration;

  /**
   * Chance that a request makes its HTTP/2 client reconnect, so that load spreads over the servers again after a restart; at most 0.02.
   *
   * @default - 0.001 with several servers, 0 with one
   * @see flag `goaway-chance` of kube-apiserver
   */
  readonly goawayChance?: number;

  /**
   * Share of the nodes that the scheduler scores, in percent; 0 leaves it to the scheduler.
   *
   * @default - derived, see `scheduler/percentage-of-nodes-to-score`
   * @see field `percentageOfNodesToScore` of KubeSchedulerConfiguration
   */
  readonly percentageOfNodesToScore?: number;

  /**
   * Further DNS names and addresses that the API server's certificate has to cover.
   *
   * @default - none beside the endpoint, the machines and the Service
   */
  readonly certSans?: string[];

  /**
   * Service accounts that talk to the API server and deserve a priority level of their own: agents and add-ons. `addApiClients` adds more.
   *
   * @default - none
   */
  readonly apiClients?: ApiClient[];

  /**
   * Flags of kube-apiserver this library does not model, by name without dashes. Names are checked against the release; flags the construct
   * owns are refused, list flags are merged.
   *
   * @default - none
   */
  readonly extraFlags?: { [name: string]: string };

  /**
   * The same for kube-controller-manager.
   *
   * @default - none
   */
  readonly controllerManagerExtraFlags?: { [name: string]: string };

  /**
   * The same for kube-scheduler.
   *
   * @default - none
   */
  readonly schedulerExtraFlags?: { [name: string]: string };
}

/** Inputs of `TunedApiServer`. */
export interface TunedApiServerProps extends ApiServerOptions {
  /**
   * Facts of the cluster this control plane belongs to.
   *
   * @default - a 1,000-node cluster on the newest supported release
   */
  readonly cluster?: ClusterFacts;

  /** Where to reach etcd: an `EtcdCluster`, or your own implementation for an etcd that somebody else runs. */
  readonly etcd: IEtcdEndpoints;
}

/**
 * kube-apiserver, kube-controller-manager and kube-scheduler as static pods on each control-plane machine, with their configuration files,
 * and the priority levels that keep the API server alive when agents on every node misbehave.
 */
export class TunedApiServer extends Construct implements IApiEndpoint, IContributor {
  public readonly apiHost: string;
  public readonly apiPort: number;
  public readonly totalSeats: number;
  public readonly replicas: number;
  /** Every number of this construct with its formula. */
  public readonly derivations: Derivation[];
  public readonly scrapeTargets: ScrapeTarget[];
  public readonly alertGroups: AlertGroup[];
  public readonly apiClients: ApiClient[] = [];
  public readonly logStreams: LogStream[];
  private readonly namedClients: ApiClient[];

  constructor(scope: Construct, id: string, props: TunedApiServerProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    bindCluster(this, cluster);
    this.namedClients = [...(props.apiClients ?? [])];
    const problems = new Problems('TunedApiServer');
    const sans = props.certSans ?? [];
    for (const name of sans.filter(san => !isIpAddress(san))) { problems.add(dnsNameProblem('certSans', name)); }
    for (const url of [...props.etcd.mainUrls, ...props.etcd.eventsUrls, ...(props.etcd.leasesUrls ?? [])]) { problems.add(urlProblem('etcd', url, ['https'])); }
    problems.require(props.etcd.mainUrls.length > 0, 'etcd.mainUrls must name at least one member');
    checkExtraFlags(cluster, props, problems);
    const settings = apiServerSettings(cluster, props, problems);

    const machines = cluster.controlPlaneMembers.map(member => ({
      member,
      apiServer: apiServerFlags(cluster, settings, props.etcd, member).extra('extraFlags', props.extraFlags, problems),
    }));
    const controllerManager = controllerManagerFlags(cluster, settings).extra('controllerManagerExtraFlags', props.controllerManagerExtraFlags, problems);
    const scheduler = schedulerFlags(cluster).extra('schedulerExtraFlags', props.schedulerExtraFlags, problems);

    const flags = (list: { entries(): Array<[string, string]> }) => list.entries().map(([name, value]) => ({ name, value }));
    for (const { member, apiServer } of machines) {
      const at = new Construct(this, member.name);
      new StaticPod(at, 'kube-apiserver', apiServerPod(cluster, settings, member, flags(apiServer)));
      new StaticPod(at, 'kube-controller-manager', controllerManagerPod(cluster, settings, member, flags(controllerManager)));
      new StaticPod(at, 'kube-scheduler', schedulerPod(cluster, settings, member, flags(scheduler)));
      this.configFiles(at, cluster, member, schedulerConfiguration(cluster, settings));
      controlPlaneCertificates(cluster, member, sans).forEach((request, i) => new CertificateRequest(at, `Certificate${i}`, request));
    }
    const inFoundation = (component: string, manifests: Manifest[]) => manifests.forEach(manifest => inClusterObject(
      this, `${manifest.kind}-${manifest.metadata!.name}`, { name: 'kube-apiserver', component, cluster: cluster.name, wave: WAVE.foundation }, manifest,
    ));
    inFoundation('priority-and-fairness', flowControl(cluster, settings, () => this.namedClients));
    inFoundation('node-bootstrap', nodeBootstrap());
    // Clients are added until synth.
    this.node.addValidation({ validate: () => clientLoadProblems(cluster, settings, this.namedClients) });

    this.apiHost = cluster.apiHost;
    this.apiPort = cluster.apiPort;
    this.totalSeats = settings.totalSeats;
    this.replicas = machines.length;
    this.derivations = settings.derivations;
    this.scrapeTargets = apiServerScrapeTargets();
    this.alertGroups = apiServerAlertGroups(cluster, settings);
    this.logStreams = apiServerLogStreams();
  }

  /** Give service accounts their place in the priority levels: agents on every node, add-ons that list whole resources. */
  public addApiClients(clients: ApiClient[]): void {
    this.namedClients.push(...clients);
  }

  private configFiles(at: Construct, cluster: ClusterFacts, member: ControlPlaneMember, schedulerConfig: string): void {
    const target = HostTarget.machine(member.name);
    const file = (id: string, path: string, content: string, mode: string, providedBy: string[] = []) =>
      new HostFile(at, id, { target, path, content, mode, providedBy, onChange: HostChange.staticPod() });
    file('AuditPolicy', API_SERVER_FILES.auditPolicy, auditPolicy(), '0600');
    const admission = admissionConfiguration(cluster);
    if (admission !== undefined) { file('Admission', API_SERVER_FILES.admission, admission, '0600'); }
    file('EncryptionScript', API_SERVER_FILES.encryptionScript, encryptionScript(API_SERVER_FILES.encryption, encryptionReload(cluster)), '0755');
    file('SchedulerConfig', CONTROL_PLANE_FILES.schedulerConfig, schedulerConfig, '0600');
    // kubeadm writes these kubeconfigs itself, with embedded certificates.
    file('ControllerManagerKubeconfig', CONTROL_PLANE_FILES.controllerManagerKubeconfig, localKubeconfig(cluster, 'kube-controller-manager', member, CERTIFICATES.controllerManager), '0600', ['kubeadm']);
    file('SchedulerKubeconfig', CONTROL_PLANE_FILES.schedulerKubeconfig, localKubeconfig(cluster, 'kube-scheduler', member, CERTIFICATES.scheduler), '0600', ['kubeadm']);
    file('AdminKubeconfig', CONTROL_PLANE_FILES.adminKubeconfig, adminKubeconfig(cluster, CERTIFICATES.admin), '0600', ['kubeadm']);
  }
}
