import { isIpAddress } from '../../../cluster/ip-range';
import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { containersOf } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** clusterDNS against the addresses that something answers. */
export const kubeletsNameADnsThatAnswers: Rule = {
  id: 'TNC012',
  severity: AuditSeverity.ERROR,
  title: 'Kubelets give pods a DNS address that the node cache or the DNS Service answers',
  why: 'Pods keep the address for their whole life; a wrong one is a cluster without names until every pod is replaced.',
  remedy: 'Set clusterDNS to the address of the cache or of the DNS Service',
  source: 'KL@36 clusterDNS; nodelocaldns design',
  check: tree => {
    const pods = tree.pods.flatMap(p => containersOf(p.spec).flatMap(c => (c.args ?? []).flatMap((arg, i, all) => (/^-?-localip$/.test(arg) ? (all[i + 1] ?? '').split(',') : []))));
    const services = tree.ofKind('Service').filter(s => (field<Array<{ port: number }>>(s.manifest, 'spec', 'ports') ?? []).some(port => port.port === 53))
      .map(s => field<string>(s.manifest, 'spec', 'clusterIP') ?? '');
    const answered = [...pods, ...services].filter(address => isIpAddress(address));
    if (answered.length === 0 || tree.kubelets.length === 0) { return NOT_APPLICABLE; }
    return tree.kubelets.flatMap(at => {
      const named = field<string[]>(at.configuration, 'clusterDNS') ?? [];
      const dead = named.filter(address => !answered.includes(address));
      return named.length > 0 && dead.length === 0 ? [] : [{ at, detail: `clusterDNS is ${named.join(', ') || 'missing'}, ${[...new Set(answered)].join(', ')} answer` }];
    });
  },
};
