import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { field } from '../../field';
import { Breach, NOT_APPLICABLE, Rule } from '../../rule';

/** Regular expressions of the priority expander. */
export const prioritiesMatchPools: Rule = {
  id: 'TNC152',
  severity: AuditSeverity.ERROR,
  title: 'The priority expander has a priority for every pool',
  why: 'Without its ConfigMap, or with an expression that is none, the expander of older versions returns nothing: no scale-up ever happens. A pool that no expression matches is never chosen.',
  remedy: 'Write ConfigMap cluster-autoscaler-priority-expander with an expression for each pool, .* last',
  source: 'seed CA-01; CA@36 expander/priority',
  check: tree => {
    const users = autoscalers(tree).filter(({ flags }) => (flags.expander ?? '').split(',').includes('priority'));
    if (users.length === 0) { return NOT_APPLICABLE; }
    return users.flatMap(({ at, flags }): Breach[] => {
      const map = tree.find('ConfigMap', flags.namespace ?? 'kube-system', 'cluster-autoscaler-priority-expander');
      const text = field<string>(map?.manifest, 'data', 'priorities');
      if (!map || text === undefined) { return [{ at, detail: `ConfigMap ${flags.namespace ?? 'kube-system'}/cluster-autoscaler-priority-expander ${map ? 'has no key priorities' : 'is missing'}` }]; }
      const expressions = [...text.matchAll(/^\s*-\s+(.+?)\s*$/gm)].map(([, entry]) => entry.replace(/^(["'])(.*)\1$/, '$2').replaceAll('\\\\', '\\'));
      const broken = expressions.filter(expression => !compiles(expression));
      const pools = tree.facts.pools.filter(pool => !expressions.some(expression => compiles(expression) && new RegExp(expression).test(pool.name)));
      return [
        ...broken.map(expression => ({ at: map, detail: `${expression} is no regular expression` })),
        ...pools.map(pool => ({ at: map, detail: `no expression matches pool ${pool.name}` })),
      ];
    });
  },
};

function compiles(expression: string): boolean {
  try { return new RegExp(expression) instanceof RegExp; } catch { return false; }
}
