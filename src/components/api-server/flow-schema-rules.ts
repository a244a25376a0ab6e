/** Who a flow schema matches: a service account, a user or a group. */
export type Subject = { readonly namespace: string; readonly account: string } | { readonly user: string } | { readonly group: string };

/** Requests for resources; without namespaces only those across all of them. */
interface ResourceRule {
  readonly verbs: string[];
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly clusterScope: boolean;
  readonly namespaces?: string[];
}

/** What a flow schema matches. */
export interface SchemaRules {
  readonly subjects: Subject[];
  readonly resources: ResourceRule;
  /** Paths that are no resources, too: discovery, metrics. @default false */
  readonly nonResourceUrls?: boolean;
}

/** Every request for a resource. */
export function everything(): ResourceRule {
  return { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] };
}

/** LIST and watch across all namespaces. A watch may begin with all objects as initial events, so it is as dear as a LIST. */
export function wholeResources(): ResourceRule {
  return { verbs: ['list', 'watch'], apiGroups: ['*'], resources: ['*'], clusterScope: true };
}

/** Some verbs on one resource, in every namespace. */
export function someResources(verbs: string[], apiGroup: string, resource: string, clusterScope = false): ResourceRule {
  return { verbs, apiGroups: [apiGroup], resources: [resource], clusterScope, namespaces: ['*'] };
}

/** Rules of the manifest. Nobody to match: no rules, which the API accepts and which match nothing. */
export function schemaRules({ subjects, resources, nonResourceUrls }: SchemaRules): object[] {
  if (subjects.length === 0) { return []; }
  const byText = new Map(subjects.map(subject => [JSON.stringify(subject), subject]));
  const unique = [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => manifest(subject));
  return [{ subjects: unique, resourceRules: [resources], ...(nonResourceUrls ? { nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }] } : {}) }];
}

function manifest(subject: Subject): object {
  if ('user' in subject) { return { kind: 'User', user: { name: subject.user } }; }
  if ('group' in subject) { return { kind: 'Group', group: { name: subject.group } }; }
  return { kind: 'ServiceAccount', serviceAccount: { name: subject.account, namespace: subject.namespace } };
}
