import { Confidence, derived, Derivation } from '../derivation/derivation';

/** How controller manager and scheduler hold their leases; all in seconds. */
export interface LeaderElection {
  /** After which another machine takes over from one that is gone. */
  readonly leaseDuration: Derivation;
  /** After which a leader that cannot renew ends itself. */
  readonly renewDeadline: Derivation;
  readonly retryPeriod: Derivation;
}

/**
 * A leader that cannot write for the renew deadline ends itself and starts with empty caches. With the 10 s of upstream that happens at every restore
 * of etcd and every longer election: reading all objects again is then what the API server does first. The price are 80 s without controllers when
 * the leader's machine dies.
 *
 * Source: KK:staging/src/k8s.io/component-base/config (15, 10 and 2 s); etcd's restore of 30 s is the goal of our drill.
 */
export function leaderElection(): LeaderElection {
  const renewDeadline = derived({
    id: 'control-plane/leader-elect-renew-deadline',
    unit: 's',
    words: 'twice the longest outage that no controller should notice: a restore of etcd',
    expression: 'restore * 2',
    inputs: { restore: 30 },
    source: 'KK:staging/src/k8s.io/component-base/config',
    confidence: Confidence.ESTIMATE,
  });
  return {
    renewDeadline,
    leaseDuration: derived({
      id: 'control-plane/leader-elect-lease-duration',
      unit: 's',
      words: 'a third longer than the deadline, so that two never lead; nobody waits longer than that for a machine that is gone',
      expression: 'renewDeadline * 4 / 3',
      inputs: { renewDeadline },
      source: 'KK:staging/src/k8s.io/component-base/config',
      confidence: Confidence.ESTIMATE,
    }),
    retryPeriod: derived({
      id: 'control-plane/leader-elect-retry-period',
      unit: 's',
      words: 'ten attempts before the deadline',
      expression: 'renewDeadline / 10',
      inputs: { renewDeadline },
      source: 'KK:staging/src/k8s.io/component-base/config',
      confidence: Confidence.ESTIMATE,
    }),
  };
}
