import { k8s } from 'cdk8s-plus-24';
import { METRICS_SERVER_NODE_ACCESS } from '../../catalogue/autoscaling-features';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { Derivation } from '../../derivation/derivation';
import { Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { podTemplate, TOLERATE_CONTROL_PLANE } from '../../in-cluster/pod-template';

/** Name of everything that belongs to metrics-server; upstream's own, so that an existing one is replaced and not doubled. */
export const METRICS_SERVER = 'metrics-server';
export const METRICS_SERVER_PORT = 10250;
/** Served from memory until a Secret is given; `/tmp` is the only writable path. */
const SCRATCH = '/tmp';
const CERTIFICATE = '/etc/metrics-server/serving';
const CLUSTER_CA = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';

export interface MetricsServerSettings {
  readonly cpu: Derivation;
  readonly memory: Derivation;
  readonly memoryLimit: Derivation;
  readonly metricResolution: Derivation;
  readonly replicas: Derivation;
  readonly kubeletInsecureTls: boolean;
  readonly secretName?: string;
  readonly caBundle?: string;
}

export function metricsServerRules(version: string): k8s.PolicyRule[] {
  const resources = METRICS_SERVER_NODE_ACCESS.filter(row => inRange(version, row)).map(row => row.resource);
  return [
    { apiGroups: [''], resources, verbs: ['get'] },
    { apiGroups: [''], resources: ['namespaces', 'nodes', 'pods'], verbs: ['get', 'list', 'watch'] },
  ];
}

export function metricsServerDeployment(owner: ObjectOwner, cluster: ClusterFacts, settings: MetricsServerSettings): Manifest {
  const probe = (path: string, delay: number) => ({
    httpGet: { path, port: k8s.IntOrString.fromString('https'), scheme: 'HTTPS' }, initialDelaySeconds: delay, periodSeconds: 10, failureThreshold: 3,
  });
  const secret = settings.secretName;
  return k8s.KubeDeployment.manifest({
    metadata: { name: METRICS_SERVER, namespace: NAMESPACES.kubeSystem },
    spec: {
      replicas: settings.replicas.value,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(owner) },
      // One scrapes while the other is replaced: without metrics no autoscaler of the cluster acts.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromNumber(0), maxSurge: k8s.IntOrString.fromNumber(1) } },
      template: podTemplate(owner, {
        serviceAccount: METRICS_SERVER,
        mountToken: true,
        priorityClassName: 'system-cluster-critical',
        tolerations: TOLERATE_CONTROL_PLANE,
        containers: [{
          name: METRICS_SERVER,
          image: cluster.imageRegistry.image(UPSTREAM_IMAGES.metricsServer, `v${cluster.versions.metricsServer}`),
          args: [
            `--cert-dir=${SCRATCH}`,
            // Kubelets of this library get serving certificates of the cluster's CA; without the flag the image's public roots would be asked.
            settings.kubeletInsecureTls ? '--kubelet-insecure-tls' : `--kubelet-certificate-authority=${CLUSTER_CA}`,
            '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
            '--kubelet-use-node-status-port',
            `--metric-resolution=${settings.metricResolution.value}s`,
            `--secure-port=${METRICS_SERVER_PORT}`,
            ...(secret ? [`--tls-cert-file=${CERTIFICATE}/tls.crt`, `--tls-private-key-file=${CERTIFICATE}/tls.key`] : []),
          ],
          cpuRequest: `${settings.cpu.value}m`,
          memoryRequest: `${settings.memory.value}Mi`,
          memoryLimit: `${settings.memoryLimit.value}Mi`,
          ports: [{ name: 'https', containerPort: METRICS_SERVER_PORT }],
          // The first round over all nodes takes one resolution; not ready before two.
          readinessProbe: probe('/readyz', 20),
          livenessProbe: probe('/livez', 0),
          volumeMounts: [
            { name: 'scratch', mountPath: SCRATCH },
            ...(secret ? [{ name: 'serving', mountPath: CERTIFICATE, readOnly: true }] : []),
          ],
        }],
        volumes: [
          { name: 'scratch', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } },
          ...(secret ? [{ name: 'serving', secret: { secretName: secret } }] : []),
        ],
      }),
    },
  });
}

export function metricsServerService(owner: ObjectOwner): Manifest {
  return k8s.KubeService.manifest({
    metadata: { name: METRICS_SERVER, namespace: NAMESPACES.kubeSystem },
    spec: { selector: selectorLabels(owner), ports: [{ name: 'https', port: 443, targetPort: k8s.IntOrString.fromString('https') }] },
  });
}

export function metricsApiService(settings: MetricsServerSettings): Manifest {
  return k8s.KubeApiService.manifest({
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { name: METRICS_SERVER, namespace: NAMESPACES.kubeSystem },
      caBundle: settings.caBundle,
      // Without a certificate of yours each replica makes its own at every start, and there is nothing to check it against.
      insecureSkipTlsVerify: settings.caBundle === undefined ? true : undefined,
    },
  });
}

/** Lets `view`, `edit` and `admin` read usage (`kubectl top`). */
export function metricsReaderRole(): Manifest {
  const aggregate = ['view', 'edit', 'admin'].map(role => [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true']);
  return k8s.KubeClusterRole.manifest({
    metadata: { name: 'system:aggregated-metrics-reader', labels: Object.fromEntries(aggregate) },
    rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] }],
  });
}

/** Lets metrics-server read how the API server authenticates the aggregator. */
export function authenticationReaderBinding(): Manifest {
  return k8s.KubeRoleBinding.manifest({
    metadata: { name: 'metrics-server-auth-reader', namespace: NAMESPACES.kubeSystem },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'extension-apiserver-authentication-reader' },
    subjects: [{ kind: 'ServiceAccount', name: METRICS_SERVER, namespace: NAMESPACES.kubeSystem }],
  });
}
