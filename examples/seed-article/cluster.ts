import { Duration, Size } from 'cdk8s';
import {
  Autoscaling, AutoscalerProvider, Gpu, HpaBehavior, HpaMetric, HpaPolicy, HpaSelectPolicy, KubernetesRelease, Logging, LogOutput, MachineShape,
  Monitoring, NodePool, ObjectStorage, ThousandNodeClusterProps,
} from 'cdk8s-thousand-node';

/**
 * The cluster of the article on Kubernetes 1.22: 500 nodes that grow to 1,200. Its values stand here wherever they can work, also where the
 * library would choose others; `refusals.ts` tries the rest. What the article does not say (machine shapes, ranges beside the Service range,
 * who stores metrics) is chosen to fit and marked `ours`.
 */
export const description: ThousandNodeClusterProps = {
  clusterName: 'k8s-prod',
  release: KubernetesRelease.V1_22,
  network: {
    serviceCidr: '10.96.0.0/16',
    nodeCidr: '10.0.0.0/20', // ours, around the article's 10.0.0.1
    podCidr: '10.128.0.0/11', // ours: 250 pods per node claim four blocks each
  },
  controlPlane: {
    endpoint: 'api.k8s-prod.example.com:6443', // ours
    // Five members as announced; the article prints three of them.
    members: [1, 2, 3, 4, 5].map(i => ({ name: `etcd${i}`, address: `10.0.0.${i}` })),
  },
  pools: [
    NodePool.of('compute', { nodes: 128, nodesToday: 64, maxPods: 250, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128) }) }),
    NodePool.of('memory', {
      nodes: 256,
      nodesToday: 96,
      maxPods: 250,
      machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(256), localDisks: { count: 1, size: Size.tebibytes(1), byIdPattern: 'nvme-SAMSUNG_*' } }),
    }),
    NodePool.of('gpu', { nodes: 32, nodesToday: 16, maxPods: 250, machine: MachineShape.of({ cpu: 48, memory: Size.gibibytes(192) }), gpu: Gpu.nvidia('T4', 4) }),
    NodePool.of('general', { nodes: 784, nodesToday: 324, maxPods: 250, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(128) }) }),
  ],
  etcd: { heartbeatInterval: Duration.millis(500), electionTimeout: Duration.millis(2500) },
  apiServer: { extraFlags: { 'enable-aggregator-routing': 'true' } },
  kubelets: Object.fromEntries(['compute', 'memory', 'gpu', 'general'].map(pool => [pool, {
    evictionMemory: Size.mebibytes(500),
    configOverrides: { kubeAPIQPS: 50, kubeAPIBurst: 100, eventRecordQPS: 10, eventBurst: 20 },
  }])),
  storage: { pools: ['memory'], storageClassName: 'local-ssd' },
  monitoring: Monitoring.thanos({
    prometheusVersion: '2.30.0',
    scrapeInterval: Duration.minutes(1),
    objectStorage: ObjectStorage.secret({ name: 'thanos-bucket' }), // ours
  }),
  logging: Logging.fluentBit({ output: LogOutput.elasticsearch({ host: 'elasticsearch', port: 9200, tls: false }) }),
  autoscaling: Autoscaling.clusterAutoscaler({ provider: AutoscalerProvider.aws({ region: 'us-east-1' }) }),
  hpas: [{
    target: { name: 'frontend', namespace: 'default' },
    minReplicas: 10,
    maxReplicas: 200,
    metrics: [HpaMetric.cpuUtilization(60), HpaMetric.podsMetric('http_requests_per_second', 500)],
    behavior: HpaBehavior.custom({
      scaleUp: {
        stabilizationWindow: Duration.seconds(0),
        policies: [HpaPolicy.percent(20, Duration.seconds(60)), HpaPolicy.pods(10, Duration.seconds(60))],
        selectPolicy: HpaSelectPolicy.MAX,
      },
      scaleDown: {
        stabilizationWindow: Duration.seconds(300),
        policies: [HpaPolicy.percent(10, Duration.seconds(60)), HpaPolicy.pods(5, Duration.seconds(60))],
        selectPolicy: HpaSelectPolicy.MIN,
      },
    }),
  }],
};
