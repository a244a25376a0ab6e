import { balancerCheck, shutdownDelay } from './api-server-balancer-capacity';
import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** A constant that is our choice. */
const estimate = (id: string, value: number, unit: string, words: string, source: string): Derivation =>
  derived({ id, unit, words, expression: String(value), source, confidence: Confidence.ESTIMATE });

/** Numbers of kube-apiserver that do not follow the size of the cluster. */
export interface ApiServerTiming {
  /** Seconds between compactions of etcd. */
  readonly compactionInterval: Derivation;
  readonly deleteCollectionWorkers: Derivation;
  /** Seconds a stopping server still answers, so that the balancer notices. */
  readonly shutdownDelay: Derivation;
  /** Seconds over which a stopping server closes its watches. */
  readonly watchGrace: Derivation;
  /** Seconds a starting server may fail its probe. */
  readonly livezGrace: Derivation;
  /** Seconds until the kubelet kills a server that stops. */
  readonly terminationGrace: Derivation;
}

/**
 * Start, stop and upkeep of an API server. A server that stops answers for the delay, closes its watches and ends the longest request; the
 * kubelet must wait for all three, or it kills a server that is still draining.
 *
 * | delay | watches | longest request | margin | termination grace |
 * | 15 s  | 30 s    | 60 s            | 30 s   | 135 s             |
 *
 * Source: AS@36 (default interval); KOPSSC (workers of the 5,000-node test); GARD (15 s, 1 m); watches and margin are proposals.
 *
 * @param delay seconds that a stopping server still answers; by default those that a balancer somebody else runs needs
 */
export function apiServerTiming(delay: Derivation = shutdownDelay(balancerCheck(false))): ApiServerTiming {
  const watchGrace = estimate('api-server/shutdown-watch-grace', 30, 's', 'all watches closed within 30 s', 'AS@27');
  return {
    compactionInterval: derived({ id: 'api-server/etcd-compaction-interval', unit: 's', words: 'default, written out', expression: '300', source: 'AS@36' }),
    deleteCollectionWorkers: derived({ id: 'api-server/delete-collection-workers', unit: 'workers', words: 'upstream\'s scale tests', expression: '16', source: 'KOPSSC; TI' }),
    shutdownDelay: delay,
    watchGrace,
    livezGrace: derived({ id: 'api-server/livez-grace-period', unit: 's', words: '1 minute', expression: '60', source: 'GARD:pkg/component/kubernetes/apiserver' }),
    terminationGrace: derived({
      id: 'api-server/termination-grace',
      unit: 's',
      words: 'everything that a stopping server still does, one after the other',
      expression: 'shutdownDelay + watchGrace + longestRequest + margin',
      inputs: { shutdownDelay: delay, watchGrace, longestRequest: 60, margin: 30 },
      source: 'AS@36',
      confidence: Confidence.ESTIMATE,
    }),
  };
}

/** Time events are kept: half of upstream's hour, so half as many to store. Source: KK:pkg/controlplane/apiserver/options/options.go (1 h); proposal. */
export function eventTtlSeconds(): Derivation {
  return derived({
    id: 'api-server/event-ttl',
    unit: 's',
    words: 'half of the default',
    expression: 'upstream / 2',
    inputs: { upstream: 3600 },
    source: 'KK:pkg/controlplane/apiserver/options/options.go',
    confidence: Confidence.ESTIMATE,
  });
}

/** Chance that a request is asked to reconnect; none with a single server, where clients would only come back. Source: AS@36 (0 by default, at most 0.02). */
export function goawayChance(servers: Amount): Derivation {
  return derived({
    id: 'api-server/goaway-chance',
    unit: 'per request',
    words: 'one of 1,000 requests, none with a single server',
    expression: 'servers > 1 ? 0.001 : 0',
    inputs: { servers },
    source: 'AS@36',
    confidence: Confidence.ESTIMATE,
  });
}

/** Milliseconds for which changes of endpoints are collected. One update for a burst of pod changes: measured 1.01 instead of 2.3 per recreated pod. */
export function endpointBatchPeriod(): Derivation {
  return derived({ id: 'controller-manager/endpoint-batch-period', unit: 'ms', words: 'upstream\'s scale tests', expression: '500', source: 'TI; KOPSSC; MEAS' });
}

