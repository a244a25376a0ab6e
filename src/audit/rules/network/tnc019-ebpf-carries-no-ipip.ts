import { AuditSeverity } from '../../audit-severity';
import { AuditObject } from '../../audit-tree';
import { field } from '../../field';
import { installation, isEbpf } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Encapsulation under eBPF. */
export const ebpfCarriesNoIpip: Rule = {
  id: 'TNC019',
  severity: AuditSeverity.WARNING,
  title: 'With eBPF, no address pool uses IPIP',
  why: 'The eBPF data plane forwards node ports in VXLAN and does not support IPIP; some clouds drop IPIP altogether.',
  remedy: 'Set encapsulation to VXLAN, VXLANCrossSubnet or None',
  source: 'CALDOC:operations/ebpf/enabling-ebpf; seed CALICO-04',
  check: tree => {
    const operator = installation(tree);
    const pools: Array<{ at: AuditObject; mode: string; cidr: string }> = [
      // The operator's own default is IPIP.
      ...(operator ? (field<object[]>(operator.manifest, 'spec', 'calicoNetwork', 'ipPools') ?? []).map(pool => ({ at: operator, mode: field<string>(pool, 'encapsulation') ?? 'IPIP', cidr: field<string>(pool, 'cidr') ?? '' })) : []),
      ...tree.ofKind('IPPool').map(at => ({ at, mode: (field<string>(at.manifest, 'spec', 'ipipMode') ?? 'Never') === 'Never' ? 'None' : 'IPIP', cidr: field<string>(at.manifest, 'spec', 'cidr') ?? '' })),
    ];
    if (!isEbpf(tree) || pools.length === 0) { return NOT_APPLICABLE; }
    return pools.filter(pool => pool.mode.startsWith('IPIP')).map(({ at, mode, cidr }) => ({ at, detail: `pool ${cidr} uses ${mode}` }));
  },
};
