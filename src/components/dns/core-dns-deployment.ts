import { k8s } from 'cdk8s-plus-24';
import { METRICS_PORT } from './corefile-document';
import { DnsSettings } from './dns-settings';
import { UNPRIVILEGED_COREDNS_IMAGE } from '../../catalogue/dns-images';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { LABELS } from '../../cluster/labels';
import { NAMESPACES } from '../../cluster/namespaces';
import { ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { ContainerSpec, podTemplate, TOLERATE_CONTROL_PLANE } from '../../in-cluster/pod-template';

export const COREDNS = 'coredns';
/** Label that the rest of the world finds cluster DNS by; kubeadm's selector. */
export const DNS_LABELS = { 'k8s-app': 'kube-dns' };

const HEALTH_PORT = 8080;
const READY_PORT = 8181;

/** The Deployment where it is ours. */
export function coreDnsDeployment(owner: ObjectOwner, cluster: ClusterFacts, settings: DnsSettings) {
  const template = podTemplate(owner, {
    serviceAccount: COREDNS,
    mountToken: true,
    priorityClassName: 'system-cluster-critical',
    // The node's resolvers: with the cluster's own, CoreDNS would ask itself.
    dnsPolicy: 'Default',
    tolerations: [...TOLERATE_CONTROL_PLANE, { key: 'CriticalAddonsOnly', operator: 'Exists' }],
    terminationGracePeriodSeconds: settings.terminationGrace.value,
    runAsUser: inRange(cluster.versions.coreDns, UNPRIVILEGED_COREDNS_IMAGE) ? 65532 : 0,
    containers: [container(cluster, settings)],
    volumes: [{ name: 'corefile', configMap: { name: COREDNS, items: [{ key: 'Corefile', path: 'Corefile' }] } }],
  });
  return k8s.KubeDeployment.manifest({
    metadata: { name: COREDNS, namespace: NAMESPACES.kubeSystem, labels: DNS_LABELS },
    spec: {
      // No replicas: the autoscaler owns the number, and a second writer would shrink DNS to its own idea at every apply.
      strategy: strategy(settings),
      selector: { matchLabels: selectorLabels(owner) },
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...DNS_LABELS } } },
    },
  });
}

/**
 * What kubeadm's Deployment lacks or sets for a small cluster: a strategic merge patch. Image, Corefile, ports and probes are kubeadm's; so is the number of
 * replicas, which it keeps as it finds it.
 */
export function kubeadmDeploymentPatch(settings: DnsSettings): object {
  const { value: limit } = settings.memoryLimit;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: COREDNS, namespace: NAMESPACES.kubeSystem },
    spec: {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: percent(settings), maxSurge: percent(settings) } },
      template: {
        spec: {
          terminationGracePeriodSeconds: settings.terminationGrace.value,
          topologySpreadConstraints: [LABELS.hostname, LABELS.zone].map(topologyKey => ({
            maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: DNS_LABELS },
          })),
          containers: [{
            name: COREDNS,
            env: environment(settings),
            resources: { requests: { cpu: `${settings.cpu.value}m`, memory: `${settings.memory.value}M` }, limits: { memory: `${limit}Mi` } },
          }],
        },
      },
    },
  };
}

function strategy(settings: DnsSettings): k8s.DeploymentStrategy {
  return {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString(percent(settings)), maxSurge: k8s.IntOrString.fromString(percent(settings)) },
  };
}

function percent(settings: DnsSettings): string {
  return `${settings.maxUnavailable.value}%`;
}

function environment(settings: DnsSettings): Array<{ name: string; value: string }> {
  return [
    { name: 'GOMAXPROCS', value: String(settings.threads.value) },
    // Collect harder before the kernel kills: a ninth of the limit stays for what is not Go's heap.
    { name: 'GOMEMLIMIT', value: `${Math.floor(settings.memoryLimit.value * 0.9)}MiB` },
  ];
}

function container(cluster: ClusterFacts, settings: DnsSettings): ContainerSpec {
  return {
    name: COREDNS,
    image: cluster.imageRegistry.image(UPSTREAM_IMAGES.coreDns, `v${cluster.versions.coreDns}`),
    args: ['-conf', '/etc/coredns/Corefile'],
    cpuRequest: `${settings.cpu.value}m`,
    memoryRequest: `${settings.memory.value}M`,
    memoryLimit: `${settings.memoryLimit.value}Mi`,
    env: environment(settings),
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: METRICS_PORT, protocol: 'TCP' },
    ],
    volumeMounts: [{ name: 'corefile', mountPath: '/etc/coredns', readOnly: true }],
    livenessProbe: { httpGet: { path: '/health', port: k8s.IntOrString.fromNumber(HEALTH_PORT) }, initialDelaySeconds: 60, timeoutSeconds: 5, failureThreshold: 5 },
    readinessProbe: { httpGet: { path: '/ready', port: k8s.IntOrString.fromNumber(READY_PORT) }, timeoutSeconds: 5 },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
  };
}
