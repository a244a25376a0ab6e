import { isIpAddress } from './ip-range';
import { Problems } from '../input/problems';
import { dnsLabelProblem, labelProblem, quoted } from '../input/text-safety';

/** A machine of the control plane or of an etcd ring. */
export interface ControlPlaneMember {
  /** Host name, also the name of its etcd member. */
  readonly name: string;

  /** IP address that the other members and the nodes reach it at. */
  readonly address: string;

  /**
   * Its address of the other family in a dual-stack cluster.
   *
   * @default - none: the kubelet registers `address` alone, and pods on the host network have one family
   */
  readonly secondaryAddress?: string;

  /**
   * Failure domain.
   *
   * @default - not recorded
   */
  readonly zone?: string;
}

/** Refuse members without usable name or address, and names or addresses that appear twice. */
export function checkMembers(field: string, members: ControlPlaneMember[], problems: Problems): void {
  const names = new Set<string>();
  const addresses = new Set<string>();
  for (const [i, member] of members.entries()) {
    const where = `${field}[${i}]`;
    problems.add(dnsLabelProblem(`${where}.name`, member.name));
    problems.require(isIpAddress(member.address), `${where}.address must be an IP address that the other members reach, got ${quoted(member.address)}`);
    problems.require(!names.has(member.name), `${where}.name '${member.name}' is used twice; every member needs its own`);
    problems.require(!addresses.has(member.address), `${where}.address '${member.address}' is used twice; every member needs its own machine`);
    if (member.zone !== undefined) { problems.add(labelProblem(`${where}.zone`, 'topology.kubernetes.io/zone', member.zone)); }
    if (member.secondaryAddress !== undefined) {
      problems.require(isIpAddress(member.secondaryAddress), `${where}.secondaryAddress must be an IP address, got ${quoted(member.secondaryAddress)}`);
      problems.require(!addresses.has(member.secondaryAddress), `${where}.secondaryAddress '${member.secondaryAddress}' is used twice; every member needs its own machine`);
      addresses.add(member.secondaryAddress);
    }
    names.add(member.name);
    addresses.add(member.address);
  }
}
