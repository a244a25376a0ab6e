import { gateState } from './feature-gates';
import { inRange, VersionRange } from './version-range';

/** When an option of a kubelet's manager exists, and from when on it needs no gate that is off. */
export interface ManagerOptionRow extends VersionRange {
  /** First release whose gates for the option are on by default. Absent: none yet. */
  readonly usable?: string;
  /** Gates that make it work before. */
  readonly gates: readonly string[];
}

/** Options by name. */
export interface ManagerOptionTable {
  readonly [option: string]: ManagerOptionRow;
}

const CPU_ALPHA = ['CPUManagerPolicyAlphaOptions'];

/**
 * Options of the static CPU manager. An option the release does not know, or whose level is off, stops the kubelet.
 *
 * Source: pkg/kubelet/cm/cpumanager/policy_options.go of 1.22.17 to 1.37.2, sets `alphaOptions`, `betaOptions`, `stableOptions`.
 */
export const CPU_MANAGER_OPTIONS = {
  // 1.22 has it behind CPUManagerPolicyOptions, which is off there.
  'full-pcpus-only': { added: '1.22', usable: '1.23', gates: ['CPUManagerPolicyOptions'] },
  'distribute-cpus-across-numa': { added: '1.23', usable: '1.33', gates: CPU_ALPHA },
  'align-by-socket': { added: '1.25', gates: CPU_ALPHA },
  'distribute-cpus-across-cores': { added: '1.31', gates: CPU_ALPHA },
  'strict-cpu-reservation': { added: '1.32', usable: '1.33', gates: CPU_ALPHA },
  'prefer-align-cpus-by-uncorecache': { added: '1.32', usable: '1.34', gates: CPU_ALPHA },
} as const satisfies ManagerOptionTable;

/** Pairs of options of the CPU manager that the kubelet refuses together. Source: the same file, NewStaticPolicyOptions of 1.37.2. */
export const CPU_MANAGER_CONFLICTS: ReadonlyArray<readonly [string, string]> = [
  ['full-pcpus-only', 'distribute-cpus-across-cores'],
  ['distribute-cpus-across-numa', 'distribute-cpus-across-cores'],
  ['prefer-align-cpus-by-uncorecache', 'distribute-cpus-across-cores'],
  ['prefer-align-cpus-by-uncorecache', 'distribute-cpus-across-numa'],
];

/**
 * Options of the topology manager.
 *
 * Source: pkg/kubelet/cm/topologymanager/policy_options.go of 1.26.15 to 1.37.2.
 */
export const TOPOLOGY_MANAGER_OPTIONS = {
  'prefer-closest-numa-nodes': { added: '1.26', usable: '1.28', gates: ['TopologyManagerPolicyOptions', 'TopologyManagerPolicyAlphaOptions'] },
  'max-allowable-numa-nodes': { added: '1.31', usable: '1.31', gates: [] },
} as const satisfies ManagerOptionTable;

/**
 * Why a kubelet of a release would not start with an option, in one sentence; undefined when it does.
 *
 * @param given feature gates that the user has set for this kubelet
 */
export function managerOptionProblem(
  table: ManagerOptionTable, option: string, version: string, given: { readonly [gate: string]: unknown } = {},
): string | undefined {
  const row = table[option];
  if (!inRange(version, { added: row.added })) {
    return `'${option}' was added in Kubernetes ${row.added}, the kubelets run ${version}; leave it out or use a newer release`;
  }
  if (row.usable !== undefined && inRange(version, { added: row.usable })) { return undefined; }
  const off = row.gates.filter(gate => (given[gate] ?? gateState(gate, version)?.enabled) !== true);
  if (off.length === 0) { return undefined; }
  return `'${option}' is off in Kubernetes ${version}; leave it out, or set ${off.map(gate => `configOverrides.featureGates.${gate}`).join(' and ')} to true`
    + (row.usable === undefined ? '' : `, or use ${row.usable} or newer`);
}
