import { k8s } from 'cdk8s-plus-24';
import { EXTERNAL_LABELS, PATHS, PROMETHEUS, THANOS, THANOS_PORTS } from './monitoring-names';
import { MonitoringSettings } from './monitoring-settings';
import { REPLICA_VARIABLE } from './prometheus-config';
import { OBJECT_STORAGE_FLAG, OBJECT_STORAGE_MOUNT, objectStorageVolume, POD_NAME, REPLICA_LABELS } from './prometheus-document';
import { DATA_VOLUME, statefulWorkload } from './stateful-workload';
import { CPU_MILLICORES, MEMORY_MEBIBYTES, REPLICAS, RULER_DISK_GIBIBYTES } from '../../capacity/monitoring-workload-capacity';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { promDuration, promqlString } from '../../formats/promql';
import { yamlDocuments } from '../../formats/yaml-document';
import { Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { ContainerSpec, podTemplate, PodTemplateSpec, TOLERATE_CONTROL_PLANE } from '../../in-cluster/pod-template';

const DAY = 86_400;

/** Where queries go, for dashboards and adapters. */
export const QUERY_URL = `http://${THANOS.query}.${NAMESPACES.monitoring}.svc:${THANOS_PORTS.http}`;

/** Everything that a querier asks: one headless Service each, so that new shards and replicas are found by DNS. */
export function queryEndpoints(settings: MonitoringSettings): string {
  const services = [PROMETHEUS.component, THANOS.store, ...(settings.rulers > 0 ? [THANOS.ruler] : [])];
  // Without the cluster's domain: the resolver of the pod adds it.
  return yamlDocuments([{ endpoints: services.map(name => ({ address: `dnssrv+_grpc._tcp.${name}.${NAMESPACES.monitoring}.svc` })) }]);
}

function container(settings: MonitoringSettings, name: string, spec: Omit<ContainerSpec, 'name' | 'image' | 'ports' | 'livenessProbe' | 'readinessProbe'>): ContainerSpec {
  const probe = (path: string) => ({ httpGet: { path, port: k8s.IntOrString.fromString('http') } });
  return {
    name,
    image: settings.cluster.imageRegistry.image(UPSTREAM_IMAGES.thanos, `v${settings.cluster.versions.thanos}`),
    ports: [{ name: 'http', containerPort: THANOS_PORTS.http }, { name: 'grpc', containerPort: THANOS_PORTS.grpc }],
    readinessProbe: probe('/-/ready'),
    livenessProbe: probe('/-/healthy'),
    ...spec,
  };
}

// No rights and no token: nothing of Thanos talks to the API server.
function pod(containers: ContainerSpec[], volumes: k8s.Volume[]): PodTemplateSpec {
  return {
    serviceAccount: 'thanos',
    mountToken: false,
    priorityClassName: 'system-cluster-critical',
    tolerations: TOLERATE_CONTROL_PLANE,
    runAsUser: PROMETHEUS.uid,
    fsGroup: PROMETHEUS.uid,
    containers,
    volumes,
  };
}

export function thanosQuery(owner: ObjectOwner, settings: MonitoringSettings, endpointsConfigMap: string): Manifest {
  return k8s.KubeDeployment.manifest({
    metadata: { name: THANOS.query, namespace: NAMESPACES.monitoring },
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: selectorLabels(owner) },
      template: podTemplate(owner, pod([container(settings, 'query', {
        args: [
          'query',
          `--endpoint.sd-config-file=${PATHS.thanosConfig}/endpoints.yaml`,
          // Raw samples are gone first: without it a query of last quarter would find nothing.
          '--query.auto-downsampling',
          ...REPLICA_LABELS.map(label => `--query.replica-label=${label}`),
        ],
        cpuRequest: `${CPU_MILLICORES.query}m`,
        memoryRequest: `${settings.queryMemory.value}Gi`,
        volumeMounts: [{ name: 'endpoints', mountPath: PATHS.thanosConfig, readOnly: true }],
      })], [{ name: 'endpoints', configMap: { name: endpointsConfigMap } }])),
    },
  });
}

