import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { KubeProxyMode } from './kube-proxy-options';
import { ProxySettings } from './kube-proxy-settings';
import { SERVICE_PROXY } from '../../catalogue/control-plane-accounts';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { HOST_PORTS } from '../../cluster/ports';
import { kubeconfig } from '../../formats/kubeconfig';
import { yamlDocuments } from '../../formats/yaml-document';
import { hashedConfigMap } from '../../in-cluster/config-map';
import { inClusterObject, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { podTemplate, TOLERATE_EVERYTHING } from '../../in-cluster/pod-template';
import { serviceAccount } from '../../in-cluster/rbac';
import { WAVE } from '../../in-cluster/wave';

const NAME = SERVICE_PROXY.account;
const FOLDER = '/var/lib/kube-proxy';
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';

/** kube-proxy on every node, of the release of the control plane: it may lag a kubelet and never lead the API server. */
export function kubeProxyObjects(scope: Construct, cluster: ClusterFacts, settings: ProxySettings, maxUnavailable: string): void {
  const at = new Construct(scope, 'KubeProxy');
  const owner: ObjectOwner = { name: NAME, component: 'service-proxy', cluster: cluster.name, wave: WAVE.network };
  serviceAccount(at, 'Rights', owner, { name: NAME, namespace: NAMESPACES.kubeSystem, clusterRoles: ['system:node-proxier'] });
  // Hashed: it reads its configuration once, at start.
  const config = hashedConfigMap(at, 'Configuration', owner, {
    name: NAME,
    namespace: NAMESPACES.kubeSystem,
    data: { 'config.conf': yamlDocuments([kubeProxyConfiguration(cluster, settings)]), 'kubeconfig.conf': proxyKubeconfig(cluster) },
  });
  inClusterObject(at, 'DaemonSet', owner, daemonSet(owner, cluster, config.name, maxUnavailable));
}

/** What kube-proxy reads. Syncs stay at a second and half a minute: from 1.28 on only what changed is written. Source: WEB:docs/reference/networking/virtual-ips. */
export function kubeProxyConfiguration(cluster: ClusterFacts, { mode, conntrackPerCore }: ProxySettings): object {
  const anywhere = cluster.network.family === 6 ? '::' : '0.0.0.0';
  const listen = (port: number) => `${anywhere.includes(':') ? `[${anywhere}]` : anywhere}:${port}`;
  const syncs = { minSyncPeriod: '1s', syncPeriod: '30s' };
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode,
    bindAddress: anywhere,
    clientConnection: { kubeconfig: `${FOLDER}/kubeconfig.conf`, contentType: 'application/vnd.kubernetes.protobuf' },
    clusterCIDR: cluster.network.podCidrs.join(','),
    detectLocalMode: 'ClusterCIDR',
    conntrack: { maxPerCore: conntrackPerCore.value },
    healthzBindAddress: listen(HOST_PORTS.kubeProxyHealthz),
    metricsBindAddress: listen(HOST_PORTS.kubeProxyMetrics),
    iptables: mode === KubeProxyMode.IPTABLES ? syncs : undefined,
    nftables: mode === KubeProxyMode.NFTABLES ? syncs : undefined,
    ipvs: mode === KubeProxyMode.IPVS ? { ...syncs, scheduler: 'rr' } : undefined,
  };
}

// Not the Service of the API server: kube-proxy is who makes its address work.
function proxyKubeconfig(cluster: ClusterFacts): string {
  return kubeconfig({ clusterName: cluster.name, server: cluster.apiServerUrl, caFile: `${TOKEN}/ca.crt`, userName: NAME, credentials: { tokenFile: `${TOKEN}/token` } });
}

function daemonSet(owner: ObjectOwner, cluster: ClusterFacts, config: string, maxUnavailable: string) {
  const template = podTemplate(owner, {
    serviceAccount: NAME,
    mountToken: true,
    priorityClassName: 'system-node-critical',
    hostNetwork: true,
    tolerations: TOLERATE_EVERYTHING,
    spread: false,
    // Tables of the kernel are root's.
    runAsUser: 0,
    containers: [{
      name: NAME,
      image: cluster.imageRegistry.image(UPSTREAM_IMAGES.kubeProxy, cluster.release.tag),
      command: ['/usr/local/bin/kube-proxy'],
      args: [`--config=${FOLDER}/config.conf`, '--hostname-override=$(NODE_NAME)'],
      cpuRequest: '100m',
      // Model: every Service and EndpointSlice, 50 KiB for each of 10,000.
      memoryRequest: `${Math.ceil(64 + cluster.services * 0.05)}Mi`,
      memoryLimit: `${2 * Math.ceil(64 + cluster.services * 0.05)}Mi`,
      env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
      ports: [{ name: 'metrics', containerPort: HOST_PORTS.kubeProxyMetrics }],
      volumeMounts: [
        { name: 'config', mountPath: FOLDER, readOnly: true },
        { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
        { name: 'modules', mountPath: '/lib/modules', readOnly: true },
      ],
      // Privileged, as upstream has it: it sets sysctls of the node and loads modules.
      securityContext: { privileged: true },
    }],
    volumes: [
      { name: 'config', configMap: { name: config } },
      { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
      { name: 'modules', hostPath: { path: '/lib/modules' } },
    ],
  });
  return k8s.KubeDaemonSet.manifest({
    metadata: { name: NAME, namespace: NAMESPACES.kubeSystem, labels: { 'k8s-app': NAME } },
    spec: {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString(maxUnavailable) } },
      selector: { matchLabels: selectorLabels(owner) },
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, 'k8s-app': NAME } } },
    },
  });
}
