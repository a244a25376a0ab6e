import { flagRow } from '../../../catalogue/flag-table';
import { compareVersions, inRange } from '../../../catalogue/version-range';
import { AuditSeverity } from '../../audit-severity';
import { COMPONENT_FLAGS } from '../../component-flags';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Flags that the next minors take away. */
export const noDeprecatedFlags: Rule = {
  id: 'TNC053',
  severity: AuditSeverity.WARNING,
  title: 'No flag is deprecated in the version of its component',
  why: 'A deprecated flag often does nothing already, and the release that removes it does not start with it.',
  remedy: 'Use what replaces it, or leave it out',
  source: 'seed API-03; src/catalogue (extracted from each release)',
  check: tree => {
    const pods = tree.processes.filter(pod => Object.hasOwn(COMPONENT_FLAGS, pod.component));
    if (pods.length === 0) { return NOT_APPLICABLE; }
    return pods.flatMap(at => {
      const version = at.component === 'etcd' ? tree.facts.versions.etcd : tree.facts.release.version;
      return Object.keys(at.flags).flatMap(flag => {
        const row = flagRow(COMPONENT_FLAGS[at.component], flag);
        if (row?.deprecatedIn === undefined || !inRange(version, row) || compareVersions(version, row.deprecatedIn) < 0) { return []; }
        return [{ at, detail: `--${flag} is deprecated since ${row.deprecatedIn}${row.replacedBy === undefined ? '' : `, use ${row.replacedBy}`}` }];
      });
    });
  },
};
