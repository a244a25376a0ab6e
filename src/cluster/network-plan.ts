import { IpRange } from './ip-range';
import { NetworkDemand } from './network-demand';
import { primaryFamily, sizeProblems, withProposals } from './network-proposal';
import { NetworkRange, NetworkUse, ReservedRange } from './network-range';
import { checkFamilies, checkRanges, FilledSlot, givenSlots, reservations, SLOTS } from './network-slots';
import { Problems } from '../input/problems';
import { dnsNameProblem } from '../input/text-safety';

/**
 * Ranges of the cluster. None of them can be moved later, so plan them for the final size, or leave them out and get the smallest ones that
 * hold it, away from what you reserve.
 *
 * The first three are of one family, which Services and DNS use first; the `secondary` three are of the other family and make the cluster dual
 * stack. Kubernetes allows either order.
 */
export interface NetworkPlanProps {
  /**
   * Addresses of all pods, for example `10.0.0.0/11`.
   *
   * @default - proposed: twice maxPods of every node, in whole blocks
   */
  readonly podCidr?: string;

  /**
   * Virtual addresses of Services, for example `10.96.0.0/16`; at most 20 host bits (/12, or /108 with IPv6).
   *
   * @default - proposed: twice the planned Services, at least 65,536
   */
  readonly serviceCidr?: string;

  /**
   * Addresses of the machines, for example `172.16.0.0/20`.
   *
   * @default - proposed: twice the machines, around the addresses of the control plane
   */
  readonly nodeCidr?: string;

  /**
   * Second addresses of all pods, of the other family, for example `fd00:10::/108`.
   *
   * @default - none, or proposed with dual stack
   */
  readonly secondaryPodCidr?: string;

  /**
   * Second addresses of Services.
   *
   * @default - none, or proposed with dual stack
   */
  readonly secondaryServiceCidr?: string;

  /**
   * Second addresses of the machines. Without them pods of that family would have no way from node to node.
   *
   * @default - none, or proposed with dual stack
   */
  readonly secondaryNodeCidr?: string;

  /**
   * Whether pods, Services and machines have addresses of both families.
   *
   * @default - true where a secondary range is given
   */
  readonly dualStack?: boolean;

  /**
   * Ranges that others use: the VPC, on-premises networks that pods talk to, a Docker bridge. A range of the cluster that overlaps one of them
   * is an error; proposals stay away from them.
   *
   * @default - none
   */
  readonly reserved?: ReservedRange[];

  /**
   * DNS domain of the cluster.
   *
   * @default cluster.local
   */
  readonly clusterDomain?: string;
}

/** Ranges that are known to be disjoint, of one family or of two, and free of what the user reserved. */
export class NetworkPlan {
  /** A plan of ranges that are all given. */
  public static of(props: NetworkPlanProps): NetworkPlan {
    return new NetworkPlan(props);
  }

  /**
   * A plan for a final size: ranges that are not given are proposed. The same size and wishes always give the same ranges, and the plan's own
   * ranges, given back, give the same plan.
   */
  public static propose(demand: NetworkDemand, props?: NetworkPlanProps): NetworkPlan {
    return new NetworkPlan(props ?? {}, demand);
  }

  public readonly podCidr: string;
  public readonly serviceCidr: string;
  public readonly nodeCidr: string;
  /** Undefined: one family. */
  public readonly secondaryPodCidr?: string;
  /** Undefined: one family. */
  public readonly secondaryServiceCidr?: string;
  /** Undefined: one family. */
  public readonly secondaryNodeCidr?: string;
  public readonly clusterDomain: string;

  /** Family of the first ranges, 4 or 6: that of the `kubernetes` Service, of DNS and of the API servers' addresses. */
  public readonly family: number;

  /** Whether pods, Services and machines have addresses of both families. */
  public readonly dualStack: boolean;

  /** Every range with who chose it and why. */
  public readonly ranges: NetworkRange[];

  /** What others use. */
  public readonly reserved: ReservedRange[];

  /** Address of the `kubernetes` Service: the first of the Service range. It has one family, also in a dual-stack cluster. */
  public readonly kubernetesServiceAddress: string;

  /** Address of the DNS Service: the tenth of the Service range, as kubeadm has it. */
  public readonly dnsServiceAddress: string;

  /** Pod addresses in total; of the smaller range with two families, since every pod takes one of each. */
  public readonly podAddresses: number;

  /** Machine addresses in total; of the smaller range with two families. */
  public readonly nodeAddresses: number;

  /** What works and should be known. */
  public readonly notes: string[];

  private readonly slots: FilledSlot[];

