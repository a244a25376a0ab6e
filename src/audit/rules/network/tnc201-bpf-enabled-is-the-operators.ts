import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { installation } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** One field, two owners. */
export const bpfEnabledIsTheOperators: Rule = {
  id: 'TNC201',
  severity: AuditSeverity.ERROR,
  title: 'FelixConfiguration leaves bpfEnabled to the operator',
  why: 'The operator owns the field: a value of somebody else makes it stop with an error, and no further change of the network is carried out.',
  remedy: 'Set calicoNetwork.linuxDataplane of the Installation, and leave bpfEnabled out',
  source: 'seed CALICO-05; TOP:pkg/controller/installation/bpf.go',
  check: tree => {
    const felix = tree.ofKind('FelixConfiguration');
    if (!installation(tree) || felix.length === 0) { return NOT_APPLICABLE; }
    return felix.filter(object => field(object.manifest, 'spec', 'bpfEnabled') !== undefined).map(at => ({ at, detail: `bpfEnabled is set to ${field(at.manifest, 'spec', 'bpfEnabled')}` }));
  },
};
