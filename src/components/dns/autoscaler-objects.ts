import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { COREDNS } from './core-dns-deployment';
import { DnsSettings } from './dns-settings';
import { CORES_PER_REPLICA, NODES_PER_REPLICA } from '../../capacity/dns-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { NAMESPACES } from '../../cluster/namespaces';
import { configMap } from '../../in-cluster/config-map';
import { inClusterObject, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { podTemplate, TOLERATE_CONTROL_PLANE } from '../../in-cluster/pod-template';
import { serviceAccount } from '../../in-cluster/rbac';
import { WAVE } from '../../in-cluster/wave';

export const DNS_AUTOSCALER = 'dns-autoscaler';

export function autoscalerOwner(cluster: ClusterFacts): ObjectOwner {
  return { name: DNS_AUTOSCALER, component: 'dns-autoscaler', cluster: cluster.name, wave: WAVE.dns };
}

/** The autoscaler that sets the replicas of CoreDNS from nodes and cores. */
export function autoscalerObjects(scope: Construct, cluster: ClusterFacts, settings: DnsSettings): void {
  const at = new Construct(scope, 'Autoscaler');
  const owner = autoscalerOwner(cluster);
  const namespace = NAMESPACES.kubeSystem;
  serviceAccount(at, 'Rights', owner, {
    name: DNS_AUTOSCALER,
    namespace,
    clusterRules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] }],
    namespaceRules: {
      [namespace]: [
        { apiGroups: [''], resources: ['configmaps'], resourceNames: [DNS_AUTOSCALER], verbs: ['get'] },
        // Upstream's example also names the group "extensions", which no release since 1.16 serves.
        { apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: [COREDNS], verbs: ['get', 'update'] },
      ],
    },
  });
  // Not hashed: it is read again every ten seconds.
  configMap(at, 'Parameters', owner, { name: DNS_AUTOSCALER, namespace, data: { linear: linearParameters(settings) } });
  const memory = settings.autoscalerMemory.value;
  inClusterObject(at, 'Deployment', owner, k8s.KubeDeployment.manifest({
    metadata: { name: DNS_AUTOSCALER, namespace },
    spec: {
      // One: while it is away CoreDNS keeps its replicas.
      replicas: 1,
      selector: { matchLabels: selectorLabels(owner) },
      template: podTemplate(owner, {
        serviceAccount: DNS_AUTOSCALER,
        mountToken: true,
        priorityClassName: 'system-cluster-critical',
        tolerations: TOLERATE_CONTROL_PLANE,
        spread: false,
        containers: [{
          name: 'autoscaler',
          image: cluster.imageRegistry.image(UPSTREAM_IMAGES.clusterProportionalAutoscaler, `v${cluster.versions.clusterProportionalAutoscaler}`),
          command: ['/cluster-proportional-autoscaler'],
          args: [`--configmap=${DNS_AUTOSCALER}`, '--logtostderr=true', `--namespace=${namespace}`, `--target=deployment/${COREDNS}`, '--v=1'],
          cpuRequest: '20m',
          memoryRequest: `${memory}Mi`,
          memoryLimit: `${2 * memory}Mi`,
        }],
      }),
    },
  }));
}

function linearParameters(settings: DnsSettings): string {
  return JSON.stringify({
    coresPerReplica: CORES_PER_REPLICA,
    nodesPerReplica: NODES_PER_REPLICA,
    min: settings.minReplicas.value,
    max: settings.maxReplicas.value,
    preventSinglePointFailure: true,
    // A cordoned node still runs pods that ask for names.
    includeUnschedulableNodes: true,
  });
}
