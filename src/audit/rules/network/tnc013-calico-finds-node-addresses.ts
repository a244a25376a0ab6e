import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { installation } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** How Calico finds a node's address against where the machines are. */
export const calicoFindsNodeAddresses: Rule = {
  id: 'TNC013',
  severity: AuditSeverity.WARNING,
  title: 'Calico detects node addresses in the node range',
  why: 'The first interface found may be the wrong one on machines with several, and differs after a reboot: tunnels of that node end nowhere.',
  remedy: 'Set nodeAddressAutodetection to cidrs with network.nodeCidr',
  source: 'CAL@v3.32.0 reference/installation',
  check: tree => {
    const at = installation(tree);
    if (!at) { return NOT_APPLICABLE; }
    return tree.facts.network.nodeCidrs.flatMap(cidr => {
      const detection = field<{ cidrs?: string[] }>(at.manifest, 'spec', 'calicoNetwork', cidr.includes(':') ? 'nodeAddressAutodetectionV6' : 'nodeAddressAutodetectionV4');
      return detection?.cidrs?.includes(cidr) ? [] : [{ at, detail: `detection is ${detection ? JSON.stringify(detection) : 'the first interface found'}, machines lie in ${cidr}` }];
    });
  },
};
