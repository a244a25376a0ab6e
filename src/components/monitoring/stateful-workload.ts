import { k8s } from 'cdk8s-plus-24';
import { Manifest, ObjectOwner, selectorLabels } from '../../in-cluster/in-cluster-object';
import { podTemplate, PodTemplateSpec } from '../../in-cluster/pod-template';

/** Name of the volume that a claim template makes. */
export const DATA_VOLUME = 'data';

export interface StatefulWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  /** Headless Service that names the pods. */
  readonly serviceName: string;
  readonly pod: PodTemplateSpec;
  readonly diskGibibytes: number;
  /** @default - the cluster's default class */
  readonly storageClassName?: string;
}

/** A StatefulSet whose pods have a disk each and never share a node: a lost node takes one copy of the data at most. */
export function statefulWorkload(owner: ObjectOwner, workload: StatefulWorkload): Manifest {
  const apart: k8s.Affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: selectorLabels(owner) } }] } };
  return k8s.KubeStatefulSet.manifest({
    metadata: { name: workload.name, namespace: workload.namespace },
    spec: {
      replicas: workload.replicas,
      serviceName: workload.serviceName,
      // All at once: replicas do not wait for each other, and a log replay takes minutes.
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selectorLabels(owner) },
      template: podTemplate(owner, { ...workload.pod, affinity: workload.replicas > 1 ? apart : undefined }),
      volumeClaimTemplates: [{
        metadata: { name: DATA_VOLUME },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: workload.storageClassName,
          resources: { requests: { storage: k8s.Quantity.fromString(`${workload.diskGibibytes}Gi`) } },
        },
      }],
    },
  });
}

export interface PodService {
  readonly name: string;
  readonly namespace: string;
  readonly selector: { [label: string]: string };
  readonly ports: Array<{ readonly name: string; readonly port: number }>;
  /** No address of its own: clients find every pod. */
  readonly headless: boolean;
}

/** A Service whose ports are those of the pods. */
export function podService(service: PodService): Manifest {
  return k8s.KubeService.manifest({
    metadata: { name: service.name, namespace: service.namespace },
    spec: {
      clusterIp: service.headless ? 'None' : undefined,
      selector: service.selector,
      ports: service.ports.map(({ name, port }) => ({ name, port, targetPort: k8s.IntOrString.fromString(name), protocol: 'TCP' })),
    },
  });
}
