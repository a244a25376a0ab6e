import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { coreDnsPodLabels, dnsPorts, inZone } from './core-dns-objects';
import { nodeCacheCorefile } from './corefile-document';
import { DnsSettings, NodeCacheSettings } from './dns-settings';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { renderCorefile } from '../../formats/corefile';
import { hashedConfigMap } from '../../in-cluster/config-map';
import { inClusterObject, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { ContainerSpec, podTemplate, TOLERATE_EVERYTHING } from '../../in-cluster/pod-template';
import { serviceAccount } from '../../in-cluster/rbac';
import { WAVE } from '../../in-cluster/wave';

export const NODE_CACHE = 'node-local-dns';

/** Service through which caches reach CoreDNS; the address of the other one they may have taken over themselves. */
export const UPSTREAM_SERVICE = 'kube-dns-upstream';

/** The cache on every node. */
export function nodeCacheObjects(scope: Construct, cluster: ClusterFacts, settings: DnsSettings, cache: NodeCacheSettings): void {
  const at = new Construct(scope, 'NodeCache');
  const owner: ObjectOwner = { name: NODE_CACHE, component: 'dns-cache', cluster: cluster.name, wave: WAVE.dns };
  const namespace = NAMESPACES.kubeSystem;
  inClusterObject(at, 'Upstream', owner, inZone(settings, k8s.KubeService.manifest({
    metadata: { name: UPSTREAM_SERVICE, namespace },
    spec: { clusterIp: cache.upstreamServiceAddress, selector: coreDnsPodLabels(cluster, settings), ports: dnsPorts(settings) },
  })));
  serviceAccount(at, 'Rights', owner, { name: NODE_CACHE, namespace });
  // Hashed, so that a change rolls out node by node: reloaded in place, one wrong line would take DNS from all nodes within a minute.
  const corefile = hashedConfigMap(at, 'Corefile', owner, { name: NODE_CACHE, namespace, data: { Corefile: renderCorefile(nodeCacheCorefile(cluster, settings, cache)) } });
  inClusterObject(at, 'DaemonSet', owner, daemonSet(owner, cluster, cache, corefile.name));
}

function daemonSet(owner: ObjectOwner, cluster: ClusterFacts, cache: NodeCacheSettings, corefile: string) {
  const template = podTemplate(owner, {
    serviceAccount: NODE_CACHE,
    mountToken: false,
    priorityClassName: 'system-node-critical',
    hostNetwork: true,
    dnsPolicy: 'Default',
    tolerations: TOLERATE_EVERYTHING,
    spread: false,
    // Interface, firewall rules and port 53 of the node.
    runAsUser: 0,
    containers: [container(cluster, cache)],
    volumes: [
      { name: 'corefile', configMap: { name: corefile, items: [{ key: 'Corefile', path: 'Corefile.base' }] } },
      // The program writes the Corefile that it runs with next to the one it was given.
      { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') } },
      { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
    ],
  });
  return k8s.KubeDaemonSet.manifest({
    metadata: { name: NODE_CACHE, namespace: NAMESPACES.kubeSystem, labels: { 'k8s-app': NODE_CACHE } },
    spec: {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString(`${cache.maxUnavailable.value}%`) } },
      selector: { matchLabels: selectorLabels(owner) },
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, 'k8s-app': NODE_CACHE } } },
    },
  });
}

function container(cluster: ClusterFacts, cache: NodeCacheSettings): ContainerSpec {
  const health = {
    httpGet: { host: cache.address, path: '/health', port: k8s.IntOrString.fromNumber(HOST_PORTS.nodeCacheHealth) },
    timeoutSeconds: 5,
  };
  return {
    name: 'node-cache',
    image: cluster.imageRegistry.image(UPSTREAM_IMAGES.nodeCache, cluster.versions.nodeCache),
    args: [
      '-localip', cache.listenAddresses.join(','),
      '-conf', '/run/node-cache/Corefile',
      '-basecorefile', '/etc/coredns/Corefile.base',
      '-upstreamsvc', UPSTREAM_SERVICE,
      '-health-port', String(HOST_PORTS.nodeCacheHealth),
      '-metrics-listen-address', `:${HOST_PORTS.nodeCacheSetupMetrics}`,
    ],
    cpuRequest: `${cache.cpu.value}m`,
    memoryRequest: `${cache.memory.value}Mi`,
    memoryLimit: `${cache.memoryLimit.value}Mi`,
    // Collect harder before the kernel kills the only DNS of the node.
    env: [{ name: 'GOMEMLIMIT', value: `${Math.floor(cache.memoryLimit.value * 0.9)}MiB` }],
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: HOST_PORTS.nodeCacheMetrics, protocol: 'TCP' },
    ],
    volumeMounts: [
      { name: 'corefile', mountPath: '/etc/coredns', readOnly: true },
      { name: 'run', mountPath: '/run/node-cache' },
      { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
    ],
    livenessProbe: { ...health, initialDelaySeconds: 60 },
    // Without it a rollout would go on to the next nodes while the first ones still start.
    readinessProbe: { ...health, periodSeconds: 5 },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_BIND_SERVICE', 'NET_RAW'] },
    },
  };
}
