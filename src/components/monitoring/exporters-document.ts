import { k8s } from 'cdk8s-plus-24';
import { EXPORTERS } from './monitoring-names';
import { MonitoringSettings } from './monitoring-settings';
import { CPU_MILLICORES, MEMORY_MEBIBYTES } from '../../capacity/monitoring-workload-capacity';
import { watchedResources } from '../../catalogue/kube-state-metrics-resources';
import { HOST_PATHS } from '../../cluster/host-paths';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { POOL_LABEL } from '../../cluster/node-pool';
import { HOST_PORTS } from '../../cluster/ports';
import { Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { ContainerSpec, podTemplate, PodTemplateSpec, TOLERATE_CONTROL_PLANE, TOLERATE_EVERYTHING } from '../../in-cluster/pod-template';

const { kubeStateMetrics: STATE, podMetrics: POD_METRICS, unscheduledPodMetrics: UNSCHEDULED, nodeExporter: NODE_EXPORTER } = EXPORTERS;

/** Labels of objects that become labels of series: an allow-list, since each further one makes all series of its kind anew. */
const KEPT_LABELS = {
  objects: `--metric-labels-allowlist=nodes=[${POOL_LABEL},${LABELS.zone}],persistentvolumes=[${POOL_LABEL},${LABELS.hostname}]`,
  pods: `--metric-labels-allowlist=pods=[${LABELS.name}]`,
};

function stateMetrics(settings: MonitoringSettings, spec: Pick<ContainerSpec, 'args' | 'cpuRequest' | 'memoryRequest' | 'env'>): ContainerSpec {
  const probe = (path: string, port: string) => ({ httpGet: { path, port: k8s.IntOrString.fromString(port) } });
  return {
    name: STATE.name,
    image: settings.cluster.imageRegistry.image(UPSTREAM_IMAGES.kubeStateMetrics, `v${settings.cluster.versions.kubeStateMetrics}`),
    ports: [{ name: 'http', containerPort: STATE.port }, { name: 'telemetry', containerPort: STATE.telemetry }],
    livenessProbe: probe('/livez', 'http'),
    readinessProbe: probe('/readyz', 'telemetry'),
    ...spec,
    args: [
      ...spec.args,
      // The first list of a restart comes from the API server's cache, not through etcd.
      '--use-apiserver-cache',
    ],
  };
}

function statePod(serviceAccount: string, container: ContainerSpec, tolerations: k8s.Toleration[]): PodTemplateSpec {
  return { serviceAccount, mountToken: true, priorityClassName: 'system-cluster-critical', tolerations, containers: [container] };
}

function deployment(owner: ObjectOwner, name: string, pod: PodTemplateSpec): Manifest {
  return k8s.KubeDeployment.manifest({
    metadata: { name, namespace: NAMESPACES.monitoring },
    spec: {
      replicas: 1,
      // Never two at a time: both would be scraped, and every sum over objects would double.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selectorLabels(owner) },
      template: podTemplate(owner, { ...pod, spread: false }),
    },
  });
}

/** All objects but pods. */
export function kubeStateMetrics(owner: ObjectOwner, settings: MonitoringSettings): Manifest {
  const resources = watchedResources(settings.cluster.release.version).flatMap(group => group.resources).sort();
  return deployment(owner, STATE.name, statePod(STATE.name, stateMetrics(settings, {
    args: [`--resources=${resources.join(',')}`, KEPT_LABELS.objects],
    cpuRequest: `${CPU_MILLICORES.kubeStateMetrics}m`,
    memoryRequest: `${settings.kubeStateMetricsMemory.value}Mi`,
  }), TOLERATE_CONTROL_PLANE));
}

/** Pods that wait for a node. */
export function unscheduledPodMetrics(owner: ObjectOwner, settings: MonitoringSettings): Manifest {
  return deployment(owner, UNSCHEDULED, statePod(POD_METRICS, stateMetrics(settings, {
    args: ['--resources=pods', '--track-unscheduled-pods', KEPT_LABELS.pods],
    cpuRequest: `${CPU_MILLICORES.kubeStateMetrics}m`,
    memoryRequest: `${MEMORY_MEBIBYTES.unscheduledPods}Mi`,
  }), TOLERATE_CONTROL_PLANE));
}

/**
 * The pods of each node by an instance on it: the API server filters by node, so each decodes 30 pods instead of 36,000. Shards
 * (`--total-shards`) would divide the output only.
 */
export function podMetrics(owner: ObjectOwner, settings: MonitoringSettings): Manifest {
  return daemonSet(owner, settings, POD_METRICS, NAMESPACES.monitoring, statePod(POD_METRICS, stateMetrics(settings, {
    args: ['--resources=pods', '--node=$(NODE_NAME)', KEPT_LABELS.pods],
    env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    cpuRequest: `${CPU_MILLICORES.podMetrics}m`,
    memoryRequest: `${MEMORY_MEBIBYTES.podMetrics}Mi`,
  }), TOLERATE_EVERYTHING));
}

function daemonSet(owner: ObjectOwner, settings: MonitoringSettings, name: string, namespace: string, pod: PodTemplateSpec): Manifest {
  return k8s.KubeDaemonSet.manifest({
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: selectorLabels(owner) },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString(`${settings.agentMaxUnavailable.value}%`) } },
      template: podTemplate(owner, { ...pod, spread: false }),
    },
  });
}

