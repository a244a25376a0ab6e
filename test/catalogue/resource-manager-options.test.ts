import { containerdLayout, containerdProblem, leastContainerd } from '../../src/catalogue/containerd-configuration';
import { CPU_MANAGER_OPTIONS, managerOptionProblem, ManagerOptionTable, TOPOLOGY_MANAGER_OPTIONS } from '../../src/catalogue/resource-manager-options';

const usable = (table: ManagerOptionTable, release: string, gates = {}) =>
  Object.keys(table).filter(option => managerOptionProblem(table, option, release, gates) === undefined).sort();

describe('options of the CPU manager', () => {
  // Oracle: betaOptions and stableOptions of pkg/kubelet/cm/cpumanager/policy_options.go; 1.22 has its one option behind a gate that is off.
  test.each([
    ['1.22', []],
    ['1.23', ['full-pcpus-only']],
    ['1.32', ['full-pcpus-only']],
    ['1.33', ['distribute-cpus-across-numa', 'full-pcpus-only', 'strict-cpu-reservation']],
    ['1.34', ['distribute-cpus-across-numa', 'full-pcpus-only', 'prefer-align-cpus-by-uncorecache', 'strict-cpu-reservation']],
    ['1.37', ['distribute-cpus-across-numa', 'full-pcpus-only', 'prefer-align-cpus-by-uncorecache', 'strict-cpu-reservation']],
  ])('%s takes %j', (release, options) => {
    expect(usable(CPU_MANAGER_OPTIONS, release)).toEqual(options);
  });

  // Oracle: the same file, alphaOptions added.
  test.each([
    ['1.24', ['distribute-cpus-across-numa', 'full-pcpus-only']],
    ['1.25', ['align-by-socket', 'distribute-cpus-across-numa', 'full-pcpus-only']],
    ['1.31', ['align-by-socket', 'distribute-cpus-across-cores', 'distribute-cpus-across-numa', 'full-pcpus-only']],
    ['1.32', Object.keys(CPU_MANAGER_OPTIONS).sort()],
    ['1.37', Object.keys(CPU_MANAGER_OPTIONS).sort()],
  ])('%s with the alpha gate takes %j', (release, options) => {
    expect(usable(CPU_MANAGER_OPTIONS, release, { CPUManagerPolicyAlphaOptions: true })).toEqual(options);
  });
});

describe('options of the topology manager', () => {
  // Oracle: pkg/kubelet/cm/topologymanager/policy_options.go; in 1.26 and 1.27 both gates are off.
  test.each([['1.25', []], ['1.27', []], ['1.28', ['prefer-closest-numa-nodes']], ['1.31', ['max-allowable-numa-nodes', 'prefer-closest-numa-nodes']]])('%s takes %j', (release, options) => {
    expect(usable(TOPOLOGY_MANAGER_OPTIONS, release)).toEqual(options);
  });

  test('before 1.28 both gates are named', () => {
    expect(managerOptionProblem(TOPOLOGY_MANAGER_OPTIONS, 'prefer-closest-numa-nodes', '1.27'))
      .toContain('configOverrides.featureGates.TopologyManagerPolicyOptions and configOverrides.featureGates.TopologyManagerPolicyAlphaOptions');
    expect(managerOptionProblem(TOPOLOGY_MANAGER_OPTIONS, 'prefer-closest-numa-nodes', '1.27', { TopologyManagerPolicyOptions: true, TopologyManagerPolicyAlphaOptions: true })).toBeUndefined();
  });
});

describe('containerd', () => {
  test.each([['1.6', 2], ['1.7.28', 2], ['2.0', 3], ['2.3.2', 3]])('%s reads version %i', (version, layout) => {
    expect(containerdLayout(version).version).toBe(layout);
  });

  test('goes with a release as its own table says', () => {
    // Oracle: RELEASES.md of containerd 2.4.2, "Kubernetes Support"
    expect(['1.25', '1.26', '1.35', '1.36', '1.37'].map(leastContainerd)).toEqual(['1.6', '1.7', '1.7', '2.2', '2.3']);
    expect(containerdProblem('2.1.5', '1.36')).toContain('use 2.2 or newer');
    expect(containerdProblem('2.1.5', '1.35')).toBeUndefined();
    expect(containerdProblem('2.2.9', '1.37')).toContain('use 2.3 or newer');
    expect(containerdProblem('2.3.0', '1.37')).toBeUndefined();
  });
});
