import { Construct } from 'constructs';
import { admissionConfiguration } from './admission-config';
import { ApiBalancer } from './api-balancer';
import { clientLoadProblems } from './api-client-load';
import { controlPlaneCertificates } from './api-server-certificates';
import { schedulerConfiguration } from './api-server-config';
import { apiServerAlertGroups, apiServerLogStreams, apiServerScrapeTargets } from './api-server-contributions';
import { apiServerFlags, checkExtraFlags, controllerManagerFlags, schedulerFlags } from './api-server-flags';
import { TunedApiServerProps } from './api-server-options';
import { API_SERVER_FILES } from './api-server-paths';
import { apiServerPod, controllerManagerPod, schedulerPod } from './api-server-pods';
import { apiServerRunbooks } from './api-server-runbooks';
import { apiServerSettings } from './api-server-settings';
import { auditPolicy } from './audit-policy';
import { authenticationConfiguration, checkAuthentication } from './authentication-config';
import { balancerConfig, balancerPod, balancerScrapeTarget, checkBalancer } from './balancer-pod';
import { controlPlaneFiles } from './control-plane-files';
import { EncryptionAtRest } from './encryption-at-rest';
import { encryptionReload, encryptionScript } from './encryption-script';
import { flowControl } from './flow-control';
import { nodeBootstrap } from './node-bootstrap';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { isIpAddress } from '../../cluster/ip-range';
import { refuseManagedControlPlane } from '../../cluster/managed-control-plane';
import { IApiEndpoint } from '../../contracts/api-endpoint';
import { AlertGroup, ApiClient, IContributor, LogStream, ScrapeTarget } from '../../contracts/contributions';
import { NetworkFlow } from '../../contracts/network-flows';
import { Derivation } from '../../derivation/derivation';
import { CertificateRequest } from '../../host/certificate-request';
import { bindCluster } from '../../host/cluster-of';
import { HostFile } from '../../host/host-file';
import { HostPage } from '../../host/host-page';
import { StaticPod } from '../../host/static-pod';
import { inClusterObject, Manifest } from '../../in-cluster/in-cluster-object';
import { WAVE } from '../../in-cluster/wave';
import { Problems } from '../../input/problems';
import { dnsNameProblem, urlProblem } from '../../input/text-safety';

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

  /** Connections beside those of scrape targets and API clients: none. */
  public readonly networkFlows: NetworkFlow[] = [];
  private readonly namedClients: ApiClient[];

  constructor(scope: Construct, id: string, props: TunedApiServerProps) {
    super(scope, id);
    const cluster = props.cluster ?? ClusterFacts.thousandNodes();
    refuseManagedControlPlane(cluster, 'TunedApiServer', 'leave TunedApiServer out');
    bindCluster(this, cluster);
    this.namedClients = [...(props.apiClients ?? [])];
    const problems = new Problems('TunedApiServer');
    const sans = props.certSans ?? [];
    for (const name of sans.filter(san => !isIpAddress(san))) { problems.add(dnsNameProblem('certSans', name)); }
    for (const url of [...props.etcd.mainUrls, ...props.etcd.eventsUrls, ...(props.etcd.leasesUrls ?? [])]) { problems.add(urlProblem('etcd', url, ['https'])); }
    problems.require(props.etcd.mainUrls.length > 0, 'etcd.mainUrls must name at least one member');
    const { encryption = EncryptionAtRest.secretbox(), balancer = ApiBalancer.external(), emulatedRelease } = props;
    // Gates, and with them some fields, are those of the release that the control plane behaves as.
    const behavesAs = (emulatedRelease ?? cluster.release).version;
    checkExtraFlags(cluster, props, problems);
    checkAuthentication(cluster, props, behavesAs, problems);
    checkBalancer(cluster, balancer, problems);
    encryption._check(cluster, problems);
    const settings = apiServerSettings(cluster, props, problems);
    const admission = admissionConfiguration(cluster, settings.eventRates);
    const authentication = authenticationConfiguration(props, behavesAs);
    const optional = { admission: admission !== undefined, authentication: authentication !== undefined };

    const machines = cluster.controlPlaneMembers.map(member => ({
      member,
      apiServer: apiServerFlags(cluster, settings, props.etcd, member, optional, emulatedRelease).extra('extraFlags', props.extraFlags, problems),
    }));
    const controllerManager = controllerManagerFlags(cluster, settings, emulatedRelease).extra('controllerManagerExtraFlags', props.controllerManagerExtraFlags, problems);
    const scheduler = schedulerFlags(cluster, emulatedRelease).extra('schedulerExtraFlags', props.schedulerExtraFlags, problems);

    const reload = encryptionReload(cluster);
    const texts = {
      auditPolicy: auditPolicy(),
      admission,
      authentication,
      encryptionScript: encryptionScript(API_SERVER_FILES.encryption, reload, encryption),
      schedulerConfig: schedulerConfiguration(cluster, settings),
      balancer: balancer._haproxy && balancerConfig(cluster, settings, encryption),
    };
    const flags = (list: { entries(): Array<[string, string]> }) => list.entries().map(([name, value]) => ({ name, value }));
    for (const { member, apiServer } of machines) {
      const at = new Construct(this, member.name);
      new StaticPod(at, 'kube-apiserver', apiServerPod(cluster, settings, member, flags(apiServer), encryption));
      new StaticPod(at, 'kube-controller-manager', controllerManagerPod(cluster, settings, member, flags(controllerManager)));
      new StaticPod(at, 'kube-scheduler', schedulerPod(cluster, settings, member, flags(scheduler)));
      for (const [fileId, file] of Object.entries(controlPlaneFiles(cluster, member, texts))) { new HostFile(at, fileId, file); }
      if (texts.balancer !== undefined) { new StaticPod(at, 'api-balancer', balancerPod(cluster, settings, balancer, member, texts.balancer)); }
      controlPlaneCertificates(cluster, member, sans).forEach((request, i) => new CertificateRequest(at, `Certificate${i}`, request));
    }
    const pages = apiServerRunbooks(cluster, settings, { encryption, balancer, reload, emulated: emulatedRelease });
    for (const page of pages) { new HostPage(this, page.name, page); }
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
    this.scrapeTargets = [...apiServerScrapeTargets(), ...(balancer._haproxy ? [balancerScrapeTarget()] : [])];
    this.alertGroups = apiServerAlertGroups(cluster, settings);
    this.logStreams = apiServerLogStreams();
  }

  /** Give service accounts their place in the priority levels: agents on every node, add-ons that list whole resources. */
  public addApiClients(clients: ApiClient[]): void {
    this.namedClients.push(...clients);
  }
}
