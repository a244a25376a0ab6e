import { App, Duration, Size } from 'cdk8s';
import { description } from './cluster';
import {
  Autoscaling, AutoscalerProvider, IEtcdEndpoints, ImageRegistry, KubernetesRelease, Logging, LogOutput, MachineShape, Monitoring, ObjectStorage,
  ScaledAutoscalerProps, ThousandNodeCluster, ThousandNodeClusterProps,
} from 'cdk8s-thousand-node';

/** What became of a value of the article. */
export enum Outcome {
  /** It was tried and is in the output; `message` says what the library tells about it. */
  KEPT = 'kept',
  /** It was tried and refused; `message` is the error as the user reads it. */
  REFUSED = 'refused',
  /** No prop leads to it; `message` says what is written instead. */
  NOT_EXPRESSIBLE = 'not expressible',
}

/** One line of the table. `id` is the number of the finding in the audit of the article. */
export interface Verdict {
  readonly id: string;
  readonly seed: string;
  readonly outcome: Outcome;
  readonly message: string;
  /** Text that no output may hold, for values that cannot be expressed. */
  readonly never?: RegExp;
}

/** Every value of the article that the audit objects to, tried on the description of `cluster.ts`. */
export function verdicts(): Verdict[] {
  return [...etcd(), ...apiServer(), ...kubelet(), ...calico(), ...dns(), ...storage(), ...monitoring(), ...logging(), ...autoscaler(), ...hpa()];
}

/** Really try it: the table must not say more than the library does. */
function tried(id: string, seed: string, attempt: () => string): Verdict {
  try {
    return { id, seed, outcome: Outcome.KEPT, message: attempt() };
  } catch (error) {
    return { id, seed, outcome: Outcome.REFUSED, message: (error as Error).message };
  }
}

/** A value that the public API has no words for. */
function impossible(id: string, seed: string, message: string, never?: RegExp): Verdict {
  return { id, seed, outcome: Outcome.NOT_EXPRESSIBLE, message, never };
}

/** The article's cluster with some props replaced. */
function changed(props: Partial<ThousandNodeClusterProps>): ThousandNodeCluster {
  return new ThousandNodeCluster(new App(), 'k8s-prod', { ...description, ...props });
}

/** The findings that a change brings, or that there are none. */
function told(props: Partial<ThousandNodeClusterProps>): string {
  const before = changed({}).findings;
  const after = changed(props).findings.filter(finding => !before.includes(finding));
  return after.length > 0 ? after.join('; ') : 'taken as it is';
}

function number(cluster: ThousandNodeCluster, id: string): string {
  const derivation = cluster.derivations.find(d => d.id === id)!;
  return `${derivation.value} ${derivation.unit}`;
}

function etcd(): Verdict[] {
  const plainHttp: IEtcdEndpoints = {
    mainUrls: ['http://etcd1:2379', 'http://etcd2:2379', 'http://etcd3:2379'],
    eventsUrls: [],
    etcdVersion: '3.5.0',
    caFile: '/etc/kubernetes/pki/etcd/ca.crt',
    clientCertFile: '/etc/kubernetes/pki/apiserver-etcd-client.crt',
    clientKeyFile: '/etc/kubernetes/pki/apiserver-etcd-client.key',
    quotaBackendBytes: 2 * 1024 ** 3,
  };
  return [
    impossible('ETCD-01', 'five members in the text, three in --initial-cluster', 'one list of members makes pods, certificates and --initial-cluster'),
    impossible('ETCD-02', 'image etcd:3.5.0-0', 'the etcd version follows the release, never one that can lose data', /etcd:3\.5\.[0-2]-/),
    tried('ETCD-03', '--listen-client-urls=http://0.0.0.0:2379', () => told({ etcd: { extraFlags: { 'listen-client-urls': 'http://0.0.0.0:2379' } } })),
    impossible('ETCD-04', 'no hostNetwork', 'static pods always run on the host network'),
    tried('ETCD-05', 'heartbeat 500 ms, election 2500 ms', () => {
      changed({ etcd: { heartbeatInterval: Duration.millis(500), electionTimeout: Duration.millis(2500) } });
      return 'exactly five heartbeats, the least that etcd starts with; the default would be 100 and 1000';
    }),
    tried('ETCD-06', 'no quota: 2 GiB', () => told({ etcd: { quotaBackendBytes: Size.gibibytes(2) } })),
    tried('ETCD-12', '--initial-cluster-state=new', () => told({ etcd: { extraFlags: { 'initial-cluster-state': 'new' } } })),
    impossible('ETCD-14', 'hostPath of the data with DirectoryOrCreate', 'type Directory: a missing disk stops the member instead of starting it empty'),
    impossible('ETCD-16', 'k8s.gcr.io', 'registry.k8s.io for every release', /k8s\.gcr\.io/),
    tried('ETCD-16', 'k8s.gcr.io as a mirror', () => { ImageRegistry.mirror('k8s.gcr.io'); return 'taken as the name of a mirror'; }),
    tried('API-05', '--etcd-servers=http://etcd1:2379,...', () => told({ apiServer: { extraFlags: { 'etcd-servers': plainHttp.mainUrls.join(',') } } })),
    tried('API-05', 'the same URLs as externalEtcd', () => told({ etcd: undefined, externalEtcd: plainHttp })),
  ];
}

