import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Claims against classes. */
export const claimsHaveAClass: Rule = {
  id: 'TNC162',
  severity: AuditSeverity.WARNING,
  title: 'Claims name a StorageClass, or there is a default',
  why: 'A claim without class waits for ever, and its pod with it; the first pod to find out is usually Prometheus.',
  remedy: 'Make a class the default, or name one',
  source: 'WEB:docs/concepts/storage/persistent-volumes',
  check: tree => {
    const claims = [
      ...tree.ofKind('StatefulSet').flatMap(at => (field<object[]>(at.manifest, 'spec', 'volumeClaimTemplates') ?? []).map(claim => ({ at, name: field<string>(claim, 'metadata', 'name'), spec: field(claim, 'spec') }))),
      ...tree.ofKind('PersistentVolumeClaim').map(at => ({ at, name: at.objectName, spec: field(at.manifest, 'spec') })),
    ];
    if (claims.length === 0) { return NOT_APPLICABLE; }
    const hasDefault = tree.ofKind('StorageClass').some(c => field(c.manifest, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true');
    return claims.filter(({ spec }) => field(spec, 'storageClassName') === undefined && !hasDefault).map(({ at, name }) => ({ at, detail: `claim ${name} names no class and no class of this app is the default` }));
  },
};
