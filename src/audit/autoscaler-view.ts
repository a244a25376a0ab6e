import { AuditPods, AuditTree } from './audit-tree';
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
