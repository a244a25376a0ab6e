import { AuditObject, AuditTree } from './audit-tree';
import { field } from './field';
import { Labels, selects } from './pod-spec';

/** One webhook of an admission configuration. */
export interface WebhookView {
  readonly at: AuditObject;
  readonly name: string;
  readonly hook: object;
}

export function webhooks(tree: AuditTree): WebhookView[] {
  return [...tree.ofKind('ValidatingWebhookConfiguration'), ...tree.ofKind('MutatingWebhookConfiguration')]
    .flatMap(at => (field<object[]>(at.manifest, 'webhooks') ?? []).map(hook => ({ at, hook, name: field<string>(hook, 'name') ?? '' })));
}

/** Whether the namespace selector lets a namespace with these labels through; none and an empty one let everything through. */
export function asksIn({ hook }: WebhookView, labels: Labels): boolean {
  const selector = field(hook, 'namespaceSelector');
  const rules = Object.keys({ ...field<object>(selector, 'matchLabels') }).length + (field<object[]>(selector, 'matchExpressions') ?? []).length;
  return rules === 0 || selects(selector, labels);
}

/** Whether one of its rules catches updates of a resource (`leases`, `nodes/status`). */
export function asksAboutUpdates({ hook }: WebhookView, group: string, resource: string): boolean {
  const [parent, child] = resource.split('/');
  const patterns = child === undefined ? [parent, '*', '*/*'] : [resource, `${parent}/*`, `*/${child}`, '*/*'];
  const has = (rule: object, key: string, wanted: string[]) => (field<string[]>(rule, key) ?? []).some(value => wanted.includes(value));
  return (field<object[]>(hook, 'rules') ?? []).some(rule => has(rule, 'apiGroups', [group, '*']) && has(rule, 'operations', ['UPDATE', '*']) && has(rule, 'resources', patterns));
}
