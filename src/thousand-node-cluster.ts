import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Audit } from './audit/audit';
import { Autoscaling } from './autoscaling-choice';
import { ClusterFacts, ControlPlaneProps } from './cluster/cluster-facts';
import { HOST_PATHS } from './cluster/host-paths';
import { ImageRegistry } from './cluster/image-registry';
import { KubernetesRelease } from './cluster/kubernetes-release';
import { LoadProfile } from './cluster/load-profile';
import { NAMESPACES } from './cluster/namespaces';
import { NetworkPlanProps } from './cluster/network-plan';
import { NodePool } from './cluster/node-pool';
import { ApiServerOptions } from './components/api-server/api-server-options';
import { TunedApiServer } from './components/api-server/tuned-api-server';
import { ScaledAutoscaler } from './components/autoscaler/scaled-autoscaler';
import { CalicoEbpf } from './components/calico/calico-ebpf';
import { CalicoEbpfProps } from './components/calico/calico-options';
import { KubeProxyMode } from './components/calico/kube-proxy-options';
import { HostPolicyOptions, NetworkIsolation } from './components/calico/network-isolation';
import { CachedCoreDns, CachedCoreDnsProps } from './components/dns/cached-core-dns';
import { DnsServiceProxy } from './components/dns/dns-service-proxy';
import { EtcdCluster, EtcdClusterProps } from './components/etcd/etcd-cluster';
import { MetricsServer, MetricsServerProps } from './components/hpa/metrics-server';
import { SmartHpa, SmartHpaProps } from './components/hpa/smart-hpa';
import { FluentBitLogging } from './components/logging/fluent-bit-logging';
import { ThanosMonitoring } from './components/monitoring/thanos-monitoring';
import { ControlPlaneKubelet } from './components/node-pool/control-plane-kubelet';
import { NvidiaGpus, NvidiaGpusOptions } from './components/node-pool/gpu/nvidia-gpus';
import { KubeletOptions } from './components/node-pool/kubelet-options';
import { MachineOptions } from './components/node-pool/machine-options';
import { NodePoolKubelet } from './components/node-pool/node-pool-kubelet';
import { LocalSsdStorage, LocalSsdStorageProps } from './components/storage/local-ssd-storage';
import { IContributor } from './contracts/contributions';
import { IEtcdEndpoints } from './contracts/etcd-endpoints';
import { NetworkFlow } from './contracts/network-flows';
import { ScaleTargetKind } from './contracts/scale-target';
import { Derivation } from './derivation/derivation';
import { bindCluster } from './host/cluster-of';
import { Problems } from './input/problems';
import { safeEntries } from './input/text-safety';
import { Logging } from './logging-choice';
import { Monitoring } from './monitoring-choice';

/** Which network policies are written. */
export interface NetworkPolicyOptions {
  /**
   * Whether the namespaces of the add-ons are closed but for the flows of what is installed.
   *
   * @default true
   */
  readonly isolateAddOns?: boolean;

  /**
   * Policy in front of the machines.
   *
   * @default - none
   */
  readonly hosts?: HostPolicyOptions;

  /**
   * Flows of your own to and from the add-ons, for example of a dashboard to the query API.
   *
   * @default - none
   */
  readonly flows?: NetworkFlow[];
}

/** The description of a cluster. Everything but control plane and pools has a derived default. */
export interface ThousandNodeClusterProps {
  /**
   * Kubernetes release of the control plane.
   *
   * @default - the newest supported release
   */
  readonly release?: KubernetesRelease;

  /**
   * Ranges of pods, Services and machines; none can be moved later. What is left out is proposed from the final size.
   *
   * @default - all proposed, one family
   */
  readonly network?: NetworkPlanProps;

  /** Machines of the control plane and the endpoint in front of them, or the service that runs it: then etcd and API server are not written. */
  readonly controlPlane: ControlPlaneProps;

  /** Node pools with their final sizes. */
  readonly pools: NodePool[];

  /**
   * Name of the cluster.
   *
   * @default - the id of the chart
   */
  readonly clusterName?: string;

  /**
   * What runs on the cluster: pods per node, Services, churn, log volume, and more; a preset or your own measurements.
   *
   * @default - `LoadProfile.of()`: 30 pods per node, everything else from the fleet
   */
  readonly load?: LoadProfile;

  /**
   * Where images come from.
   *
   * @default - upstream's registries
   */
  readonly imageRegistry?: ImageRegistry;

  /**
   * Settings of etcd; see `EtcdCluster`.
   *
   * @default - five members or what the control plane has, events in a ring of their own
   */
  readonly etcd?: EtcdClusterProps;

