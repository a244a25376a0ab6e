import { inRange } from '../../../catalogue/version-range';
import { AuditSeverity } from '../../audit-severity';
import { tagOf } from '../../image-name';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** 3.5.0 to 3.5.2 lose consistency after a crash, 3.5.3 can stop at start; 3.5.4 has both repaired. */
const UNSAFE = { added: '3.5.0', removed: '3.5.4' };

/** Patches of etcd that lose data. */
export const etcdKeepsItsMembersEqual: Rule = {
  id: 'TNC034',
  severity: AuditSeverity.ERROR,
  title: 'etcd is none of the patches that lose data',
  why: 'After a crash members of 3.5.0 to 3.5.2 hold different data and nothing says so: two API servers answer differently, until a restore loses one of both.',
  remedy: 'Leave the version to the release, or use 3.5.6 or later',
  source: 'seed ETCD-02; ETCDPM; ETCDCL 3.5',
  check: tree => {
    const members = tree.component('etcd');
    if (members.length === 0) { return NOT_APPLICABLE; }
    return members.filter(({ image }) => /^\d+\.\d+\.\d+/.test(tagOf(image) ?? '') && inRange(tagOf(image)!, UNSAFE)).map(at => ({ at, detail: `image ${at.image}` }));
  },
};
