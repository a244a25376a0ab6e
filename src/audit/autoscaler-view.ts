import { AuditObject, AuditPods, AuditTree } from './audit-tree';
import { field } from './field';
import { containersOf } from './pod-spec';

/** A Cluster Autoscaler of the tree. */
export interface AutoscalerView {
  readonly at: AuditPods;
  readonly image: string;
  /** Last value of each flag. */
  readonly flags: { readonly [name: string]: string };
  /** `--nodes=min:max:name`. */
  readonly groups: Array<{ readonly min: number; readonly max: number; readonly name: string }>;
}

/** `--name=value` arguments as a map; a flag without value is `true`. */
export function flagsOf(args: string[]): { [name: string]: string } {
  return Object.fromEntries(args.flatMap(arg => {
    const match = /^--?([A-Za-z0-9][A-Za-z0-9._-]*)(?:=([\s\S]*))?$/.exec(arg);
    return match ? [[match[1], match[2] ?? 'true']] : [];
  }));
}

export function autoscalers(tree: AuditTree): AutoscalerView[] {
  return tree.pods.flatMap(pods => containersOf(pods.spec).flatMap(container => {
    const image = container.image ?? '';
    if (!/(^|\/)cluster-autoscaler(-[a-z0-9]+)?[:@]/.test(image)) { return []; }
    const args = [...(container.command ?? []), ...(container.args ?? [])];
    const groups = args.flatMap(arg => {
      const match = /^--nodes=(\d+):(\d+):(.+)$/.exec(arg);
      return match ? [{ min: Number(match[1]), max: Number(match[2]), name: match[3] }] : [];
    });
    return [{ at: pods, image, flags: flagsOf(args), groups }];
  }));
}

export function usesPriorities(autoscaler: AutoscalerView): boolean {
  return (autoscaler.flags.expander ?? '').split(',').includes('priority');
}

/** An expression of the priority expander; no pattern: it is none. */
export interface PriorityExpression {
  readonly text: string;
  readonly pattern?: RegExp;
}

/** ConfigMap of the priority expander and its expressions. */
export function priorities(tree: AuditTree, autoscaler: AutoscalerView): { readonly map?: AuditObject; readonly expressions?: PriorityExpression[] } {
  const map = tree.find('ConfigMap', autoscaler.flags.namespace ?? 'kube-system', 'cluster-autoscaler-priority-expander');
  const text = field<string>(map?.manifest, 'data', 'priorities');
  const entries = [...(text ?? '').matchAll(/^\s*-\s+(.+?)\s*$/gm)].map(([, entry]) => entry.replace(/^(["'])(.*)\1$/, '$2').replaceAll('\\\\', '\\'));
  return { map, expressions: text === undefined ? undefined : entries.map(entry => ({ text: entry, pattern: goPattern(entry) })) };
}

/** Go writes some things differently: a leading (?i) is a flag of ours, a named group has no P. */
function goPattern(text: string): RegExp | undefined {
  const flags = /^\(\?([ims]+)\)/.exec(text)?.[1] ?? '';
  try { return new RegExp(text.slice(flags === '' ? 0 : flags.length + 3).replaceAll('(?P<', '(?<'), flags); } catch { return undefined; }
}
