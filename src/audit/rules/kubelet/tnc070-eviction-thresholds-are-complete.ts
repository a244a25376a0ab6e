import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Naming one signal zeroes the others. */
export const evictionThresholdsAreComplete: Rule = {
  id: 'TNC070',
  severity: AuditSeverity.WARNING,
  title: 'evictionHard names all signals or none',
  why: 'A signal that is not named is off: the node runs out of it and takes every pod with it instead of the worst one.',
  remedy: 'Name memory.available, nodefs.available, nodefs.inodesFree and imagefs.available, or set mergeDefaultEvictionSettings (1.33)',
  source: 'seed KUBELET-08; KL@36',
  check: tree => {
    if (tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    const signals = ['memory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available'];
    return tree.kubelets.flatMap(at => {
      const named = field<object>(at.configuration, 'evictionHard');
      if (named === undefined || field(at.configuration, 'mergeDefaultEvictionSettings') === true) { return []; }
      const missing = signals.filter(signal => field(named, signal) === undefined);
      return missing.length === 0 ? [] : [{ at, detail: `${missing.join(', ')} missing` }];
    });
  },
};
