import { Construct } from 'constructs';
import { HostTarget } from './host-target';
import { markHostTree } from './host-tree';
import { KubernetesRelease } from '../cluster/kubernetes-release';
import { NodeTaint } from '../cluster/node-pool';

/** The kubelet of a machine or pool: kept as a model, since installers carry it in different wrappings. */
export interface KubeletHostProps {
  readonly target: HostTarget;
  readonly release: KubernetesRelease;
  /** KubeletConfiguration document without apiVersion and kind. */
  readonly configuration: { readonly [field: string]: unknown };
  readonly nodeLabels: { readonly [key: string]: string };
  readonly taints: NodeTaint[];
  /** Address the kubelet registers. @default - detected by the kubelet */
  readonly nodeIp?: string;
  /** Its address of the other family in a dual-stack cluster. @default - none */
  readonly secondaryNodeIp?: string;
  /** Whether a change of the configuration needs a drain (CPU manager, cgroup driver, fewer pods) instead of a restart. */
  readonly changeNeedsDrain: boolean;
  /** Whether the configuration is a fragment beside those of the machine image. @default false */
  readonly dropIn?: boolean;
  /** What the machines have today, where it is known: the rollout plan tells what each difference asks for. */
  readonly previous?: { readonly [field: string]: unknown };
}

/** A kubelet to be configured. */
export class KubeletHost extends Construct {
  public readonly target: HostTarget;

  constructor(scope: Construct, id: string, public readonly props: KubeletHostProps) {
    super(scope, id);
    this.target = props.target;
    markHostTree(this);
  }

  /** The whole KubeletConfiguration. It has no metadata: the kubelet's strict decoding refuses one. */
  public document(): object {
    return { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', ...this.props.configuration };
  }
}