  /**
   * An etcd that somebody else runs; then none is written here.
   *
   * @default - an `EtcdCluster` on the control-plane machines
   */
  readonly externalEtcd?: IEtcdEndpoints;

  /**
   * Settings of API server, controller manager and scheduler; see `TunedApiServer`.
   *
   * @default - derived
   */
  readonly apiServer?: ApiServerOptions;

  /**
   * Settings of the operating system of all machines, control plane included: container runtime, swap, journal, time. What `kubelets` says
   * about a pool goes before it.
   *
   * @default - left to the machine image
   */
  readonly machines?: MachineOptions;

  /**
   * Settings of the kubelets by pool name; see `NodePoolKubelet`.
   *
   * @default - derived
   */
  readonly kubelets?: { [pool: string]: KubeletOptions };

  /**
   * Settings of the network; see `CalicoEbpf`.
   *
   * @default - derived
   */
  readonly calico?: CalicoEbpfProps;

  /**
   * Policies of the add-ons' namespaces and of the machines; see `NetworkIsolation`.
   *
   * @default - the namespaces are closed but for the flows of what is installed, the machines are open
   */
  readonly networkPolicies?: NetworkPolicyOptions;

  /**
   * Settings of DNS; see `CachedCoreDns`.
   *
   * @default - derived
   */
  readonly dns?: CachedCoreDnsProps;

  /**
   * Settings of local and network storage; see `LocalSsdStorage`.
   *
   * @default - local disks of every pool that has some
   */
  readonly storage?: LocalSsdStorageProps;

  /**
   * Settings of the agents of NVIDIA cards; see `NvidiaGpus`.
   *
   * @default - derived, where a pool has cards
   */
  readonly gpus?: NvidiaGpusOptions;

  /**
   * Settings of metrics-server; see `MetricsServer`.
   *
   * @default - derived
   */
  readonly metricsServer?: MetricsServerProps;

  /**
   * How the cluster is watched. Only you know the bucket that metrics go to, so nothing is guessed.
   *
   * @default - none, with a finding
   */
  readonly monitoring?: Monitoring;

  /**
   * How logs leave the nodes. Only you know where they go, so nothing is guessed.
   *
   * @default - none, with a finding
   */
  readonly logging?: Logging;

  /**
   * Who adds and removes nodes.
   *
   * @default - Cluster Autoscaler through Cluster API when a pool is not at its final size yet, else nobody
   */
  readonly autoscaling?: Autoscaling;

  /**
   * Autoscalers of workloads; see `SmartHpa`.
   *
   * @default - none
   */
  readonly hpas?: SmartHpaProps[];
}

/**
 * A whole cluster from one description: the only place where the constructs meet. Objects lie in the chart in the order in which they can be
 * applied, host files are written by `HostFiles.of(cluster).write(dir, installer)`. Rules that contradict each other stop the synth; ask
 * `Audit.of(cluster)` for warnings and notes.
 */
export class ThousandNodeCluster extends Chart {
  /** What is true of the cluster; give it to further constructs of your own. */
  public readonly facts: ClusterFacts;
  /** Every number of the cluster with its formula. */
  public readonly derivations: Derivation[];
  /** What works and should be known: untested pairs, unusual choices, parts that are missing. */
  public readonly findings: string[];
  /** What has to be in the cluster before a wave can be applied. */
  public readonly preconditions: string[];

