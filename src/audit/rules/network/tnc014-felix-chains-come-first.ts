import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Order of Calico's chains. */
export const felixChainsComeFirst: Rule = {
  id: 'TNC014',
  severity: AuditSeverity.WARNING,
  title: 'Calico\'s chains are inserted, not appended',
  why: 'An earlier ACCEPT of somebody else bypasses appended chains: network policy is off without a word.',
  remedy: 'Leave chainInsertMode out; Insert is the default',
  source: 'seed CALICO-03; CAL@v3.22.0 felixconfig.go',
  check: tree => {
    const felix = tree.ofKind('FelixConfiguration');
    if (felix.length === 0) { return NOT_APPLICABLE; }
    return felix.filter(object => field(object.manifest, 'spec', 'chainInsertMode') === 'Append').map(at => ({ at, detail: 'chainInsertMode is Append' }));
  },
};