  private constructor(props: NetworkPlanProps, demand?: NetworkDemand) {
    const problems = new Problems('network');
    const given = givenSlots(props, problems);
    const reserved = reservations(props.reserved, problems);
    this.clusterDomain = props.clusterDomain ?? 'cluster.local';
    problems.add(dnsNameProblem('clusterDomain', this.clusterDomain));
    checkFamilies(given, problems);
    const second = given.filter(slot => slot.secondary);
    problems.require(props.dualStack !== false || second.length === 0, `dualStack is false and ${second[0]?.field} is given; leave one of them out`);
    problems.throwIfAny();

    this.dualStack = props.dualStack ?? second.length > 0;
    this.family = primaryFamily(given, demand);
    this.slots = demand ? withProposals({ demand, given, reserved, family: this.family, dualStack: this.dualStack }, problems) : given;
    if (!demand) {
      for (const slot of SLOTS.filter(s => (this.dualStack || !s.secondary) && !given.some(g => g.field === s.field))) {
        problems.add(`${slot.field} is missing${slot.secondary ? ', dual stack takes a second range for pods, Services and machines' : ''}; give it, or let NetworkPlan.propose find one`);
      }
    }
    checkRanges(this.slots, reserved, problems);
    problems.throwIfAny();

    const service = this.rangeOf('serviceCidr')!;
    this.podCidr = String(this.rangeOf('podCidr'));
    this.serviceCidr = String(service);
    this.nodeCidr = String(this.rangeOf('nodeCidr'));
    this.secondaryPodCidr = this.rangeOf('secondaryPodCidr')?.toString();
    this.secondaryServiceCidr = this.rangeOf('secondaryServiceCidr')?.toString();
    this.secondaryNodeCidr = this.rangeOf('secondaryNodeCidr')?.toString();
    this.ranges = this.slots.map(networkRange);
    this.reserved = (props.reserved ?? []).map(range => ({ ...range }));
    this.podAddresses = this.smallest(NetworkUse.PODS);
    this.nodeAddresses = this.smallest(NetworkUse.NODES);
    this.kubernetesServiceAddress = service.addressAt(1);
    this.dnsServiceAddress = service.addressAt(10);
    this.notes = [...pinNote(this.ranges), ...(this.dualStack ? [NODE_ADDRESS_NOTE] : [])];
  }

  /** Pod ranges, first family first. */
  public get podCidrs(): string[] {
    return this.cidrs(NetworkUse.PODS);
  }

  /** Service ranges, first family first: the value of `--service-cluster-ip-range`, joined by a comma. */
  public get serviceCidrs(): string[] {
    return this.cidrs(NetworkUse.SERVICES);
  }

  /** Node ranges, first family first. */
  public get nodeCidrs(): string[] {
    return this.cidrs(NetworkUse.NODES);
  }

  /** Address of the DNS Service in the second family: the tenth of that range. Undefined with one family. */
  public get secondaryDnsServiceAddress(): string | undefined {
    return this.rangeOf('secondaryServiceCidr')?.addressAt(10);
  }

  /** Whether a machine address lies in a node range. */
  public hasNodeAddress(address: string): boolean {
    return this.slots.some(slot => slot.use === NetworkUse.NODES && slot.range.contains(address));
  }

  /** Ranges that cannot hold a final size, each with the smallest mask that can. */
  public sizeProblems(demand: NetworkDemand): string[] {
    return sizeProblems(this.slots, demand);
  }

  private rangeOf(field: FilledSlot['field']): IpRange | undefined {
    return this.slots.find(slot => slot.field === field)?.range;
  }

  private cidrs(use: NetworkUse): string[] {
    return this.slots.filter(slot => slot.use === use).map(slot => slot.range.toString());
  }

  private smallest(use: NetworkUse): number {
    return Math.min(...this.slots.filter(slot => slot.use === use).map(slot => slot.range.size));
  }
}

// A pool's kubelet knows its addresses only when it runs; on its own it registers one of them. Source: kubelet flag node-ip.
const NODE_ADDRESS_NOTE = 'network: with dual stack a kubelet registers one address unless a cloud provider or --node-ip names both: let the image of pool machines set '
  + '--node-ip=<address>,<second address>, and give control-plane members a secondaryAddress; else pods on the host network have one family';

function networkRange({ field, use, range, proposedFor }: FilledSlot): NetworkRange {
  return {
    field, use, cidr: range.toString(), family: range.family, addresses: range.size, proposed: proposedFor !== undefined, reason: proposedFor ?? 'given in the description',
  };
}

/** A proposal follows the final size, and a running cluster's ranges must not. */
function pinNote(ranges: NetworkRange[]): string[] {
  const proposed = ranges.filter(range => range.proposed);
  return proposed.length === 0 ? [] : [
    `network: ${proposed.map(({ field, cidr }) => `${field} ${cidr}`).join(', ')} ${proposed.length === 1 ? 'is' : 'are'} proposed; write ${proposed.length === 1 ? 'it' : 'them'} into the `
      + 'description before the installation: a later change of pools would propose others, and a range of a running cluster cannot be moved',
  ];
}
