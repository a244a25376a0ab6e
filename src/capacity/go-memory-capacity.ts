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
