import { Fleet } from '../cluster/fleet';
import { Confidence, derived, Derivation } from '../derivation/derivation';

/** What paces controllers: every client of the controller manager has the rate and burst for itself. */
export interface ControllerRates {
  /** `controller-manager/kube-api-qps`. */
  readonly qps: Derivation;
  /** `controller-manager/kube-api-burst`. */
  readonly burst: Derivation;
  /** `scheduler/client-qps`. */
  readonly schedulerQps: Derivation;
  /** `controller-manager/endpoint-batch-period` in ms; 0 where changes are not collected. */
  readonly endpointBatch: Derivation;
}

/** Seconds that whole-fleet events take at least. */
export interface ControllerTimes {
  /** From registration of all nodes until the last one takes pods. */
  readonly nodesSchedulable: Derivation;
  /** All pods created and bound on an empty cluster. */
  readonly podsBound: Derivation;
  /** All pods replaced. */
  readonly podsRolled: Derivation;
  readonly derivations: Derivation[];
}

const seconds = (id: string, words: string, expression: string, inputs: { [name: string]: Derivation | number }): Derivation =>
  derived({ id, unit: 's', words, expression, inputs, source: 'MEAS', confidence: Confidence.MEASURED });

/**
 * Time that client rates alone need; disks and processors come on top.
 *
 * | rate and burst                  | 20, 30      | 100, 200    | measured at 20, at 100   |
 * | 1,200 nodes schedulable         | 239 s       | 46 s        | more than 240 s, 53 s    |
 * | 36,000 pods created             | 2,214 s     | 443 s       | 16/s, 80/s at first      |
 * | 36,000 pods replaced (batching) | 4,050 s     | 810 s       | 8.5/s without batching   |
 *
 * Source: MEAS. A node takes four requests (taints and labels, one after another); a pod that is created 1.23 of its replica set's client;
 * one that is replaced 2.25, and its Services' slices 1.01 changes with batching and 2.34 without. Each controller paces itself, so the
 * slowest of them decides.
 */
export function controllerTimes({ nodes, pods, servicesPerPod }: Fleet, rates: ControllerRates): ControllerTimes {
  const { qps, burst, schedulerQps, endpointBatch } = rates;
  const nodesSchedulable = seconds('controller-manager/nodes-schedulable', 'four requests for each node beyond the burst', 'max(1, (4 * nodes - burst) / qps)', { nodes, qps, burst });
  const created = seconds('controller-manager/pods-created', '1.23 requests for each pod', 'ceil(1.23 * pods / qps)', { pods, qps });
  const bound = seconds('scheduler/pods-bound', 'a binding for each pod', 'ceil(pods / schedulerQps)', { pods, schedulerQps });
  const podsBound = seconds('controller-manager/pods-started', 'creation and binding go on side by side: the slower one', 'max(created, bound)', { created, bound });
  const replaced = seconds('controller-manager/pods-replaced', 'creation, deletion and a quarter of a status for each pod', 'ceil(2.25 * pods / qps)', { pods, qps });
  const slices = seconds('controller-manager/slices-replaced', 'changes of slices for each replaced pod, with and without batching', 'ceil(servicesPerPod * pods * (endpointBatch > 0 ? 1.01 : 2.34) / qps)', { pods, servicesPerPod, endpointBatch, qps });
  const podsRolled = seconds('controller-manager/pods-rolled', 'the slowest of replica sets, slices and scheduler', 'max(replaced, slices, bound)', { replaced, slices, bound });
  return { nodesSchedulable, podsBound, podsRolled, derivations: [nodesSchedulable, created, bound, podsBound, replaced, slices, podsRolled] };
}