export function thanosStore(owner: ObjectOwner, settings: MonitoringSettings): Manifest {
  const { chunkPool, indexCache, memory, disk } = settings.store;
  return statefulWorkload(owner, {
    name: THANOS.store,
    namespace: NAMESPACES.monitoring,
    replicas: REPLICAS,
    serviceName: THANOS.store,
    diskGibibytes: disk.value,
    storageClassName: settings.storageClassName,
    pod: pod([container(settings, 'store', {
      args: [
        'store', `--data-dir=${PATHS.data}`, OBJECT_STORAGE_FLAG, `--index-cache-size=${indexCache.value}MB`, `--chunk-pool-size=${chunkPool.value}MB`,
      ],
      cpuRequest: `${CPU_MILLICORES.store}m`,
      memoryRequest: `${memory.value}Mi`,
      volumeMounts: [{ name: DATA_VOLUME, mountPath: PATHS.data }, OBJECT_STORAGE_MOUNT],
    })], [objectStorageVolume(settings)]),
  });
}

/** Exactly one: a second one on the same bucket compacts the same blocks, and both halt on the overlap. */
export function thanosCompactor(owner: ObjectOwner, settings: MonitoringSettings): Manifest {
  const { raw, fiveMinutes, oneHour } = settings.bucketRetention;
  const days = (count: number) => promDuration(count * DAY);
  return statefulWorkload(owner, {
    name: THANOS.compactor,
    namespace: NAMESPACES.monitoring,
    replicas: 1,
    serviceName: THANOS.compactor,
    diskGibibytes: settings.compactorDisk.value,
    storageClassName: settings.storageClassName,
    pod: pod([container(settings, 'compactor', {
      args: [
        'compact', '--wait', `--data-dir=${PATHS.data}`, OBJECT_STORAGE_FLAG,
        `--retention.resolution-raw=${days(raw.value)}`, `--retention.resolution-5m=${days(fiveMinutes.value)}`, `--retention.resolution-1h=${days(oneHour.value)}`,
      ],
      cpuRequest: `${CPU_MILLICORES.compactor}m`,
      memoryRequest: `${settings.compactorMemory.value}Gi`,
      volumeMounts: [{ name: DATA_VOLUME, mountPath: PATHS.data }, OBJECT_STORAGE_MOUNT],
    })], [objectStorageVolume(settings)]),
  });
}

/** Evaluates contributed rules over all shards. */
export function thanosRuler(owner: ObjectOwner, settings: MonitoringSettings, rulesConfigMap: string): Manifest {
  return statefulWorkload(owner, {
    name: THANOS.ruler,
    namespace: NAMESPACES.monitoring,
    replicas: settings.rulers,
    serviceName: THANOS.ruler,
    diskGibibytes: RULER_DISK_GIBIBYTES,
    storageClassName: settings.storageClassName,
    pod: pod([container(settings, 'ruler', {
      args: [
        'rule', `--data-dir=${PATHS.data}`, OBJECT_STORAGE_FLAG, `--rule-file=${PATHS.thanosRules}/*.yaml`, `--query=${QUERY_URL}`,
        `--eval-interval=${promDuration(settings.scrapeInterval.value)}`,
        `--label=${EXTERNAL_LABELS.cluster}=${promqlString(settings.cluster.name)}`,
        // Expanded by the kubelet, here in an argument, where `$(VAR)` is the right form.
        `--label=${EXTERNAL_LABELS.ruler}="$(${REPLICA_VARIABLE})"`,
        `--alert.label-drop=${EXTERNAL_LABELS.ruler}`,
        ...settings.alertmanagers.map(address => `--alertmanagers.url=http://${address}`),
      ],
      env: [POD_NAME],
      cpuRequest: `${CPU_MILLICORES.ruler}m`,
      memoryRequest: `${MEMORY_MEBIBYTES.ruler}Mi`,
      volumeMounts: [{ name: DATA_VOLUME, mountPath: PATHS.data }, { name: 'rules', mountPath: PATHS.thanosRules, readOnly: true }, OBJECT_STORAGE_MOUNT],
    })], [{ name: 'rules', configMap: { name: rulesConfigMap } }, objectStorageVolume(settings)]),
  });
}
