import { Size } from 'cdk8s';
import {
  Autoscaling, AutoscalerProvider, Gpu, HpaBehavior, HpaMetric, KubernetesRelease, Logging, LogOutput, MachineShape, Monitoring,
  NetworkStorageClass, NodePool, ObjectStorage, ThousandNodeClusterProps,
} from 'cdk8s-thousand-node';

/** The reference cluster: a shop with 1,200 nodes in four pools; the general pool still grows. */
export const description: ThousandNodeClusterProps = {
  release: KubernetesRelease.V1_37,
  network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
  controlPlane: {
    endpoint: 'api.shop.example.com:6443',
    members: ['a', 'b', 'c', 'a', 'b'].map((zone, i) => ({ name: `control-plane-${i + 1}`, address: `172.16.0.${11 + i}`, zone: `region-1${zone}` })),
  },
  pools: [
    NodePool.of('compute', { nodes: 128, machine: MachineShape.of({ cpu: 64, memory: Size.gibibytes(128) }) }),
    NodePool.of('memory', {
      nodes: 256,
      machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(256), localDisks: { count: 2, size: Size.gibibytes(1788), byIdPattern: 'nvme-SAMSUNG_*' } }),
    }),
    NodePool.of('gpu', { nodes: 32, machine: MachineShape.of({ cpu: 48, memory: Size.gibibytes(192) }), gpu: Gpu.nvidia('T4', 4) }),
    NodePool.of('general', { nodes: 784, nodesToday: 384, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) }),
  ],
  storage: {
    networkClass: NetworkStorageClass.csi({ name: 'network-ssd', provisioner: 'ebs.csi.aws.com', parameters: { type: 'gp3', encrypted: 'true' }, isDefault: true }),
  },
  monitoring: Monitoring.thanos({ objectStorage: ObjectStorage.secret({ name: 'thanos-bucket' }) }),
  logging: Logging.fluentBit({ output: LogOutput.elasticsearch({ host: 'elasticsearch.example.com', userSecret: 'elasticsearch-writer' }) }),
  autoscaling: Autoscaling.clusterAutoscaler({ provider: AutoscalerProvider.aws({ region: 'eu-central-1' }) }),
  hpas: [{
    target: { name: 'frontend', namespace: 'shop', podLabels: { app: 'frontend' } },
    minReplicas: 10,
    maxReplicas: 200,
    metrics: [HpaMetric.cpuUtilization(60)],
    behavior: HpaBehavior.promotion(),
  }],
};
