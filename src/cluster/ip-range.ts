import { InvalidInput } from '../input/problems';
import { quoted } from '../input/text-safety';

/**
 * A range of IPv4 or IPv6 addresses in CIDR notation. Arithmetic is exact (IPv6 ranges exceed what a number holds).
 */
export class IpRange {
  /** Parse `10.0.0.0/11` or `fd00:10::/48`; `field` names the input in the error. */
  public static parse(field: string, text: string): IpRange {
    const match = typeof text === 'string' ? /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text) : null;
    if (!match) {
      throw new InvalidInput(field, [`must be a range such as 10.0.0.0/11 or fd00:10::/48, got ${quoted(text)}`]);
    }
    const address = parseAddress(match[1]);
    if (!address) { throw new InvalidInput(field, [`${quoted(match[1])} is not an IP address`]); }
    const prefix = Number(match[2]);
    if (prefix > address.bits) { throw new InvalidInput(field, [`mask must be at most /${address.bits} for IPv${address.bits === 32 ? 4 : 6}, got /${prefix}`]); }
    const first = address.value - address.value % 2n ** BigInt(address.bits - prefix);
    if (first !== address.value) {
      throw new InvalidInput(field, [`${text} has host bits set; did you mean ${formatAddress(first, address.bits)}/${prefix}?`]);
    }
    return new IpRange(first, prefix, address.bits);
  }

  private constructor(private readonly first: bigint, /** Length of the mask. */ readonly prefix: number, private readonly bits: number) {}

  /** 4 or 6. */
  public get family(): number {
    return this.bits === 32 ? 4 : 6;
  }

  /** Addresses in the range; capped at 2^53 - 1, which is more than any cluster needs. */
  public get size(): number {
    const count = this.count();
    return count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(count);
  }

  /** The address `offset` places after the first. */
  public addressAt(offset: number): string {
    if (BigInt(offset) >= this.count()) { throw new RangeError(`${this} has no address number ${offset}`); }
    return formatAddress(this.first + BigInt(offset), this.bits);
  }

  public overlaps(other: IpRange): boolean {
    return this.bits === other.bits && this.first < other.first + other.count() && other.first < this.first + this.count();
  }

  public contains(address: string): boolean {
    const parsed = parseAddress(address);
    return parsed !== undefined && parsed.bits === this.bits && parsed.value >= this.first && parsed.value < this.first + this.count();
  }

  public toString(): string {
    return `${formatAddress(this.first, this.bits)}/${this.prefix}`;
  }

  private count(): bigint {
    return 2n ** BigInt(this.bits - this.prefix);
  }
}

/** Whether the text is an IPv4 or IPv6 address. */
export function isIpAddress(text: unknown): boolean {
  return typeof text === 'string' && parseAddress(text) !== undefined;
}

/** An address as it stands in a URL: IPv6 in brackets. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function parseAddress(text: string): { value: bigint; bits: number } | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): { value: bigint; bits: number } | undefined {
  const parts = text.split('.');
  // A leading zero reads as octal in some C libraries: refused, as Go does since 1.17.
  if (parts.length !== 4 || parts.some(p => !/^(0|[1-9]\d{0,2})$/.test(p) || Number(p) > 255)) { return undefined; }
  return { value: parts.reduce((sum, p) => sum * 256n + BigInt(p), 0n), bits: 32 };
}

function parseV6(text: string): { value: bigint; bits: number } | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || text.includes('.')) { return undefined; }
  const groups = halves.map(half => (half === '' ? [] : half.split(':')));
  const given = groups.flat();
  if (given.some(g => !/^[0-9a-fA-F]{1,4}$/.test(g))) { return undefined; }
  const missing = 8 - given.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) { return undefined; }
  const all = halves.length === 1 ? given : [...groups[0], ...Array<string>(missing).fill('0'), ...groups[1]];
  return { value: all.reduce((sum, g) => sum * 65_536n + BigInt(parseInt(g, 16)), 0n), bits: 128 };
}

function formatAddress(value: bigint, bits: number): string {
  if (bits === 32) {
    return [24n, 16n, 8n, 0n].map(shift => String(value / 2n ** shift % 256n)).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, i) => (value / 2n ** BigInt(112 - 16 * i) % 65_536n).toString(16));
  // The longest run of zero groups becomes '::' (RFC 5952).
  const runs = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length);
  if (runs.length === 0) { return groups.join(':'); }
  const text = groups.join(':');
  const run = runs[0];
  const before = text.slice(0, run.index);
  const after = text.slice(run.index + run[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}
