import { AuditSeverity } from '../../audit-severity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Addresses of machines against the range that everything else counts with. */
export const machinesLieInNodeRange: Rule = {
  id: 'TNC004',
  severity: AuditSeverity.ERROR,
  title: 'Machines have addresses of the node range',
  why: 'Calico finds a node\'s address by this range; a machine outside it gets no tunnel, and firewalls made for the range cut it off.',
  remedy: 'Correct the address or enlarge network.nodeCidr',
  source: 'CAL@v3.32.0 nodeAddressAutodetection',
  check: tree => {
    const named = tree.kubelets.filter(kubelet => kubelet.nodeIp !== undefined);
    if (named.length === 0) { return NOT_APPLICABLE; }
    return named.filter(kubelet => !tree.facts.network.hasNodeAddress(kubelet.nodeIp!))
      .map(at => ({ at, detail: `address ${at.nodeIp} lies outside ${tree.facts.network.nodeCidrs.join(' and ')}` }));
  },
};
