import { AuditObject, AuditTree, TreeItem } from './audit-tree';
import { field } from './field';
import { IpRange, isIpAddress } from '../cluster/ip-range';

/** A range that Calico gives pod addresses from. */
export interface AddressPool {
  readonly at: TreeItem;
  readonly cidr: string;
  readonly blockSize: number;
  /** Every node takes one address for its tunnel. */
  readonly tunnelAddress: boolean;
  /** Whether pods of any namespace get its addresses now. */
  readonly servesPods: boolean;
  readonly nodeSelector: string;
}

/** The operator's Installation. */
export function installation(tree: AuditTree): AuditObject | undefined {
  return tree.ofKind('Installation', 'operator.tigera.io')[0];
}

/** Whether Calico's eBPF data plane stands in for kube-proxy. */
export function isEbpf(tree: AuditTree): boolean {
  return field(installation(tree)?.manifest, 'spec', 'calicoNetwork', 'linuxDataplane') === 'BPF'
    || tree.ofKind('FelixConfiguration').some(felix => field(felix.manifest, 'spec', 'bpfEnabled') === true);
}

interface PoolManifest {
  readonly cidr?: string;
  readonly blockSize?: number;
  readonly encapsulation?: string;
  readonly vxlanMode?: string;
  readonly ipipMode?: string;
  readonly disabled?: boolean;
  readonly disableNewAllocations?: boolean;
  readonly allowedUses?: string[];
  readonly namespaceSelector?: string;
  readonly nodeSelector?: string;
}

/** Pools of the Installation and of IPPool objects. */
export function addressPools(tree: AuditTree): AddressPool[] {
  const from = (at: AuditObject, pool: PoolManifest): AddressPool[] => (!isRange(pool.cidr) ? [] : [{
    at,
    cidr: pool.cidr!,
    blockSize: pool.blockSize ?? (pool.cidr!.includes(':') ? 122 : 26),
    tunnelAddress: ((pool.encapsulation ?? 'IPIP') !== 'None' || [pool.vxlanMode, pool.ipipMode].some(mode => mode !== undefined && mode !== 'Never')) && uses(pool, 'Tunnel'),
    servesPods: !pool.disabled && !pool.disableNewAllocations && uses(pool, 'Workload') && pool.namespaceSelector === undefined,
    nodeSelector: pool.nodeSelector ?? 'all()',
  }]);
  const operator = installation(tree);
  return [
    ...(operator ? (field<PoolManifest[]>(operator.manifest, 'spec', 'calicoNetwork', 'ipPools') ?? []).flatMap(pool => from(operator, pool)) : []),
    ...tree.ofKind('IPPool').flatMap(pool => from(pool, { encapsulation: 'None', ...field<PoolManifest>(pool.manifest, 'spec') })),
  ];
}

/** Left out, a pool is for both. */
function uses(pool: PoolManifest, use: string): boolean {
  return pool.allowedUses === undefined || pool.allowedUses.includes(use);
}

/** Calico's own API refuses what is no range; the rules have nothing to count with then. */
function isRange(cidr: string | undefined): boolean {
  try { return cidr !== undefined && IpRange.parse('cidr', cidr).size > 0; } catch { return false; }
}

/** Whether an address or a name is served by the cluster itself: a Service, a pod or a name of the cluster's domain. */
export function insideCluster(tree: AuditTree, host: string): boolean {
  const { network } = tree.facts;
  if (isIpAddress(host)) { return [...network.serviceCidrs, ...network.podCidrs].some(cidr => IpRange.parse('cidr', cidr).contains(host)); }
  return /\.svc$/.test(host) || host.endsWith(`.${network.clusterDomain}`);
}
