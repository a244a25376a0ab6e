import { gateProblem } from '../../../catalogue/feature-gates';
import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Feature gates against the catalogue. */
export const featureGatesExist: Rule = {
  id: 'TNC054',
  severity: AuditSeverity.ERROR,
  title: 'Every feature gate exists in the release and may have its value',
  why: 'An unknown gate, or a locked one with another value, ends the component at start; on kubelets that is a pool that does not come back.',
  remedy: 'Remove the gate',
  source: 'src/catalogue/feature-gate-table.ts (extracted from each release)',
  check: tree => {
    const flags = tree.staticPods.filter(pod => pod.component !== 'etcd' && pod.flags['feature-gates'] !== undefined).map(at => ({
      at, component: at.component, release: tree.facts.release.version, gates: at.flags['feature-gates'].split(',').map(g => g.split('=')).map(([name, value]) => [name, value !== 'false'] as const),
    }));
    const kubelets = tree.kubelets.map(at => ({
      at, component: 'kubelet', release: at.release, gates: Object.entries(field<{ [gate: string]: boolean }>(at.configuration, 'featureGates') ?? {}),
    }));
    const users = [...flags, ...kubelets].filter(user => user.gates.length > 0);
    if (users.length === 0) { return NOT_APPLICABLE; }
    return users.flatMap(({ at, component, release, gates }) => gates.flatMap(([name, value]) => {
      const problem = gateProblem(name, release, value, component);
      return problem === undefined ? [] : [{ at, detail: problem }];
    }));
  },
};