/**
 * Workers of the controllers: Gardener's production defaults. For HPAs as many as sync all of them within their period of 15 s, as long as one takes less than
 * 300 ms; never fewer than upstream's five.
 *
 * | hpas    | 0 | 250 | 500 | 2,000 |
 * | workers | 5 | 5   | 10  | 40    |
 *
 * | controller | deployment, replicaset | statefulset | endpoints, quota, token | gc, namespace | hpa |
 * | workers    | 50                     | 15          | 15                      | 30            | -   |
 * | default    | 5                      | 5           | 5                       | 20, 10        | 5   |
 *
 * Source: GARD:pkg/component/kubernetes/controllermanager; KK:pkg/controller/podautoscaler/config/v1alpha1/defaults.go (5 workers, 15 s).
 */
export function controllerWorkers(hpas: Amount): ControllerWorkers {
  const row = (flag: ControllerFlag, value: number) => derived({
    id: `controller-manager/${flag}`, unit: 'workers', words: 'Gardener\'s default', expression: String(value), source: 'GARD:pkg/component/kubernetes/controllermanager',
  });
  const syncs = Object.fromEntries(Object.entries(GARDENER_WORKERS)
    .map(([flag, value]) => [flag, row(flag as ControllerFlag, value)])) as { [flag in ControllerFlag]: Derivation };
  return {
    ...syncs,
    'concurrent-horizontal-pod-autoscaler-syncs': derived({
      id: 'controller-manager/concurrent-horizontal-pod-autoscaler-syncs',
      unit: 'workers',
      words: 'workers that sync these HPAs within their period, at least upstream\'s five',
      expression: 'max(5, ceil(hpas * syncMilliseconds / 1000 / periodSeconds))',
      inputs: { hpas, syncMilliseconds: 300, periodSeconds: 15 },
      source: 'KK:pkg/controller/podautoscaler/config/v1alpha1/defaults.go',
      confidence: Confidence.ESTIMATE,
    }),
  };
}

/** Workers by the flag that sets them. */
export type ControllerWorkers = { readonly [flag in ControllerFlag | 'concurrent-horizontal-pod-autoscaler-syncs']: Derivation };

type ControllerFlag = keyof typeof GARDENER_WORKERS;

const GARDENER_WORKERS = {
  'concurrent-deployment-syncs': 50,
  'concurrent-replicaset-syncs': 50,
  'concurrent-statefulset-syncs': 15,
  'concurrent-endpoint-syncs': 15,
  'concurrent-service-endpoint-syncs': 15,
  'concurrent-gc-syncs': 30,
  'concurrent-namespace-syncs': 30,
  'concurrent-resource-quota-syncs': 15,
  'concurrent-serviceaccount-token-syncs': 15,
};

/** CPU in cores and memory in GiB that a component of the control plane asks for. */
export interface ComponentRequests {
  readonly cpu: Derivation;
  readonly memory: Derivation;
}

/**
 * Requests of kube-controller-manager: a core, and memory for its caches of all pods, replica sets and nodes. Measured: 1.0 GiB at 36,000 pods; half more
 * for the objects that a churn leaves behind. Only the leader works, but every machine may become it.
 *
 * | pods   | 6,000 | 36,000 | 150,000 |
 * | memory | 2 GiB | 2 GiB  | 7 GiB   |
 */
export function controllerManagerRequests(pods: Amount): ComponentRequests {
  return {
    cpu: estimate('controller-manager/cpu', 1, 'cores', '1 core', 'proposal'),
    memory: derived({
      id: 'controller-manager/memory',
      unit: 'GiB',
      words: 'half more than its caches of all pods took when measured, at least 2 GiB',
      expression: 'max(2, ceil(3 * pods * bytesPerPod / 2 / gibibyte))',
      inputs: { pods, bytesPerPod: 30_000, gibibyte: 1024 ** 3 },
      source: 'MEAS',
      confidence: Confidence.ESTIMATE,
    }),
  };
}

/**
 * Requests of kube-scheduler: a core, and memory for its cache of pods and nodes. Measured: 0.7 GiB at 36,000 pods.
 *
 * | pods   | 6,000 | 36,000 | 150,000 |
 * | memory | 1 GiB | 2 GiB  | 5 GiB   |
 */
export function schedulerRequests(pods: Amount): ComponentRequests {
  return {
    cpu: estimate('scheduler/cpu', 1, 'cores', '1 core', 'proposal'),
    memory: derived({
      id: 'scheduler/memory',
      unit: 'GiB',
      words: 'half more than its cache of all pods took when measured, at least 1 GiB',
      expression: 'max(1, ceil(3 * pods * bytesPerPod / 2 / gibibyte))',
      inputs: { pods, bytesPerPod: 20_000, gibibyte: 1024 ** 3 },
      source: 'MEAS',
      confidence: Confidence.ESTIMATE,
    }),
  };
}