  constructor(scope: Construct, id: string, props: ThousandNodeClusterProps) {
    super(scope, id);
    const facts = ClusterFacts.of({ ...props, name: props.clusterName ?? id });
    refuseForeignFacts(props);
    bindCluster(this, facts);
    this.facts = facts;

    const managed = facts.controlPlaneManagedBy !== undefined;
    const ownEtcd = managed || props.externalEtcd ? undefined : new EtcdCluster(this, 'etcd', { ...props.etcd, cluster: facts });
    const apiServer = managed ? undefined : new TunedApiServer(this, 'api-server', { ...props.apiServer, cluster: facts, etcd: (props.externalEtcd ?? ownEtcd)! });
    const calico = new CalicoEbpf(this, 'calico', { ...props.calico, cluster: facts });
    const dns = new CachedCoreDns(this, 'dns', { serviceProxy: PROXY_OF_DNS[calico.kubeProxyMode ?? 'none'], ...props.dns, cluster: facts });
    const kubelets = [
      ...facts.controlPlaneMembers.map(member => new ControlPlaneKubelet(this, `kubelet-${member.name}`, { ...props.machines, cluster: facts, member, dns })),
      ...facts.pools.map(pool => new NodePoolKubelet(this, `pool-${pool.name}`, { ...props.machines, ...props.kubelets?.[pool.name], cluster: facts, pool, dns })),
    ];
    const storage = new LocalSsdStorage(this, 'storage', { ...props.storage, cluster: facts });
    const gpus = facts.gpuPools.length > 0 ? new NvidiaGpus(this, 'gpus', {
      passDeviceSpecs: facts.gpuPools.some(pool => props.kubelets?.[pool.name]?.cpuManager?.isExclusive), ...props.gpus, cluster: facts,
    }) : undefined;
    const metricsServer = new MetricsServer(this, 'metrics-server', { ...props.metricsServer, cluster: facts });

    const autoscaling = props.autoscaling ?? (facts.nodesToday < facts.nodes ? Autoscaling.clusterAutoscaler() : Autoscaling.none());
    // Objects lie in the file in the order of their places: monitoring and logging come before autoscaling, but are built after it, since they
    // take the contributions of all others; policies come before workloads, and close what the flows of all leave.
    const monitoringPlace = new Construct(this, 'monitoring');
    const loggingPlace = new Construct(this, 'logging');
    const autoscaler = autoscaling._clusterAutoscaler && new ScaledAutoscaler(this, 'autoscaler', { ...autoscaling._clusterAutoscaler, cluster: facts });
    const policiesPlace = new Construct(this, 'network-policies');
    const hpas = (props.hpas ?? []).map(hpa => new SmartHpa(this, `hpa-${hpa.target.namespace}-${hpa.target.name}`, { ...hpa, cluster: facts }));

    const contributors: Contributor[] = [ownEtcd, apiServer, calico, dns, storage, gpus, metricsServer, autoscaler, ...hpas].filter(part => part !== undefined);
    const log = props.logging?._fluentBit;
    const logging = log && new FluentBitLogging(loggingPlace, 'fluent-bit', {
      ...log,
      cluster: facts,
      logStreams: [...contributors.flatMap(c => c.logStreams), ...(log.logStreams ?? [])],
    });
    if (logging) { contributors.push(logging); }
    const thanos = props.monitoring?._thanos;
    const monitoring = thanos && new ThanosMonitoring(monitoringPlace, 'thanos', {
      ...thanos,
      cluster: facts,
      namespacePolicies: props.networkPolicies?.isolateAddOns === false,
      // Metrics must not lie on a disk that goes with its node, so the network class it is, where the description has one.
      storageClassName: thanos.storageClassName ?? props.storage?.networkClass?.name,
      scrapeTargets: [...contributors.flatMap(c => c.scrapeTargets), ...(thanos.scrapeTargets ?? [])],
      alertGroups: [...contributors.flatMap(c => c.alertGroups), ...(thanos.alertGroups ?? [])],
    });
    if (monitoring) { contributors.push(monitoring); }
    apiServer?.addApiClients(contributors.flatMap(c => c.apiClients));
    if (props.networkPolicies?.isolateAddOns !== false) {
      new NetworkIsolation(policiesPlace, 'isolation', {
        cluster: facts,
        flows: [...contributors.flatMap(c => c.networkFlows), ...(props.networkPolicies?.flows ?? [])],
        apiClients: contributors.flatMap(c => c.apiClients),
        dns,
        tunnelCidrs: calico.tunnelCidrs,
        hosts: props.networkPolicies?.hosts,
      });
    }

    // Control-plane machines are alike, and some numbers hold for every machine: a number is listed once.
    this.derivations = [...new Map([...contributors, ...kubelets].flatMap(part => part.derivations).map(derivation => [derivation.id, derivation])).values()];
    this.preconditions = [
      ...calico.preconditions,
      ...(gpus?.preconditions ?? []),
      ...(thanos ? [
        `Secret ${thanos.objectStorage.secretName} in namespace ${NAMESPACES.monitoring}, key ${thanos.objectStorage.secretKey}: the bucket configuration of Thanos`,
        ...(managed ? [] : [`Secret ${thanos.etcdClientSecret ?? 'etcd-client'} in namespace ${NAMESPACES.monitoring}: kubectl -n ${NAMESPACES.monitoring} create secret generic ${thanos.etcdClientSecret ?? 'etcd-client'} `
          + `--from-file=ca.crt=${HOST_PATHS.etcdCa} --from-file=tls.crt=${HOST_PATHS.etcdMonitoringCert} --from-file=tls.key=${HOST_PATHS.etcdMonitoringKey}, on the first etcd machine`]),
      ] : []),
    ];
    // On the finished tree, user's patches and additions included: errors stop the synth, all at once.
    this.node.addValidation({ validate: () => Audit.of(this).errors.map(error => `${error.ruleId}: ${error.title} ${error.subject}: ${error.detail}. ${error.remedy}`) });
    // The same sentence for each pool is one finding.
    this.findings = [...new Set([
      ...(managed ? [`${facts.controlPlaneManagedBy} runs the control plane: no priority level keeps agents on every node from crowding out others, since nobody tells its seats`] : []),
      ...facts.versions.notes,
      ...facts.network.notes,
      ...calico.notes,
      ...dns.notes,
      ...kubelets.flatMap(kubelet => kubelet.notes),
      ...(gpus?.notes ?? []),
      ...(thanos && !thanos.storageClassName && !props.storage?.networkClass
        ? ['claims of Prometheus and Thanos name no class: pass storage.networkClass or storageClassName, or mark a class of the cluster as default'] : []),
      ...(props.monitoring ? [] : ['no monitoring: pass monitoring: Monitoring.thanos({ objectStorage }) or say Monitoring.none()']),
      ...(props.logging ? [] : ['no logging: pass logging: Logging.fluentBit({ output }) or say Logging.none()']),
    ])];
  }
}

