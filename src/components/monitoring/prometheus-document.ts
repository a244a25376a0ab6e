import { k8s } from 'cdk8s-plus-24';
import { EXTERNAL_LABELS, PATHS, PROMETHEUS, shardName, THANOS, THANOS_PORTS } from './monitoring-names';
import { MonitoringSettings } from './monitoring-settings';
import { REPLICA_VARIABLE } from './prometheus-config';
import { DATA_VOLUME, statefulWorkload } from './stateful-workload';
import { CPU_MILLICORES, MEMORY_MEBIBYTES, REPLICAS } from '../../capacity/monitoring-workload-capacity';
import { PROBE_SECONDS } from '../../capacity/prometheus-capacity';
import { PROMETHEUS_FEATURES } from '../../catalogue/prometheus-features';
import { inRange } from '../../catalogue/version-range';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { ScrapeAuth, ScrapeDiscovery } from '../../contracts/contributions';
import { promDuration } from '../../formats/promql';
import { Manifest, ObjectOwner } from '../../in-cluster/in-cluster-object';
import { ContainerSpec, TOLERATE_CONTROL_PLANE } from '../../in-cluster/pod-template';
import { ServiceAccountRights } from '../../in-cluster/rbac';

/** Volume of the bucket configuration. */
export function objectStorageVolume(settings: MonitoringSettings): k8s.Volume {
  const { secretName, secretKey } = settings.objectStorage;
  return { name: 'objstore', secret: { secretName, items: [{ key: secretKey, path: 'objstore.yaml' }] } };
}

export const OBJECT_STORAGE_MOUNT: k8s.VolumeMount = { name: 'objstore', mountPath: PATHS.objectStorage, readOnly: true };
export const OBJECT_STORAGE_FLAG = `--objstore.config-file=${PATHS.objectStorage}/objstore.yaml`;

/** Name of the pod by the downward API. */
export const POD_NAME: k8s.EnvVar = { name: REPLICA_VARIABLE, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };

/**
 * One shard. A StatefulSet per shard rather than one for all: a shard's configuration is a file of its own (no expansion inside of relabelling,
 * which no Prometheus does), its replicas are the same pods with the same configuration, and shards roll out one by one.
 */
export function prometheusShard(owner: ObjectOwner, settings: MonitoringSettings, shard: number): Manifest {
  const scrapesEtcd = settings.jobsOf(shard).some(job => job.auth === ScrapeAuth.ETCD_CLIENT);
  return statefulWorkload(owner, {
    name: shardName(shard),
    namespace: NAMESPACES.monitoring,
    replicas: REPLICAS,
    serviceName: PROMETHEUS.component,
    diskGibibytes: settings.prometheusDisk.value,
    storageClassName: settings.storageClassName,
    pod: {
      serviceAccount: PROMETHEUS.component,
      mountToken: true,
      priorityClassName: 'system-cluster-critical',
      tolerations: TOLERATE_CONTROL_PLANE,
      terminationGracePeriodSeconds: settings.gracePeriod.value,
      runAsUser: PROMETHEUS.uid,
      fsGroup: PROMETHEUS.uid,
      containers: [prometheus(settings, scrapesEtcd), sidecar(settings)],
      volumes: [
        { name: 'config', configMap: { name: shardName(shard) } },
        { name: 'rules', configMap: { name: PROMETHEUS.rules } },
        objectStorageVolume(settings),
        // Optional: a missing certificate blinds the etcd jobs (and their alerts say so), not all of the monitoring.
        ...(scrapesEtcd ? [{ name: 'etcd-client', secret: { secretName: settings.etcdClientSecret, optional: true } }] : []),
      ],
    },
  });
}

function prometheus(settings: MonitoringSettings, scrapesEtcd: boolean): ContainerSpec {
  const { cluster, prometheusVersion: version } = settings;
  const probe = (path: string) => ({ httpGet: { path, port: k8s.IntOrString.fromString('http') } });
  return {
    name: 'prometheus',
    image: cluster.imageRegistry.image(UPSTREAM_IMAGES.prometheus, `v${version}`),
    args: [
      `--config.file=${PATHS.config}/prometheus.yaml`,
      `--storage.tsdb.path=${PATHS.data}`,
      // Equal on purpose: Prometheus must not compact what the sidecar uploads, or blocks overlap in the bucket.
      '--storage.tsdb.min-block-duration=2h',
      '--storage.tsdb.max-block-duration=2h',
      `--storage.tsdb.retention.time=${promDuration(settings.localRetention.value * 3600)}`,
      `--storage.tsdb.retention.size=${settings.prometheusRetentionSize.value}MB`,
      // The sidecar reloads over loopback; a network policy keeps others in the cluster from this port.
      '--web.enable-lifecycle',
      ...(inRange(version, PROMETHEUS_FEATURES.expandFlag) ? ['--enable-feature=expand-external-labels'] : []),
    ],
    env: [POD_NAME],
    cpuRequest: `${settings.prometheusCpu.value}m`,
    memoryRequest: `${settings.prometheusMemory.value}Gi`,
    ports: [{ name: 'http', containerPort: PROMETHEUS.port }],
    startupProbe: { ...probe('/-/ready'), failureThreshold: settings.startupProbes.value },
    readinessProbe: probe('/-/ready'),
    livenessProbe: probe('/-/healthy'),
    volumeMounts: [
      { name: DATA_VOLUME, mountPath: PATHS.data },
      { name: 'config', mountPath: PATHS.config, readOnly: true },
      { name: 'rules', mountPath: PATHS.rules, readOnly: true },
      ...(scrapesEtcd ? [{ name: 'etcd-client', mountPath: PATHS.etcdClient, readOnly: true }] : []),
    ],
  };
}

