import { IpRange, isIpAddress, prefixFor } from './ip-range';
import { AddressNeed, NetworkDemand, nodeAddressNeed, podAddressNeed, serviceAddressNeed } from './network-demand';
import { NetworkUse } from './network-range';
import { FilledSlot, Reservation, Slot, SLOTS } from './network-slots';
import { freeRange, homesOf, rangeAround, UNUSABLE_RANGES } from './range-search';
import { Problems } from '../input/problems';

/** Mask of an IPv6 subnet: what routers announce and machines make their addresses in. Source: RFC 4291 section 2.5.1. */
const IPV6_SUBNET = 64;

/** Machines first: where they are is a fact. Then the largest range, so that the others do not break up its room. */
const ORDER = [NetworkUse.NODES, NetworkUse.PODS, NetworkUse.SERVICES];

/** What a use has to hold. */
export function needOf(use: NetworkUse, demand: NetworkDemand): AddressNeed {
  return { [NetworkUse.PODS]: podAddressNeed, [NetworkUse.SERVICES]: serviceAddressNeed, [NetworkUse.NODES]: nodeAddressNeed }[use](demand);
}

/** What the plan is made of. */
export interface ProposalInputs {
  readonly demand: NetworkDemand;
  readonly given: FilledSlot[];
  readonly reserved: Reservation[];
  /** Family of the first three ranges. */
  readonly family: number;
  readonly dualStack: boolean;
}

/** The given ranges and, for every slot that is empty, the first free range that is large enough. */
export function withProposals(inputs: ProposalInputs, problems: Problems): FilledSlot[] {
  const wanted = SLOTS.filter(slot => (inputs.dualStack || !slot.secondary) && !inputs.given.some(given => given.field === slot.field));
  const filled = [...inputs.given];
  for (const use of ORDER) {
    for (const slot of wanted.filter(s => s.use === use)) {
      const proposal = proposed(slot, inputs, filled, problems);
      if (proposal) { filled.push(proposal); }
    }
  }
  return SLOTS.flatMap(slot => filled.filter(f => f.field === slot.field));
}

function proposed(slot: Slot, inputs: ProposalInputs, filled: FilledSlot[], problems: Problems): FilledSlot | undefined {
  const family = slot.secondary ? 10 - inputs.family : inputs.family;
  const need = needOf(slot.use, inputs.demand);
  const prefix = slot.use === NetworkUse.NODES && family === 6 ? Math.min(IPV6_SUBNET, prefixFor(need.wanted, family)) : prefixFor(need.wanted, family);
  const homes = slot.use === NetworkUse.NODES ? inputs.reserved.filter(r => r.holdsNodes && r.range.family === family) : [];
  const blocked = inputs.reserved.filter(r => !(slot.use === NetworkUse.NODES && r.holdsNodes));
  const taken = [...filled.map(f => f.range), ...blocked.map(r => r.range), ...UNUSABLE_RANGES.map(u => u.range)].filter(range => range.family === family);
  const machines = slot.use === NetworkUse.NODES ? addressesOf(inputs.demand, family) : [];
  const range = machines.length > 0
    ? rangeAround(machines, prefix)
    : freeRange(homes.length > 0 ? homes.map(home => home.range) : homesOf(slot.use, family, inputs.demand.clusterName), prefix, taken);
  if (!range) {
    const where = homes.length > 0 ? homes.map(home => `'${home.name}' ${home.range}`).join(' or ') : `private IPv${family} addresses`;
    problems.add(`${slot.field} is not given and no /${prefix} is free in ${where} beside ${taken.length} ranges that are taken; give ${slot.field}, or reserve less`);
    return undefined;
  }
  return { ...slot, range, proposedFor: reason(range, need, machines, homes, taken) };
}

function reason(range: IpRange, need: AddressNeed, machines: string[], homes: Reservation[], taken: IpRange[]): string {
  const size = `${range.size >= Number.MAX_SAFE_INTEGER ? `a /${range.prefix}` : `${range.size} addresses`} for ${need.wantedFormula}`;
  if (machines.length > 0) { return `${size}; the smallest range around the addresses of the control plane`; }
  const where = homes.length > 0 ? `inside ${homes.map(home => `'${home.name}'`).join(' or ')}` : range.family === 4 ? 'in private addresses' : 'in the cluster\'s own fd00::/8 site';
  return `${size}; the first that is free ${where}${taken.length > 0 ? ', away from every range that is given or reserved' : ''}`;
}

/** Addresses of the machines that are known. Which of a machine's two addresses is of the family does not matter here. */
function addressesOf(demand: NetworkDemand, family: number): string[] {
  return demand.members.flatMap(member => [member.address, member.secondaryAddress])
    .filter((address): address is string => isIpAddress(address) && address!.includes(':') === (family === 6));
}

/** Family of the first ranges: of those that are given, else of the machines. */
export function primaryFamily(given: FilledSlot[], demand: NetworkDemand | undefined): number {
  const first = given.find(slot => !slot.secondary);
  if (first) { return first.range.family; }
  const second = given.find(slot => slot.secondary);
  if (second) { return 10 - second.range.family; }
  const address = demand?.members.map(member => member.address).find(isIpAddress);
  return address?.includes(':') ? 6 : 4;
}

/** Ranges that do not hold the final size, each with the smallest mask that does. */
export function sizeProblems(slots: FilledSlot[], demand: NetworkDemand): string[] {
  return slots.flatMap(({ field, use, range }) => {
    const need = needOf(use, demand);
    if (range.size >= need.least) { return []; }
    return [`network.${field} ${range} has ${range.size} addresses, the final size needs ${need.least} = ${need.leastFormula}; use /${prefixFor(Math.max(need.least, need.works), range.family)} or larger`];
  });
}
