import { Address4, Address6 } from 'ip-address';
import { InvalidInput } from '../input/problems';
import { quoted } from '../input/text-safety';

/** Bits of an address by family. */
const BITS: { [family: number]: number } = { 4: 32, 6: 128 };

/**
 * A range of IPv4 or IPv6 addresses in CIDR notation. Arithmetic is exact (IPv6 ranges exceed what a number holds).
 */
export class IpRange {
  /** Parse `10.0.0.0/11` or `fd00:10::/48`; `field` names the input in the error. */
  public static parse(field: string, text: string): IpRange {
    const problem = rangeProblem(text);
    if (problem !== undefined) { throw new InvalidInput(field, [problem]); }
    const [address, mask] = text.split('/');
    return IpRange.at(parseAddress(address)!.bigInt(), Number(mask), address.includes(':') ? 6 : 4);
  }

  /** The range of a mask that an address lies in. */
  public static around(address: string, prefix: number): IpRange {
    const network = parseAddress(`${address}/${prefix}`)!.startAddress();
    return IpRange.at(network.bigInt(), prefix, address.includes(':') ? 6 : 4);
  }

  /** The range of a mask that starts at a number; the number must be a start of such a range. */
  public static at(first: bigint, prefix: number, family: number): IpRange {
    return new IpRange(first, prefix, family);
  }

  /** Number of the last address. */
  public readonly last: bigint;

  private constructor(
    /** Number of the first address. */ readonly first: bigint, /** Length of the mask. */ readonly prefix: number, /** 4 or 6. */ readonly family: number,
  ) {
    this.last = first + this.count() - 1n;
  }

  /** Bits of an address of the family. */
  public get bits(): number {
    return BITS[this.family];
  }

  /** Bits of an address that differ inside the range. */
  public get hostBits(): number {
    return this.bits - this.prefix;
  }

  /** Addresses in the range; capped at 2^53 - 1, which is more than any cluster needs. */
  public get size(): number {
    return this.hostBits > 52 ? Number.MAX_SAFE_INTEGER : Number(this.count());
  }

  /** The address `offset` places after the first. */
  public addressAt(offset: number): string {
    if (BigInt(offset) >= this.count()) { throw new RangeError(`${this} has no address number ${offset}`); }
    return formatAddress(this.first + BigInt(offset), this.family);
  }

  public overlaps(other: IpRange): boolean {
    return this.holds(other) || other.holds(this);
  }

  public contains(address: string): boolean {
    const parsed = isIpAddress(address) ? parseAddress(address) : undefined;
    return parsed !== undefined && (parsed instanceof Address4 ? 4 : 6) === this.family && parsed.isInSubnet(this.address() as never);
  }

  /** Whether another range lies inside this one. */
  public holds(other: IpRange): boolean {
    return this.family === other.family && other.address().isInSubnet(this.address() as never);
  }

  public toString(): string {
    return `${formatAddress(this.first, this.family)}/${this.prefix}`;
  }

  private count(): bigint {
    return 2n ** BigInt(this.hostBits);
  }

  private address(): Address4 | Address6 {
    return parseAddress(this.toString())!;
  }
}

/** What is wrong with the text of a range; undefined when it is one. */
export function rangeProblem(text: unknown): string | undefined {
  // A mask with a leading zero is octal elsewhere, as are address parts, which the library refuses.
  const match = typeof text === 'string' ? /^([0-9a-fA-F.:]+)\/(0|[1-9]\d{0,2})$/.exec(text) : null;
  if (!match) { return `must be a range such as 10.0.0.0/11 or fd00:10::/48, got ${quoted(text)}`; }
  const [, address, mask] = match;
  if (!isIpAddress(address)) { return `${quoted(address)} is not an IP address`; }
  const family = address.includes(':') ? 6 : 4;
  if (Number(mask) > BITS[family]) { return `mask must be at most /${BITS[family]} for IPv${family}, got /${mask}`; }
  const network = IpRange.around(address, Number(mask));
  return network.first === parseAddress(address)!.bigInt() ? undefined : `${String(text)} has host bits set; did you mean ${network}?`;
}

/** The longest mask whose range has room for a number of addresses. */
export function prefixFor(addresses: number, family: number): number {
  const bits = Array.from({ length: 53 }, (_, i) => i).find(i => 2 ** i >= addresses);
  if (bits === undefined || bits > BITS[family]) { throw new RangeError(`no IPv${family} range holds ${addresses} addresses`); }
  return BITS[family] - bits;
}

/** Whether the text is an IPv4 or IPv6 address. */
export function isIpAddress(text: unknown): boolean {
  // Neither zones nor masks, which the library takes as a part of an address, nor IPv4 inside IPv6: Kubernetes refuses all three.
  if (typeof text !== 'string' || !/^[0-9a-fA-F.:]+$/.test(text)) { return false; }
  return text.includes(':') ? !text.includes('.') && Address6.isValid(text) : Address4.isValid(text);
}

/** An address as it stands in a URL: IPv6 in brackets. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Address with or without mask; undefined when it is none. */
function parseAddress(text: string): Address4 | Address6 | undefined {
  if (text.includes(':')) { return Address6.isValid(text) ? new Address6(text) : undefined; }
  return Address4.isValid(text) ? new Address4(text) : undefined;
}

function formatAddress(value: bigint, family: number): string {
  return (family === 4 ? Address4.fromBigInt(value) : Address6.fromBigInt(value)).correctForm();
}