function apiServer(): Verdict[] {
  const flags = (extraFlags: { [name: string]: string }, release = description.release) => told({ release, apiServer: { extraFlags } });
  return [
    tried('API-01', '--watch-cache-sizes=secrets=1000,configmaps=1000', () => flags({ 'watch-cache-sizes': 'secrets=1000,configmaps=1000' })),
    tried('API-02', '--watch-cache-sizes=secrets#1000,configmaps#1000', () => flags({ 'watch-cache-sizes': 'secrets#1000,configmaps#1000' })),
    tried('API-03', '--target-ram-mb=16384 on 1.22', () => flags({ 'target-ram-mb': '16384' })),
    tried('API-03', '--target-ram-mb=16384 on 1.24', () => flags({ 'target-ram-mb': '16384' }, KubernetesRelease.V1_24)),
    tried('API-04', '--max-requests-inflight=4000 --max-mutating-requests-inflight=2000', () => told({ apiServer: { maxRequestsInflight: 4000, maxMutatingRequestsInflight: 2000 } })),
    impossible('API-06', 'no --service-account-issuer and keys', 'always written; without them the API server does not start'),
    tried('API-07', 'no --authorization-mode: AlwaysAllow', () => flags({ 'authorization-mode': 'AlwaysAllow' })),
    tried('API-13', '--service-cluster-ip-range=10.96.0.0/16', () => `kept; DNS Service at ${changed({}).facts.network.dnsServiceAddress}, checked against the other ranges`),
    tried('API-13', 'a Service range among the pods', () => told({ network: { ...description.network!, serviceCidr: '10.128.0.0/16' } })),
    tried('API-15', 'image v1.22.0', () => `${changed({ release: KubernetesRelease.of('1.22.0') }).facts.release.tag} when asked for; KubernetesRelease.V1_22 is ${KubernetesRelease.V1_22.tag}`),
  ];
}

function kubelet(): Verdict[] {
  const override = (configOverrides: { [field: string]: unknown }) => told({ kubelets: { ...description.kubelets, general: { configOverrides } } });
  return [
    tried('KUBELET-01', 'podsPerCore: 10', () => override({ podsPerCore: 10 })),
    tried('KUBELET-02', 'maxPods: 250 on all pools', () => changed({}).findings.find(finding => finding.includes('\'general\': maxPods'))!),
    tried('KUBELET-03', 'eventRecordQPS: 10, eventBurst: 20', () => override({ eventRecordQPS: 10, eventBurst: 20 })),
    tried('KUBELET-04', 'kubeAPIQPS: 50, kubeAPIBurst: 100', () => override({ kubeAPIQPS: 50, kubeAPIBurst: 100 })),
    tried('KUBELET-05', 'serializeImagePulls: false', () => override({ serializeImagePulls: false })),
    tried('KUBELET-06', 'evictionHard imagefs.available: 10%', () => override({ evictionHard: { 'imagefs.available': '10%' } })),
    tried('KUBELET-08', 'evictionHard with four of its signals', () => override({
      evictionHard: { 'memory.available': '500Mi', 'nodefs.available': '10%', 'nodefs.inodesFree': '5%', 'imagefs.available': '10%' },
    })),
    tried('KUBELET-13', 'a field that does not exist', () => override({ maxPodz: 250 })),
    impossible('KUBELET-10', 'one document for four pools', 'one configuration per pool; what all have in common has to be said per pool'),
  ];
}