/** Exactly what the instance for everything but pods watches. */
export function kubeStateMetricsRules(settings: MonitoringSettings): k8s.PolicyRule[] {
  return watchedResources(settings.cluster.release.version).map(({ group, resources }) => ({ apiGroups: [group], resources, verbs: ['list', 'watch'] }));
}

export const POD_METRICS_RULES: k8s.PolicyRule[] = [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }];

// By name, so that a new version of the exporter brings no new series by surprise. softnet and schedstat have series per core.
const COLLECTORS = [
  'boottime', 'conntrack', 'cpu', 'diskstats', 'edac', 'filefd', 'filesystem', 'loadavg', 'meminfo', 'netclass', 'netdev', 'netstat', 'nvme', 'os', 'pressure',
  'sockstat', 'stat', 'textfile', 'time', 'timex', 'uname', 'vmstat',
];

// Each pod brings an interface and several mounts: on a node with 110 pods they would outnumber everything else.
const POD_INTERFACES = '^(veth.*|cali.*|tunl.*|vxlan.*|bpf.*|docker.*|nodelocaldns|kube-ipvs.*|dummy.*|lo)$';
const POD_MOUNTS = '^/(dev|proc|sys|run/.+|var/lib/(containerd|containers|docker|kubelet)/.+)($|/)';

/** Metrics of each machine at port 9100 of its own address. */
export function nodeExporter(owner: ObjectOwner, settings: MonitoringSettings): Manifest {
  const { cluster } = settings;
  const probe = { httpGet: { path: '/', port: k8s.IntOrString.fromString('http') } };
  return daemonSet(owner, settings, NODE_EXPORTER, NAMESPACES.nodeMonitoring, {
    serviceAccount: NODE_EXPORTER,
    mountToken: false,
    hostNetwork: true,
    hostPID: true,
    // It resolves nothing, and cluster DNS may be what is broken.
    dnsPolicy: 'Default',
    priorityClassName: 'system-node-critical',
    tolerations: TOLERATE_EVERYTHING,
    containers: [{
      name: NODE_EXPORTER,
      image: cluster.imageRegistry.image(UPSTREAM_IMAGES.nodeExporter, `v${cluster.versions.nodeExporter}`),
      args: [
        // Brackets serve IPv4 and IPv6 alike.
        `--web.listen-address=[$(HOST_IP)]:${HOST_PORTS.nodeExporter}`,
        '--path.sysfs=/host/sys',
        '--path.rootfs=/host/root',
        '--path.udev.data=/host/root/run/udev/data',
        '--collector.disable-defaults',
        ...COLLECTORS.map(collector => `--collector.${collector}`),
        // What scripts on the machine measure, for example the age of snapshots.
        `--collector.textfile.directory=/host/root${HOST_PATHS.textMetrics}`,
        `--collector.netclass.ignored-devices=${POD_INTERFACES}`,
        `--collector.netdev.device-exclude=${POD_INTERFACES}`,
        `--collector.filesystem.mount-points-exclude=${POD_MOUNTS}`,
      ],
      env: [{ name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }],
      cpuRequest: `${CPU_MILLICORES.nodeExporter}m`,
      memoryRequest: `${MEMORY_MEBIBYTES.nodeExporter}Mi`,
      ports: [{ name: 'http', containerPort: HOST_PORTS.nodeExporter, hostPort: HOST_PORTS.nodeExporter }],
      readinessProbe: probe,
      livenessProbe: probe,
      volumeMounts: [
        { name: 'sys', mountPath: '/host/sys', readOnly: true, mountPropagation: 'HostToContainer' },
        { name: 'root', mountPath: '/host/root', readOnly: true, mountPropagation: 'HostToContainer' },
      ],
    }],
    volumes: [{ name: 'sys', hostPath: { path: '/sys' } }, { name: 'root', hostPath: { path: '/' } }],
  });
}
