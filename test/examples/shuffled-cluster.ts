import { Duration, Size } from 'cdk8s';
import {
  Autoscaling, AutoscalerProvider, Gpu, HpaBehavior, HpaMetric, KubernetesRelease, Logging, LogOutput, MachineShape, Monitoring, NetworkStorageClass,
  NodePool, ObjectStorage, TaintEffect, ThousandNodeClusterProps,
} from '../../src';

/** Puts the members of an object in another order. */
export type Order = <T extends object>(object: T) => T;

export const AS_WRITTEN: Order = object => object;

export const REVERSED: Order = object => Object.fromEntries(Object.entries(object).reverse()) as typeof object;

/** Some order that depends on the number alone. */
export function order(seed: number): Order {
  let state = seed;
  const next = () => { state = (state * 1103515245 + 12345) % 2147483648; return state; };
  return (object) => {
    const numbered = Object.entries(object).map((entry): [number, typeof entry] => [next(), entry]);
    return Object.fromEntries(numbered.sort(([a], [b]) => a - b).map(([, entry]) => entry)) as typeof object;
  };
}

/** A cluster that uses every kind of map and struct, with the members of each in an order of choice. */
export function description(o: Order): ThousandNodeClusterProps {
  const labels = o({ 'example.com/team': 'shop', 'example.com/rack': 'a', 'example.com/cost-centre': '42' });
  const machine = MachineShape.of(o({ cpu: 32, memory: Size.gibibytes(256), localDisks: o({ count: 2, size: Size.gibibytes(1788), byIdPattern: 'nvme-SAMSUNG_*' }), numaNodes: 2 }));
  return o({
    clusterName: 'shop',
    release: KubernetesRelease.V1_37,
    network: o({ podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20', clusterDomain: 'shop.local' }),
    controlPlane: o({ endpoint: 'api.shop.example.com:6443', members: [1, 2, 3, 4, 5].map(i => o({ name: `cp-${i}`, address: `172.16.0.${10 + i}`, zone: `zone-${i % 3}` })) }),
    pools: [
      NodePool.of('memory', o({ nodes: 256, machine, labels, taints: [o({ key: 'example.com/large', value: 'yes', effect: TaintEffect.NO_SCHEDULE })], zones: ['zone-0', 'zone-1'] })),
      NodePool.of('gpu', o({ nodes: 32, machine: MachineShape.of(o({ cpu: 48, memory: Size.gibibytes(192) })), gpu: Gpu.nvidia('T4', 4), labels })),
      NodePool.of('general', o({ nodes: 784, nodesToday: 384, machine: MachineShape.of(o({ cpu: 16, memory: Size.gibibytes(64) })), labels })),
    ],
    etcd: o({ roundTripTime: Duration.millis(2), extraFlags: o({ 'log-level': 'warn', 'max-txn-ops': '256', 'auto-compaction-retention': '1h' }) }),
    apiServer: o({
      eventTtl: Duration.minutes(20),
      certSans: ['api.internal.example.com', '192.0.2.1'],
      extraFlags: o({ 'audit-log-maxage': '7', 'enable-aggregator-routing': 'true', 'default-not-ready-toleration-seconds': '60' }),
      controllerManagerExtraFlags: o({ 'concurrent-gc-syncs': '30', 'concurrent-deployment-syncs': '10' }),
    }),
    kubelets: o({
      general: o({
        configOverrides: o({ podsPerCore: 10, imageGCHighThresholdPercent: 80, featureGates: o({ GracefulNodeShutdown: true, MemoryQoS: false }) }),
        extraSysctls: o({ 'net.core.somaxconn': '65535', 'kernel.pid_max': '4194304', 'vm.max_map_count': '1048576' }),
      }),
      gpu: o({ podPidsLimit: 8192 }),
    }),
    dns: o({ upstreamServers: ['192.0.2.53', '192.0.2.54'] }),
    storage: o({
      networkClass: NetworkStorageClass.csi(o({ name: 'ssd', provisioner: 'ebs.csi.aws.com', parameters: o({ type: 'gp3', iops: '4000', encrypted: 'true' }), isDefault: true })),
    }),
    monitoring: Monitoring.thanos(o({ objectStorage: ObjectStorage.secret(o({ name: 'bucket' })), scrapeAnnotatedPods: true, podLabels: ['app.kubernetes.io/name', 'team'] })),
    logging: Logging.fluentBit(o({ output: LogOutput.elasticsearch(o({ host: 'es.example.com', userSecret: 'writer', caSecret: 'ca' })) })),
    autoscaling: Autoscaling.clusterAutoscaler(o({ provider: AutoscalerProvider.aws(o({ region: 'eu-central-1' })), extraFlags: o({ 'v': '2', 'max-graceful-termination-sec': '900' }) })),
    hpas: [o({
      target: o({ name: 'frontend', namespace: 'shop', podLabels: o({ app: 'frontend', tier: 'web', track: 'stable' }) }),
      minReplicas: 10,
      maxReplicas: 200,
      metrics: [HpaMetric.cpuUtilization(60)],
      behavior: HpaBehavior.promotion(),
    })],
  });
}
