import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/** Events per second that one API server lets through, and how many buckets it keeps. */
export interface EventRates {
  /** Of all clients together. */
  readonly server: Derivation;
  /** Of one namespace. */
  readonly namespace: Derivation;
  /** Of one user. */
  readonly user: Derivation;
  /** How many times a second's allowance a quiet client may save up. */
  readonly burstSeconds: Derivation;
  /** Users whose allowance is remembered. */
  readonly users: Derivation;
}

/**
 * Most events that one API server takes. What the cluster plans is let through several times over, also when one server carries all of it; what a
 * crash loop or a faulty operator writes beyond that is lost instead of filling the ring.
 *
 * | pods replaced a second | 1.7 (200 nodes) | 10 (1,200) | 20 (5,000) |
 * | planned events         | 8/s             | 50/s       | 100/s      |
 * | of a server            | 100/s           | 250/s      | 500/s      |
 * | of a namespace         | 50/s            | 100/s      | 200/s      |
 * | of a user              | 50/s            | 50/s       | 100/s      |
 *
 * A client that was silent may send ten seconds' worth at once: a zone that fails gives an event to each of its nodes. Clients drop a refused event,
 * nothing else suffers. The factors are proposals; measured: 200/s are what the events ring of the drills takes beside its load.
 */
export function eventRates(podChurn: Amount, eventsPerPodChange: Amount, machines: Amount): EventRates {
  const source = 'KK:plugin/pkg/admission/eventratelimit; proposal';
  const planned = derived({
    id: 'api-server/planned-events', unit: 'events/s', words: 'events of the pods that are replaced', expression: 'podChurn * eventsPerPodChange', inputs: { podChurn, eventsPerPodChange }, source: 'proposal', confidence: Confidence.ESTIMATE,
  });
  const rate = (id: string, words: string, least: number, times: number): Derivation => derived({
    id: `api-server/events-per-${id}`, unit: 'events/s', words, expression: `max(${least}, ceil(${times} * planned))`, inputs: { planned }, source, confidence: Confidence.ESTIMATE,
  });
  return {
    server: rate('server', 'five times what is planned for the cluster', 100, 5),
    namespace: rate('namespace', 'twice what is planned for the cluster', 50, 2),
    user: rate('user', 'as much as is planned for the cluster', 50, 1),
    burstSeconds: derived({ id: 'api-server/event-burst', unit: 's', words: 'a failed zone tells of all its nodes at once', expression: '10', source, confidence: Confidence.ESTIMATE }),
    users: derived({
      id: 'api-server/event-users',
      unit: 'users',
      words: 'every kubelet and as many others; a user who is forgotten starts with a full allowance',
      expression: 'max(4096, 2 * machines)',
      inputs: { machines },
      source,
      confidence: Confidence.ESTIMATE,
    }),
  };
}
