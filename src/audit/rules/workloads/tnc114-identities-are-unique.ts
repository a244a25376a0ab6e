import { AuditSeverity } from '../../audit-severity';
import { groupOf } from '../../audit-tree';
import { Rule } from '../../rule';

/** Two objects of one name. */
export const identitiesAreUnique: Rule = {
  id: 'TNC114',
  severity: AuditSeverity.ERROR,
  title: 'No two objects have the same kind, namespace and name',
  why: 'The second apply overwrites the first: one of two configurations is silently not there.',
  remedy: 'Rename one of them',
  source: 'WEB:docs/concepts/overview/working-with-objects/names',
  check: tree => {
    const seen = new Set<string>();
    return tree.objects.filter(object => object.objectName !== '').flatMap(at => {
      const identity = `${groupOf(at)}/${at.kind} ${at.namespace ?? ''}/${at.objectName}`;
      if (!seen.has(identity)) { seen.add(identity); return []; }
      return [{ at, detail: 'it is written twice' }];
    });
  },
};