/** A part that offers something upwards, with its numbers. */
type Contributor = IContributor & { readonly derivations: Derivation[] };

/** Who the node cache of DNS has to share the node with. */
const PROXY_OF_DNS: { [mode in KubeProxyMode | 'none']: DnsServiceProxy } = {
  none: DnsServiceProxy.CALICO_EBPF,
  [KubeProxyMode.IPTABLES]: DnsServiceProxy.KUBE_PROXY_IPTABLES,
  [KubeProxyMode.NFTABLES]: DnsServiceProxy.KUBE_PROXY_NFTABLES,
  [KubeProxyMode.IPVS]: DnsServiceProxy.KUBE_PROXY_IPVS,
};

/** A part that was given another cluster's facts would silently disagree with the rest; names of pools that do not exist would be dropped. */
function refuseForeignFacts(props: ThousandNodeClusterProps): void {
  const problems = new Problems('ThousandNodeCluster');
  const parts: Array<[string, { readonly cluster?: ClusterFacts } | undefined]> = [
    ['etcd', props.etcd], ['calico', props.calico], ['dns', props.dns], ['storage', props.storage], ['metricsServer', props.metricsServer],
    ['monitoring', props.monitoring?._thanos], ['logging', props.logging?._fluentBit], ['autoscaling', props.autoscaling?._clusterAutoscaler],
    ...(props.hpas ?? []).map((hpa, i): [string, SmartHpaProps] => [`hpas[${i}]`, hpa]),
  ];
  for (const [name, part] of parts) {
    problems.require(part?.cluster === undefined, `${name}.cluster is derived from this description and must be left out`);
  }
  problems.require(props.gpus === undefined || props.pools.some(pool => pool.gpu !== undefined), 'gpus: no pool has cards; leave it out, or give a pool gpu: Gpu.nvidia(...)');
  const service = props.controlPlane.managedBy;
  for (const name of ['etcd', 'externalEtcd', 'apiServer'] as const) { problems.require(!service || props[name] === undefined, `${name}: ${service} runs the control plane and takes no settings; leave it out`); }
  problems.require(!(props.networkPolicies?.isolateAddOns === false && (props.networkPolicies.hosts || props.networkPolicies.flows)),
    'networkPolicies: hosts and flows are part of the policies that isolateAddOns false leaves out; use one or the other');
  problems.require(!(props.etcd && props.externalEtcd), 'etcd and externalEtcd exclude each other: settings of an etcd that somebody else runs are theirs');
  const targets = (props.hpas ?? []).map(({ target }) => `${target.kind ?? ScaleTargetKind.DEPLOYMENT} ${target.namespace}/${target.name}`);
  for (const target of new Set(targets.filter((t, i) => targets.indexOf(t) !== i))) {
    problems.add(`hpas: ${target} is named twice; two autoscalers of one workload fight each other, keep one`);
  }
  for (const [pool] of safeEntries('kubelets', props.kubelets)) {
    problems.require(props.pools.some(p => p.name === pool), `kubelets: there is no pool '${pool}'; pools are ${props.pools.map(p => `'${p.name}'`).join(', ')}`);
  }
  problems.throwIfAny();
}
