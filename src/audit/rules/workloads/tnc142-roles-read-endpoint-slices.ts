import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Who still reads Endpoints. */
export const rolesReadEndpointSlices: Rule = {
  id: 'TNC142',
  severity: AuditSeverity.WARNING,
  title: 'Whoever watches Endpoints may watch EndpointSlices too',
  why: 'A role for Endpoints alone belongs to a program of the old way: it misses everything beyond 1,000 addresses, each change sends the whole list again, and the API is deprecated since 1.33.',
  remedy: 'Update the program and grant discovery.k8s.io endpointslices',
  source: 'KEP-0752; kubernetes-sigs/sig-storage-local-static-provisioner#380',
  check: tree => {
    const roles = [...tree.ofKind('ClusterRole'), ...tree.ofKind('Role')];
    const watches = (rule: object, resource: string) => (field<string[]>(rule, 'resources') ?? []).includes(resource) && field(rule, 'resourceNames') === undefined
      && (field<string[]>(rule, 'verbs') ?? []).some(verb => ['list', 'watch', '*'].includes(verb))
      // Whoever writes Endpoints of its own has to read them.
      && !(field<string[]>(rule, 'verbs') ?? []).some(verb => ['create', 'update', 'patch'].includes(verb));
    const readers = roles.map(at => ({ at, rules: field<object[]>(at.manifest, 'rules') ?? [] })).filter(({ rules }) => rules.some(rule => watches(rule, 'endpoints')));
    if (readers.length === 0) { return NOT_APPLICABLE; }
    return readers.filter(({ rules }) => !rules.some(rule => watches(rule, 'endpointslices'))).map(({ at }) => ({ at, detail: 'it may watch endpoints and no endpointslices' }));
  },
};
