import { Amount, Confidence, derived, Derivation } from '../derivation/derivation';

/**
 * Memory from which on the Go runtime of an API server collects harder (`GOMEMLIMIT`): half more than the server asks for. The request is at most half of
 * the machine, so this is at most three quarters of it; etcd, controller manager, scheduler and the page cache keep the rest.
 *
 * | nodes, machine  | 200, 32 GiB | 1,200, 128 GiB | 5,000, 256 GiB |
 * | request         | 11,444 MiB  | 65,536 MiB     | 131,072 MiB    |
 * | GOMEMLIMIT      | 17,166 MiB  | 98,304 MiB     | 196,608 MiB    |
 *
 * `GOGC` stays at Go's 100: a heap that doubles between collections is what the request has room for, and near the limit the runtime collects sooner by
 * itself. A container's memory limit would kill the server in the storm that it has to survive.
 */
export function apiServerGoMemoryLimit(requestMebibytes: Amount): Derivation {
  return derived({
    id: 'api-server/gomemlimit',
    unit: 'MiB',
    words: 'half more than the request, which is at most half of the machine',
    expression: 'floor(3 * requestMebibytes / 2)',
    inputs: { requestMebibytes },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}

/**
 * The same for controller manager and scheduler: half more than they ask for. Their caches grow with the pods and are never let go, so the limit only
 * keeps a heap from doubling between two collections when a fleet comes back.
 *
 * | component, pods     | controller manager, 36,000 | controller manager, 150,000 | scheduler, 150,000 |
 * | request             | 2 GiB                      | 7 GiB                       | 5 GiB              |
 * | GOMEMLIMIT          | 3,072 MiB                  | 10,752 MiB                  | 7,680 MiB          |
 */
export function componentGoMemoryLimit(component: 'controller-manager' | 'scheduler', requestGibibytes: Amount): Derivation {
  return derived({
    id: `${component}/gomemlimit`,
    unit: 'MiB',
    words: 'half more than the request',
    expression: 'floor(3 * 1024 * requestGibibytes / 2)',
    inputs: { requestGibibytes },
    source: 'proposal',
    confidence: Confidence.ESTIMATE,
  });
}
