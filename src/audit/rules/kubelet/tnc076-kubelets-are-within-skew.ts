import { inRange } from '../../../catalogue/version-range';
import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Release of kubelets against the control plane. */
export const kubeletsAreWithinSkew: Rule = {
  id: 'TNC076',
  severity: AuditSeverity.ERROR,
  title: 'Kubelets are not newer than the API server and not too old for it',
  why: 'A kubelet outside the skew uses fields and APIs that the server does not know or has removed; nodes register and pods fail.',
  remedy: 'Upgrade the control plane first, then the pool',
  source: 'WEB:releases/version-skew-policy; KEP-3935',
  check: tree => {
    if (tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    const server = tree.facts.release;
    const mayLag = inRange(server.version, { added: '1.28' }) ? 3 : 2;
    return tree.kubelets.flatMap(at => {
      const behind = server.minor - Number(at.release.split('.')[1]);
      return behind >= 0 && behind <= mayLag ? [] : [{ at, detail: `kubelet ${at.release}, API server ${server.version}; ${behind < 0 ? 'it is newer' : `it may lag ${mayLag} minors`}` }];
    });
  },
};
