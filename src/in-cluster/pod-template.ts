import { k8s } from 'cdk8s-plus-24';
import { objectLabels, ObjectOwner, selectorLabels } from './in-cluster-object';
import { LABELS } from '../cluster/labels';

/** One container. Resources are required: without requests a pod is the first to go when a node is full. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** @default - the image's entry point */
  readonly command?: string[];
  readonly args: string[];
  readonly cpuRequest: string;
  readonly memoryRequest: string;
  /** @default - the request */
  readonly memoryLimit?: string;
  /** @default - none */
  readonly env?: k8s.EnvVar[];
  /** @default - none */
  readonly ports?: k8s.ContainerPort[];
  /** @default - none */
  readonly volumeMounts?: k8s.VolumeMount[];
  /** @default - none */
  readonly livenessProbe?: k8s.Probe;
  /** @default - none */
  readonly readinessProbe?: k8s.Probe;
  /** @default - none */
  readonly startupProbe?: k8s.Probe;
  /** @default - no privileges, no capabilities, read-only root */
  readonly securityContext?: k8s.SecurityContext;
}

export interface PodTemplateSpec {
  readonly serviceAccount: string;
  /** Whether the pod talks to the API server. */
  readonly mountToken: boolean;
  readonly containers: ContainerSpec[];
  /** @default - none */
  readonly initContainers?: ContainerSpec[];
  /** @default - none */
  readonly volumes?: k8s.Volume[];
  /** @default false */
  readonly hostNetwork?: boolean;
  /** @default - Default, with host network ClusterFirstWithHostNet */
  readonly dnsPolicy?: string;
  readonly priorityClassName: string;
  /** @default - linux nodes */
  readonly nodeSelector?: { readonly [label: string]: string };
  /** @default - none */
  readonly tolerations?: k8s.Toleration[];
  /** @default - spread over nodes and zones where there are several replicas */
  readonly spread?: boolean;
  /** @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  /** User id of the containers. @default 65534 (nobody) */
  readonly runAsUser?: number;
  /** Group that owns mounted volumes. @default - none */
  readonly fsGroup?: number;
  /** @default - none */
  readonly annotations?: { [key: string]: string };
  /** @default - none */
  readonly affinity?: k8s.Affinity;
  /** @default - none */
  readonly hostPID?: boolean;
}

/** Everything runs everywhere: agents that every node needs, tainted and control-plane nodes included. */
export const TOLERATE_EVERYTHING: k8s.Toleration[] = [{ operator: 'Exists' }];

/** Cluster add-ons may also run on control-plane machines, where there are no workers yet. */
export const TOLERATE_CONTROL_PLANE: k8s.Toleration[] = [{ key: LABELS.controlPlane, operator: 'Exists', effect: 'NoSchedule' }];

/** A pod template with safe defaults; every exception is visible at the call. */
export function podTemplate(owner: ObjectOwner, spec: PodTemplateSpec): k8s.PodTemplateSpec {
  const user = spec.runAsUser ?? 65534;
  return {
    metadata: { labels: { ...objectLabels(owner), ...selectorLabels(owner) }, annotations: spec.annotations },
    spec: {
      serviceAccountName: spec.serviceAccount,
      automountServiceAccountToken: spec.mountToken,
      enableServiceLinks: false,
      priorityClassName: spec.priorityClassName,
      hostNetwork: spec.hostNetwork,
      hostPid: spec.hostPID,
      dnsPolicy: spec.dnsPolicy ?? (spec.hostNetwork ? 'ClusterFirstWithHostNet' : undefined),
      terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
      nodeSelector: { [LABELS.os]: 'linux', ...spec.nodeSelector },
      tolerations: spec.tolerations,
      affinity: spec.affinity,
      topologySpreadConstraints: spec.spread === false ? undefined : [LABELS.hostname, LABELS.zone].map(topologyKey => ({
        maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: selectorLabels(owner) },
      })),
      securityContext: {
        runAsNonRoot: user !== 0,
        runAsUser: user,
        runAsGroup: user,
        fsGroup: spec.fsGroup,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      initContainers: spec.initContainers?.map(container),
      containers: spec.containers.map(container),
      volumes: spec.volumes,
    },
  };
}

function container(spec: ContainerSpec): k8s.Container {
  const quantity = (text: string) => k8s.Quantity.fromString(text);
  return {
    name: spec.name,
    image: spec.image,
    imagePullPolicy: 'IfNotPresent',
    command: spec.command,
    args: spec.args,
    env: spec.env,
    ports: spec.ports,
    // No CPU limit: throttling turns a busy minute into missed heartbeats. Memory is a request and a limit of the same size.
    resources: {
      requests: { cpu: quantity(spec.cpuRequest), memory: quantity(spec.memoryRequest) },
      limits: { memory: quantity(spec.memoryLimit ?? spec.memoryRequest) },
    },
    volumeMounts: spec.volumeMounts,
    livenessProbe: spec.livenessProbe,
    readinessProbe: spec.readinessProbe,
    startupProbe: spec.startupProbe,
    securityContext: spec.securityContext ?? { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}
