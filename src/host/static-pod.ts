import { k8s } from 'cdk8s-plus-24';
import { Construct } from 'constructs';
import { HostTarget } from './host-target';
import { markHostTree } from './host-tree';

/** Value of the class system-node-critical. Source: KK:pkg/apis/scheduling/types.go. */
const SYSTEM_NODE_CRITICAL = 2_000_001_000;

/** A path of the machine inside a static pod, at the same place. */
export interface HostMount {
  readonly name: string;
  readonly path: string;
  /** @default true */
  readonly readOnly?: boolean;
  /**
   * hostPath type. `Directory` and `File` fail when the path is missing, which is what a data disk needs: `DirectoryOrCreate` would start
   * empty on the root disk.
   */
  readonly type: string;
}

/** HTTP probe of a component on the host network. */
export interface HostProbe {
  readonly path: string;
  readonly port: number;
  /** @default HTTP */
  readonly scheme?: string;
  /** @default 127.0.0.1 */
  readonly host?: string;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** One component as the kubelet of a machine runs it. */
export interface StaticPodProps {
  readonly target: HostTarget;
  /** Name of pod, container and manifest. */
  readonly name: string;
  /** `kube-apiserver`, `etcd` and so on: which installer owns it. */
  readonly component: string;
  readonly image: string;
  /** Binary inside the image. */
  readonly binary: string;
  /**
   * Words between the binary and its flags, for a program whose command line has another form.
   *
   * @default - none
   */
  readonly arguments?: string[];
  /** Flag names without dashes and their values, in order. */
  readonly flags: Array<{ readonly name: string; readonly value: string }>;
  readonly mounts: HostMount[];
  readonly cpuRequest: string;
  readonly memoryRequest: string;
  /** @default - none: a limit on a control-plane component turns load into an outage */
  readonly memoryLimit?: string;
  readonly env: { [name: string]: string };
  readonly livenessProbe: HostProbe;
  readonly readinessProbe?: HostProbe;
  readonly startupProbe: HostProbe;
  /**
   * Capabilities that stay when all others are dropped.
   *
   * @default - none
   */
  readonly capabilities?: string[];
  /** @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  readonly labels: { [key: string]: string };
}

/** A static pod: kept as a model until an installer prints it, as manifest or as a kubeadm document. */
export class StaticPod extends Construct {
  public readonly target: HostTarget;

  constructor(scope: Construct, id: string, public readonly props: StaticPodProps) {
    super(scope, id);
    this.target = props.target;
    markHostTree(this);
  }

  /** Command line: binary, and `--name=value` each. */
  public get command(): string[] {
    return [this.props.binary, ...(this.props.arguments ?? []), ...this.props.flags.map(flag => `--${flag.name}=${flag.value}`)];
  }

  /** The Pod object as the kubelet reads it from its manifest folder. */
  public manifest(): object {
    const p = this.props;
    return k8s.KubePod.manifest({
      metadata: {
        name: p.name,
        namespace: 'kube-system',
        labels: p.labels,
      },
      spec: {
        hostNetwork: true,
        // No admission fills the number in for a kubelet's own pods; without it a machine that shuts down ends them among the first.
        priority: SYSTEM_NODE_CRITICAL,
        priorityClassName: 'system-node-critical',
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        terminationGracePeriodSeconds: p.terminationGracePeriodSeconds ?? 30,
        containers: [{
          name: p.name,
          image: p.image,
          imagePullPolicy: 'IfNotPresent',
          command: this.command,
          env: Object.entries(p.env).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => ({ name, value })),
          resources: {
            requests: { cpu: k8s.Quantity.fromString(p.cpuRequest), memory: k8s.Quantity.fromString(p.memoryRequest) },
            ...(p.memoryLimit ? { limits: { memory: k8s.Quantity.fromString(p.memoryLimit) } } : {}),
          },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], ...(p.capabilities ? { add: p.capabilities } : {}) } },
          livenessProbe: probe(p.livenessProbe),
          ...(p.readinessProbe ? { readinessProbe: probe(p.readinessProbe) } : {}),
          startupProbe: probe(p.startupProbe),
          volumeMounts: p.mounts.map(mount => ({ name: mount.name, mountPath: mount.path, readOnly: mount.readOnly ?? true })),
        }],
        volumes: p.mounts.map(mount => ({ name: mount.name, hostPath: { path: mount.path, type: mount.type } })),
      },
    });
  }
}

function probe(props: HostProbe): k8s.Probe {
  return {
    httpGet: { host: props.host ?? '127.0.0.1', path: props.path, port: k8s.IntOrString.fromNumber(props.port), scheme: props.scheme ?? 'HTTP' },
    periodSeconds: props.periodSeconds,
    timeoutSeconds: props.timeoutSeconds,
    failureThreshold: props.failureThreshold,
  };
}
