import { k8s } from 'cdk8s-plus-24';
import { AUTOSCALER } from './autoscaler-access';
import { METRICS_PORT } from './autoscaler-flags';
import { AutoscalerSettings } from './autoscaler-settings';
import { MASTER_TAINT } from '../../catalogue/autoscaling-features';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { UPSTREAM_IMAGES } from '../../cluster/image-registry';
import { LABELS } from '../../cluster/labels';
import { POOL_LABEL } from '../../cluster/node-pool';
import { Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { podTemplate, TOLERATE_CONTROL_PLANE } from '../../in-cluster/pod-template';

/** The Deployment, on machines that it does not scale itself. */
export function autoscalerDeployment(owner: ObjectOwner, namespace: string, cluster: ClusterFacts, settings: AutoscalerSettings, args: string[]): Manifest {
  const binding = settings.provider._binding;
  const probe = { httpGet: { path: '/health-check', port: k8s.IntOrString.fromString('metrics') }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 };
  return k8s.KubeDeployment.manifest({
    metadata: { name: AUTOSCALER, namespace },
    spec: {
      replicas: settings.replicas.value,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(owner) },
      template: podTemplate(owner, {
        serviceAccount: AUTOSCALER,
        mountToken: true,
        priorityClassName: 'system-cluster-critical',
        dnsPolicy: binding.dnsPolicy,
        ...placement(cluster, settings),
        containers: [{
          name: AUTOSCALER,
          image: cluster.imageRegistry.image(UPSTREAM_IMAGES.clusterAutoscaler, `v${settings.version}`),
          command: ['/cluster-autoscaler'],
          args,
          env: binding.env,
          cpuRequest: `${settings.cpu.value}m`,
          memoryRequest: `${settings.memory.value}Mi`,
          ports: [{ name: 'metrics', containerPort: METRICS_PORT }],
          livenessProbe: probe,
          readinessProbe: probe,
          volumeMounts: binding.volumeMounts,
        }],
        volumes: binding.volumes,
      }),
    },
  });
}

interface Placement {
  readonly nodeSelector?: { [label: string]: string };
  readonly affinity?: k8s.Affinity;
  readonly tolerations: k8s.Toleration[];
}

/** Where it runs: never on a node that it may remove, which would end it in the middle of the removal. */
function placement(cluster: ClusterFacts, settings: AutoscalerSettings): Placement {
  if (settings.runOnPool !== undefined) {
    const pool = cluster.pools.find(candidate => candidate.name === settings.runOnPool)!;
    return {
      nodeSelector: { [POOL_LABEL]: pool.name },
      tolerations: pool.taints.map(({ key, value, effect }) => ({ key, operator: value === undefined ? 'Exists' : 'Equal', value, effect })),
    };
  }
  return {
    // By existence: installers disagree about the label's value.
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: LABELS.controlPlane, operator: 'Exists' }] }] } } },
    tolerations: [
      ...TOLERATE_CONTROL_PLANE,
      ...(inRange(cluster.release.version, MASTER_TAINT) ? [{ key: MASTER_TAINT.key, operator: 'Exists', effect: 'NoSchedule' }] : []),
    ],
  };
}
