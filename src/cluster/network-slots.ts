import { IpRange, rangeProblem } from './ip-range';
import { NetworkUse, ReservedRange } from './network-range';
import { UNUSABLE_RANGES } from './range-search';
import { Problems } from '../input/problems';
import { lineProblem } from '../input/text-safety';

/** The props that hold ranges, as far as this file reads them. */
export interface RangeProps {
  readonly podCidr?: string;
  readonly serviceCidr?: string;
  readonly nodeCidr?: string;
  readonly secondaryPodCidr?: string;
  readonly secondaryServiceCidr?: string;
  readonly secondaryNodeCidr?: string;
  readonly dualStack?: boolean;
  readonly reserved?: ReservedRange[];
}

/** A place for a range in the plan. */
export interface Slot {
  readonly field: 'podCidr' | 'serviceCidr' | 'nodeCidr' | 'secondaryPodCidr' | 'secondaryServiceCidr' | 'secondaryNodeCidr';
  readonly use: NetworkUse;
  readonly secondary: boolean;
}

/** In the order in which messages name them. */
export const SLOTS: Slot[] = [
  { field: 'podCidr', use: NetworkUse.PODS, secondary: false },
  { field: 'serviceCidr', use: NetworkUse.SERVICES, secondary: false },
  { field: 'nodeCidr', use: NetworkUse.NODES, secondary: false },
  { field: 'secondaryPodCidr', use: NetworkUse.PODS, secondary: true },
  { field: 'secondaryServiceCidr', use: NetworkUse.SERVICES, secondary: true },
  { field: 'secondaryNodeCidr', use: NetworkUse.NODES, secondary: true },
];

/** A slot with its range. */
export interface FilledSlot extends Slot {
  readonly range: IpRange;
  /** Undefined: given by the user. */
  readonly proposedFor?: string;
}

/** A reserved range that was read. */
export interface Reservation {
  readonly name: string;
  readonly range: IpRange;
  readonly holdsNodes: boolean;
}

/** Ranges of the user, read; what is none is a problem. */
export function givenSlots(props: RangeProps, problems: Problems): FilledSlot[] {
  return SLOTS.flatMap(slot => {
    const text = props[slot.field];
    if (text === undefined) { return []; }
    const problem = rangeProblem(text);
    problems.add(problem && `${slot.field}: ${problem}`);
    return problem === undefined ? [{ ...slot, range: IpRange.parse(slot.field, text) }] : [];
  });
}

export function reservations(reserved: ReservedRange[] | undefined, problems: Problems): Reservation[] {
  return (reserved ?? []).flatMap(({ name, cidr, holdsNodes }, i) => {
    problems.add(lineProblem(`reserved[${i}].name`, name));
    const problem = rangeProblem(cidr);
    problems.add(problem && `reserved[${i}].cidr: ${problem}`);
    return problem === undefined ? [{ name, range: IpRange.parse(name, cidr), holdsNodes: holdsNodes ?? false }] : [];
  });
}

/** One family for the first three ranges, the other one for the second three. */
export function checkFamilies(slots: FilledSlot[], problems: Problems): void {
  const first = slots.filter(slot => !slot.secondary);
  for (const [i, one] of first.entries()) {
    for (const other of first.slice(i + 1).filter(o => o.range.family !== one.range.family)) {
      problems.add(`${one.field} is IPv${one.range.family} and ${other.field} is IPv${other.range.family}; use one family for the three ranges, and the secondary ones for the other`);
    }
  }
  for (const one of slots.filter(slot => slot.secondary)) {
    const same = first.find(other => other.range.family === one.range.family);
    if (same) {
      problems.add(`${one.field} ${one.range} and ${same.field} ${same.range} are both IPv${one.range.family}; a secondary range is of the other family`);
    }
  }
  const second = slots.filter(slot => slot.secondary);
  if (new Set(second.map(slot => slot.range.family)).size > 1) {
    problems.add(`${second.map(slot => `${slot.field} is IPv${slot.range.family}`).join(', ')}; use one family for the secondary ranges`);
  }
}

/** Ranges that overlap each other, what the user reserved, or what nobody can use; Service ranges that no API server takes. */
export function checkRanges(slots: FilledSlot[], reserved: Reservation[], problems: Problems): void {
  for (const [i, { field, use, range }] of slots.entries()) {
    for (const other of slots.slice(i + 1).filter(o => range.overlaps(o.range))) {
      problems.add(`${field} ${range} and ${other.field} ${other.range} overlap; ranges of pods, Services and machines must be disjoint`);
    }
    for (const unusable of UNUSABLE_RANGES.filter(u => range.overlaps(u.range))) {
      problems.add(`${field} ${range} overlaps ${unusable.name} (${unusable.range}), which no cluster can use; choose another range`);
    }
    for (const taken of reserved.filter(r => range.overlaps(r.range) && !(use === NetworkUse.NODES && r.holdsNodes))) {
      const remedy = use === NetworkUse.NODES ? 'choose another range, or say holdsNodes when the machines live there' : 'choose another range, or leave it out to get one proposed';
      problems.add(`${field} ${range} and reserved range '${taken.name}' ${taken.range} overlap; ${remedy}`);
    }
    const homes = reserved.filter(r => r.holdsNodes && r.range.family === range.family);
    if (use === NetworkUse.NODES && homes.length > 0 && !homes.some(home => home.range.holds(range))) {
      problems.add(`${field} ${range} lies outside ${homes.map(home => `'${home.name}' ${home.range}`).join(' and ')}, where the machines live; choose a range inside`);
    }
    if (use === NetworkUse.SERVICES) { checkServiceSize(field, range, problems); }
  }
}

/**
 * Up to 1.33 kube-apiserver keeps a bitmap of the range in etcd and takes 20 bits at most; later ones take any, for addresses that nobody has
 * Services for. At least 8 bits are ours, so that DNS and the cache find their addresses. Source: KK:cmd/kube-apiserver/app/options/validation.go.
 */
function checkServiceSize(field: string, range: IpRange, problems: Problems): void {
  const { hostBits, prefix } = range;
  problems.require(hostBits <= 20, `${field} ${range} has ${hostBits} host bits, kube-apiserver accepts 20 at most up to Kubernetes 1.33 and nobody has more Services; `
    + `use /${prefix + hostBits - 20} or smaller`);
  problems.require(hostBits >= 8, `${field} ${range} has room for ${range.size} Services; use at least /${prefix - (8 - hostBits)}`);
}
