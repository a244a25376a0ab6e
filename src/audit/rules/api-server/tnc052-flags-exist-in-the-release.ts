import { flagProblem } from '../../../catalogue/flag-table';
import { AuditSeverity } from '../../audit-severity';
import { COMPONENT_FLAGS } from '../../component-flags';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Flags against the catalogue: an unknown one ends a component at start. */
export const flagsExistInTheRelease: Rule = {
  id: 'TNC052',
  severity: AuditSeverity.ERROR,
  title: 'Every flag exists in the version of its component',
  why: 'A component that does not know a flag does not start; on the first control-plane machine of an upgrade that is an outage.',
  remedy: 'Remove the flag or use its successor',
  source: 'src/catalogue (extracted from each release)',
  check: tree => {
    const pods = tree.processes.filter(pod => Object.hasOwn(COMPONENT_FLAGS, pod.component));
    if (pods.length === 0) { return NOT_APPLICABLE; }
    return pods.flatMap(at => {
      const version = at.component === 'etcd' ? tree.facts.versions.etcd : tree.facts.release.version;
      return Object.keys(at.flags).flatMap(flag => {
        const problem = flagProblem(at.component, COMPONENT_FLAGS[at.component], version, flag);
        return problem === undefined ? [] : [{ at, detail: problem }];
      });
    });
  },
};