function sidecar(settings: MonitoringSettings): ContainerSpec {
  return {
    name: THANOS.sidecar,
    image: settings.cluster.imageRegistry.image(UPSTREAM_IMAGES.thanos, `v${settings.cluster.versions.thanos}`),
    args: [
      'sidecar',
      `--tsdb.path=${PATHS.data}`,
      `--prometheus.url=http://127.0.0.1:${PROMETHEUS.port}`,
      OBJECT_STORAGE_FLAG,
      // As long as the startup probe: a replay of the log is no reason to restart.
      `--prometheus.ready_timeout=${promDuration(settings.startupProbes.value * PROBE_SECONDS)}`,
      // Watches the mounted files and asks Prometheus to reload: a changed rule restarts nothing.
      `--reloader.config-file=${PATHS.config}/prometheus.yaml`,
      `--reloader.rule-dir=${PATHS.rules}`,
    ],
    cpuRequest: `${CPU_MILLICORES.sidecar}m`,
    memoryRequest: `${MEMORY_MEBIBYTES.sidecar}Mi`,
    readinessProbe: { httpGet: { path: '/-/ready', port: k8s.IntOrString.fromString('thanos-http') } },
    livenessProbe: { httpGet: { path: '/-/healthy', port: k8s.IntOrString.fromString('thanos-http') } },
    ports: [{ name: 'grpc', containerPort: THANOS_PORTS.grpc }, { name: 'thanos-http', containerPort: THANOS_PORTS.http }],
    volumeMounts: [
      { name: DATA_VOLUME, mountPath: PATHS.data },
      { name: 'config', mountPath: PATHS.config, readOnly: true },
      { name: 'rules', mountPath: PATHS.rules, readOnly: true },
      OBJECT_STORAGE_MOUNT,
    ],
  };
}

/** Labels that Thanos drops to see replicas, and parts of a fleet, as one. */
export const REPLICA_LABELS = [EXTERNAL_LABELS.replica, EXTERNAL_LABELS.shard, EXTERNAL_LABELS.ruler];

/** What Prometheus may read: nodes everywhere, pods and slices only in the namespaces of its jobs. */
export function prometheusRights(settings: MonitoringSettings): ServiceAccountRights {
  const read = ['get', 'list', 'watch'];
  const withToken = settings.jobs.filter(job => job.auth === ScrapeAuth.SERVICE_ACCOUNT && job.discovery !== ScrapeDiscovery.NODES);
  const paths = [...new Set(withToken.map(job => job.path))].sort();
  const namespaces = (...kinds: ScrapeDiscovery[]) => new Set(settings.jobs.filter(job => kinds.includes(job.discovery)).map(job => job.namespace!));
  const slices = namespaces(ScrapeDiscovery.SERVICE);
  const all = [...namespaces(ScrapeDiscovery.SERVICE, ScrapeDiscovery.PODS)].sort();
  return {
    name: PROMETHEUS.component,
    namespace: NAMESPACES.monitoring,
    clusterRules: [
      { apiGroups: [''], resources: ['nodes'], verbs: read },
      // Metrics of kubelet and cAdvisor at port 10250, not through the API server.
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      ...(paths.length > 0 ? [{ nonResourceUrLs: paths, verbs: ['get'] }] : []),
      ...(settings.scrapeAnnotatedPods ? [{ apiGroups: [''], resources: ['pods'], verbs: read }] : []),
    ],
    namespaceRules: Object.fromEntries(all.map(name => [name, [
      { apiGroups: [''], resources: slices.has(name) ? ['pods', 'services'] : ['pods'], verbs: read },
      ...(slices.has(name) ? [{ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read }] : []),
    ]])),
  };
}
