import { k8s } from 'cdk8s-plus-24';
import { THANOS, THANOS_PORTS } from './monitoring-names';
import { NAMESPACES } from '../../cluster/namespaces';
import { Manifest } from '../../in-cluster/in-cluster-object';

const namespace = NAMESPACES.monitoring;

/** Only the monitoring itself reaches its pods: the reload endpoint of Prometheus can also stop it. */
export function insideOnly(): Manifest {
  return k8s.KubeNetworkPolicy.manifest({
    metadata: { name: 'monitoring-inside-only', namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
  });
}

/** Queries are open to the whole cluster: dashboards and autoscalers ask there. */
export function queriesFromEverywhere(queryPods: { [label: string]: string }): Manifest {
  return k8s.KubeNetworkPolicy.manifest({
    metadata: { name: `${THANOS.query}-from-cluster`, namespace },
    spec: {
      podSelector: { matchLabels: queryPods },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: k8s.IntOrString.fromNumber(THANOS_PORTS.http), protocol: 'TCP' }] }],
    },
  });
}
