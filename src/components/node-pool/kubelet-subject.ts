import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { MachineShape } from '../../cluster/machine-shape';
import { NodePool, PoolKind } from '../../cluster/node-pool';
import { Derivation } from '../../derivation/derivation';

/** Machines that get one kubelet configuration. */
export interface KubeletSubject {
  /** For messages: `pool 'general'`. */
  readonly title: string;
  /** Part of the ids of its numbers: the pool, or `control-plane`, whose machines are equal. */
  readonly name: string;
  /** Undefined for the control plane. */
  readonly pool?: NodePool;
  readonly kind: PoolKind;
  readonly machine: MachineShape;
  readonly cores: Derivation;
  /** MiB. */
  readonly memory: Derivation;
  readonly maxPods: Derivation;
  readonly release: KubernetesRelease;
}