function calico(): Verdict[] {
  return [
    impossible('CALICO-01', 'iptablesRefreshInterval: 60s', 'no prop; upstream\'s default is longer, and eBPF hardly uses it', /iptablesRefreshInterval/),
    impossible('CALICO-02', 'maxIpsetSize: 1048576', 'no prop; it is the default, eBPF maps are derived from pods and Services', /maxIpsetSize/),
    impossible('CALICO-03', 'chainInsertMode: Append', 'no prop; appended chains can be bypassed by earlier rules', /chainInsertMode/),
    impossible('CALICO-05', 'bpfEnabled: true', 'no prop; the operator owns the field and sets it from linuxDataplane: BPF', /bpfEnabled/),
    impossible('CALICO-06', 'bpfExternalServiceMode: Tunnel and two more defaults', 'no prop; the three are the defaults', /bpfExternalServiceMode|bpfKubeProxyIptablesCleanupEnabled/),
    impossible('CALICO-07', 'ipv6Support: false', 'no prop; the family follows network.podCidr', /ipv6Support/),
    impossible('CALICO-08', 'FelixConfiguration applied before Calico serves it', 'a wave of its own behind the API server of Calico'),
  ];
}

function dns(): Verdict[] {
  return [
    impossible('DNS-01', 'cache success 9984, denial 9984', 'no prop; it is the built-in size, the cache on every node is the lever'),
    impossible('DNS-02', 'pods verified', 'not by default: podNames asks for it, with the memory for all pods in every replica', /pods verified/),
    impossible('DNS-03', 'no loop plugin', 'always written: a resolver of the node that asks CoreDNS itself stops it instead of filling its memory'),
    tried('DNS-06', 'lameduck 5s', () => {
      changed({ dns: { lameduck: Duration.seconds(5) } });
      return 'taken as it is';
    }),
    impossible('DNS-11', 'prefer_udp', 'caches ask CoreDNS over TCP', /prefer_udp/),
  ];
}

function storage(): Verdict[] {
  return [
    impossible('STORAGE-01', 'allowedTopologies of the local class', 'no prop; ignored for local volumes, affinity comes with each volume', /allowedTopologies/),
    impossible('STORAGE-03', 'PersistentVolume by hand', 'a provisioner on every node of the pool publishes its disks', /kind: PersistentVolume\n/),
    tried('STORAGE-04', 'path /mnt/ssd1', () => {
      MachineShape.of({ cpu: 32, memory: Size.gibibytes(256), localDisks: { count: 1, size: Size.tebibytes(1), byIdPattern: '/mnt/ssd1' } });
      return 'taken as it is';
    }),
    impossible('STORAGE-05', 'reclaim policy Retain', 'Delete with cleaning; Retain leaves disks of deleted claims unusable', /reclaimPolicy: Retain/),
  ];
}

