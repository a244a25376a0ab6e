import { InvalidInput } from '../input/problems';
import { quoted } from '../input/text-safety';

/** Registries of the images that this library names; k8s.gcr.io is frozen since 2023-04-03 and never used. */
export const UPSTREAM_IMAGES = {
  etcd: 'registry.k8s.io/etcd',
  kubeApiserver: 'registry.k8s.io/kube-apiserver',
  kubeControllerManager: 'registry.k8s.io/kube-controller-manager',
  kubeScheduler: 'registry.k8s.io/kube-scheduler',
  kubeProxy: 'registry.k8s.io/kube-proxy',
  pause: 'registry.k8s.io/pause',
  coreDns: 'registry.k8s.io/coredns/coredns',
  nodeCache: 'registry.k8s.io/dns/k8s-dns-node-cache',
  clusterProportionalAutoscaler: 'registry.k8s.io/cpa/cluster-proportional-autoscaler',
  tigeraOperator: 'quay.io/tigera/operator',
  clusterAutoscaler: 'registry.k8s.io/autoscaling/cluster-autoscaler',
  metricsServer: 'registry.k8s.io/metrics-server/metrics-server',
  kubeStateMetrics: 'registry.k8s.io/kube-state-metrics/kube-state-metrics',
  localVolumeProvisioner: 'registry.k8s.io/sig-storage/local-volume-provisioner',
  localVolumeNodeCleanup: 'registry.k8s.io/sig-storage/local-volume-node-cleanup',
  prometheus: 'quay.io/prometheus/prometheus',
  nodeExporter: 'quay.io/prometheus/node-exporter',
  thanos: 'quay.io/thanos/thanos',
  nvidiaDevicePlugin: 'nvcr.io/nvidia/k8s-device-plugin',
  dcgmExporter: 'nvcr.io/nvidia/k8s/dcgm-exporter',
  fluentBit: 'cr.fluentbit.io/fluent/fluent-bit',
  haproxy: 'docker.io/library/haproxy',
} as const;

/**
 * Where images come from. 1,200 nodes that pull from a public registry through one NAT address are throttled; a mirror is
 * the usual answer.
 */
export class ImageRegistry {
  /** The registries that upstream publishes to. */
  public static upstream(): ImageRegistry {
    return new ImageRegistry(undefined);
  }

  /** A mirror that keeps upstream's paths: `mirror.example.com/k8s` gives `mirror.example.com/k8s/etcd:3.7.0-0`. */
  public static mirror(host: string): ImageRegistry {
    if (!/^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9._-]+)*$/.test(host)) {
      throw new InvalidInput('imageRegistry', [`mirror must be host[:port][/path] in lower case, got ${quoted(host)}`]);
    }
    if (host.split('/')[0] === 'k8s.gcr.io') {
      throw new InvalidInput('imageRegistry', ['k8s.gcr.io is frozen since 2023-04-03 and has no newer image; leave the mirror out or name your own']);
    }
    return new ImageRegistry(host);
  }

  private constructor(private readonly host: string | undefined) {}

  /** The full image name of an upstream repository at a tag. */
  public image(repository: string, tag: string): string {
    const path = this.host === undefined ? repository : `${this.host}/${repository.split('/').slice(1).join('/')}`;
    return `${path}:${tag}`;
  }
}
