import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { coreDnsCorefile, METRICS_PORT } from './corefile-document';
import { DnsSettings } from './dns-settings';
import { UNPRIVILEGED_COREDNS_IMAGE } from '../../catalogue/dns-images';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { renderCorefile } from '../../formats/corefile';
import { configMap } from '../../in-cluster/config-map';
import { inClusterObject, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { ContainerSpec, podTemplate, TOLERATE_CONTROL_PLANE } from '../../in-cluster/pod-template';
import { serviceAccount } from '../../in-cluster/rbac';
import { WAVE } from '../../in-cluster/wave';

export const COREDNS = 'coredns';
/** Name of the DNS Service: tools and Calico look for it. */
export const DNS_SERVICE = 'kube-dns';
/** Label that the rest of the world finds cluster DNS by. */
export const DNS_LABELS = { 'k8s-app': 'kube-dns' };

const HEALTH_PORT = 8080;
const READY_PORT = 8181;

/** Owner of everything of CoreDNS. */
export function coreDnsOwner(cluster: ClusterFacts): ObjectOwner {
  return { name: COREDNS, component: 'dns', cluster: cluster.name, wave: WAVE.dns };
}

/** CoreDNS itself: account, Corefile, Deployment, budget, Service. */
export function coreDnsObjects(scope: Construct, cluster: ClusterFacts, settings: DnsSettings): void {
  const at = new Construct(scope, 'CoreDns');
  const owner = coreDnsOwner(cluster);
  const namespace = NAMESPACES.kubeSystem;
  serviceAccount(at, 'Rights', owner, {
    name: COREDNS,
    namespace,
    // No pods: the Corefile never asks for them, and without the right nobody can switch on a watch of all pods by accident.
    clusterRules: [
      { apiGroups: [''], resources: ['services', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  });
  // Not hashed: CoreDNS reloads its Corefile and keeps the old one when the new one is wrong. A new name would restart every resolver.
  configMap(at, 'Corefile', owner, { name: COREDNS, namespace, data: { Corefile: renderCorefile(coreDnsCorefile(cluster, settings)) } });
  inClusterObject(at, 'Deployment', owner, deployment(owner, cluster, settings));
  inClusterObject(at, 'DisruptionBudget', owner, k8s.KubePodDisruptionBudget.manifest({
    metadata: { name: COREDNS, namespace },
    spec: { maxUnavailable: k8s.IntOrString.fromString(`${settings.maxUnavailable.value}%`), selector: { matchLabels: selectorLabels(owner) } },
  }));
  inClusterObject(at, 'Service', owner, k8s.KubeService.manifest({
    metadata: {
      name: DNS_SERVICE,
      namespace,
      labels: DNS_LABELS,
      annotations: settings.excludeFromNat ? { 'projectcalico.org/natExcludeService': 'true' } : undefined,
    },
    spec: {
      ...serviceFamilies(cluster, settings),
      selector: selectorLabels(owner),
      ports: [...dnsPorts(), { name: 'metrics', port: METRICS_PORT, protocol: 'TCP' }],
    },
  }));
}

/** In a dual-stack cluster said outright: which families a Service gets otherwise depends on the API server's flags. */
function serviceFamilies(cluster: ClusterFacts, settings: DnsSettings): Partial<k8s.ServiceSpec> {
  const [clusterIp, ...others] = settings.serviceAddresses;
  if (!cluster.network.dualStack) { return { clusterIp }; }
  return {
    clusterIp,
    clusterIPs: settings.serviceAddresses,
    ipFamilyPolicy: others.length > 0 ? 'RequireDualStack' : 'SingleStack',
    ipFamilies: settings.serviceAddresses.map(address => (address.includes(':') ? 'IPv6' : 'IPv4')),
  };
}

/** Ports of a Service that stands for CoreDNS. */
export function dnsPorts(): k8s.ServicePort[] {
  return [{ name: 'dns', port: 53, protocol: 'UDP' }, { name: 'dns-tcp', port: 53, protocol: 'TCP' }];
}

function deployment(owner: ObjectOwner, cluster: ClusterFacts, settings: DnsSettings) {
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
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          maxUnavailable: k8s.IntOrString.fromString(`${settings.maxUnavailable.value}%`),
          maxSurge: k8s.IntOrString.fromString(`${settings.maxUnavailable.value}%`),
        },
      },
      selector: { matchLabels: selectorLabels(owner) },
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...DNS_LABELS } } },
    },
  });
}

function container(cluster: ClusterFacts, settings: DnsSettings): ContainerSpec {
  return {
    name: COREDNS,
    image: cluster.imageRegistry.image(UPSTREAM_IMAGES.coreDns, `v${cluster.versions.coreDns}`),
    args: ['-conf', '/etc/coredns/Corefile'],
    cpuRequest: `${settings.cpu.value}m`,
    memoryRequest: `${settings.memory.value}M`,
    memoryLimit: `${settings.memoryLimit.value}Mi`,
    env: [
      { name: 'GOMAXPROCS', value: String(settings.threads.value) },
      // Collect harder before the kernel kills: a ninth of the limit stays for what is not Go's heap.
      { name: 'GOMEMLIMIT', value: `${Math.floor(settings.memoryLimit.value * 0.9)}MiB` },
    ],
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