function monitoring(): Verdict[] {
  const bucket = { objectStorage: ObjectStorage.secret({ name: 'thanos-bucket' }) };
  return [
    impossible('MON-01', 'external label replica: $(POD_NAME)', 'written in the form that the Prometheus version expands', /replica: ["']?\$\(/),
    tried('MON-02', 'scrape interval 1m, Prometheus 2.30', () => `scrape interval ${number(changed({}), 'monitoring/scrape-interval')}`),
    impossible('MON-03', 'the kubelet\'s address rewritten to port 9100, without an exporter', 'node-exporter runs on every node; kubelet, control plane and add-ons have jobs of their own'),
    impossible('MON-04', 'labelmap of all node and pod labels', 'only named labels; every other one multiplies series', /__meta_kubernetes_(node|pod)_label_\(\.\+\)/),
    tried('MON-05', 'pods found by annotation', () => told({ monitoring: Monitoring.thanos({ ...bucket, scrapeAnnotatedPods: true }) })),
  ];
}

function logging(): Verdict[] {
  return [
    impossible('LOG-01', 'Parser docker', 'the runtime\'s own format, partial lines rejoined', /^\s*parser:?\s+docker$/im),
    impossible('LOG-02', 'Parsers_File without the file', 'every file that is named is in the ConfigMap or the image'),
    impossible('LOG-04', 'Retry_Limit False with a buffer in memory', 'buffers on disk, retries for receiverOutage', /retry_limit:?\s+(false|no_limits)/i),
    impossible('LOG-06', 'Skip_Long_Lines On at 32 KiB', 'no prop; larger buffers'),
    tried('LOG-07', 'Elasticsearch over plain HTTP', () => told({ logging: Logging.fluentBit({ output: LogOutput.elasticsearch({ host: 'elasticsearch', tls: false }) }) })),
    tried('LOG-07', 'a password over plain HTTP', () => told({
      logging: Logging.fluentBit({ output: LogOutput.elasticsearch({ host: 'elasticsearch', tls: false, userSecret: 'elasticsearch-writer' }) }),
    })),
    impossible('LOG-08', 'no Suppress_Type_Name', 'always on: Elasticsearch 8 refuses types'),
    impossible('LOG-10', 'Flush 5', 'no prop; see logging/flush-interval', /^\s*flush:?\s+5$/im),
  ];
}

function autoscaler(): Verdict[] {
  const provider = AutoscalerProvider.aws({ region: 'us-east-1' });
  const scaled = (props: ScaledAutoscalerProps) => ({ autoscaling: Autoscaling.clusterAutoscaler({ provider, ...props }) });
  const discovery = 'asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/<cluster-name>';
  return [
    tried('CA-01', '--expander=priority without its ConfigMap', () => told(scaled({ extraFlags: { expander: 'priority' } }))),
    impossible('CA-02', 'no ServiceAccount and no rights', 'both are written'),
    tried('CA-03', '<cluster-name> in the tag', () => told(scaled({ extraFlags: { 'node-group-auto-discovery': discovery } }))),
    tried('CA-03', '<cluster-name> as the name of the cluster', () => told({ clusterName: '<cluster-name>' })),
    tried('CA-05', '--scale-down-delay-after-delete=10m', () => `${number(changed(scaled({ scaleDownDelayAfterDelete: Duration.minutes(10) })), 'autoscaler/scale-down-nodes-per-hour')}, `
      + `by default ${number(changed(scaled({})), 'autoscaler/scale-down-nodes-per-hour')}`),
    tried('CA-08', '--skip-nodes-with-local-storage=false', () => told(scaled({ skipNodesWithLocalStorage: false }))),
    impossible('CA-09', 'limits of 2 CPU and 3Gi', 'no prop; memory is derived from the nodes, a CPU limit is never set'),
    impossible('CA-11', 'autoscaler image of another registry and patch', 'newest patch of the cluster\'s minor'),
  ];
}

function hpa(): Verdict[] {
  const [frontend] = description.hpas!;
  return [
    impossible('HPA-01', 'autoscaling/v2beta2 for good', 'the version follows the release: v2beta2 on 1.22, v2 from 1.23'),
    tried('HPA-02', 'a Pods metric with metrics-server alone', () => told({ hpas: [frontend] })),
    tried('HPA-03', 'scale up by 20 % and 10 pods per minute', () => `10 to 200 replicas take ${number(changed({}), 'hpa/hpa-default-frontend/seconds-to-max')}`),
    tried('HPA-04', 'scale down with selectPolicy Min', () => `200 to 10 replicas take ${number(changed({}), 'hpa/hpa-default-frontend/seconds-to-min')}`),
    tried('HPA-05', 'no namespace', () => told({ hpas: [{ ...frontend, target: { name: 'frontend', namespace: '' } }] })),
  ];
}
