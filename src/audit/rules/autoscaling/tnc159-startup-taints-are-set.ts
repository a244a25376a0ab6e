import { AuditSeverity } from '../../audit-severity';
import { autoscalers } from '../../autoscaler-view';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** A startup taint that no node boots with. */
export const startupTaintsAreSet: Rule = {
  id: 'TNC159',
  severity: AuditSeverity.NOTE,
  title: 'Somebody sets the startup taints that the autoscaler waits for',
  why: 'The flag alone does nothing: nodes without the taint count as ready at once, and whoever sets it must also take it away, or the node stays unused for ever.',
  remedy: 'Let the machine image or the operator of the cards set the taint and remove it, and suppress with who does',
  source: 'seed CA-13; CA@36:FAQ.md',
  check: tree => {
    const wanted = autoscalers(tree).flatMap(({ at, image }) => containersOf(at.spec).filter(c => c.image === image)
      .flatMap(c => [...(c.command ?? []), ...(c.args ?? [])])
      .flatMap(arg => /^--(?:startup|ignore)-taint=(.+)$/.exec(arg)?.[1] ?? []).map(taint => ({ at, taint })));
    if (wanted.length === 0) { return NOT_APPLICABLE; }
    const set = new Set(tree.nodeKinds.flatMap(node => node.taints.map(taint => taint.key)));
    return wanted.filter(({ taint }) => !set.has(taint)).map(({ at, taint }) => ({ at, detail: `no pool of this description boots with ${taint}` }));
  },
};
