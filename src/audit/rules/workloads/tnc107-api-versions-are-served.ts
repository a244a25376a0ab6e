import { API_KINDS } from '../../../catalogue/api-group-table';
import { ApiKindTable } from '../../../catalogue/api-version-row';
import { inRange } from '../../../catalogue/version-range';
import { AuditSeverity } from '../../audit-severity';
import { groupOf } from '../../audit-tree';
import { Rule } from '../../rule';

/** API versions against the release. */
export const apiVersionsAreServed: Rule = {
  id: 'TNC107',
  severity: AuditSeverity.ERROR,
  title: 'The release serves the API version of every object',
  why: 'The apply stops at the object, usually in the middle of a wave; after an upgrade the object cannot be changed any more.',
  remedy: 'Use a version that the release serves',
  source: 'seed HPA-01; src/catalogue/api-group-table.ts',
  check: tree => {
    const table: ApiKindTable = API_KINDS;
    const { version } = tree.facts.release;
    return tree.objects.filter(object => Object.hasOwn(table, object.kind)).flatMap(at => {
      const rows = table[at.kind];
      // A kind of the same name in somebody else's group is theirs.
      if (!rows.some(row => groupPart(row.apiVersion) === groupOf(at))) { return []; }
      if (rows.some(row => row.apiVersion === at.apiVersion && inRange(version, row))) { return []; }
      const served = rows.filter(row => inRange(version, row)).map(row => row.apiVersion);
      return [{ at, detail: `${at.apiVersion} is not served by ${version}${served.length > 0 ? `, ${served.join(', ')} ${served.length === 1 ? 'is' : 'are'}` : ''}` }];
    });
  },
};

function groupPart(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
}
