import { RANGE_CASES } from './range-cases';
import { IpRange, isIpAddress, prefixFor } from '../../src/cluster/ip-range';

const parse = (text: string) => IpRange.parse('network.podCidr', text);

describe('ranges', () => {
  test.each([
    // text, size (2^(bits - prefix)), first, tenth
    ['10.0.0.0/11', 2 ** 21, '10.0.0.0', '10.0.0.10'],
    ['10.96.0.0/16', 65_536, '10.96.0.0', '10.96.0.10'],
    ['192.0.2.0/30', 4, '192.0.2.0', undefined],
    ['fd00:10::/108', 2 ** 20, 'fd00:10::', 'fd00:10::a'],
    ['0.0.0.0/0', 2 ** 32, '0.0.0.0', '0.0.0.10'],
  ])('%s has %i addresses', (text, size, first, tenth) => {
    expect(parse(text).size).toBe(size);
    expect(parse(text).addressAt(0)).toBe(first);
    if (tenth) { expect(parse(text).addressAt(10)).toBe(tenth); }
  });

  test.each([
    ['10.0.0.0/8', '10.200.0.0/16', true],
    ['10.0.0.0/11', '10.32.0.0/16', false], // 10.0.0.0/11 ends at 10.31.255.255
    ['10.0.0.0/11', '10.31.255.0/24', true],
    ['10.0.0.0/8', 'fd00::/8', false],
  ])('%s and %s overlap: %s', (a, b, overlap) => {
    expect(parse(a).overlaps(parse(b))).toBe(overlap);
    expect(parse(b).overlaps(parse(a))).toBe(overlap);
  });

  test('host bits are refused with the range that was probably meant', () => {
    expect(() => parse('10.96.0.1/16')).toThrow('network.podCidr: 10.96.0.1/16 has host bits set; did you mean 10.96.0.0/16?');
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '10.0.0.256/32', '010.0.0.0/8', '', 'fd00::1::/64', '10.0.0.0/8\n', '::ffff:10.0.0.1/128', '12345::/16', 'x/8',
    '10.0.0.0/08', '0x0a.0.0.0/8', 'fe80::%eth0/64', '::ffff:0:0/096', '10.0.0.0/-1', 'fd00::/129', ' 10.0.0.0/8'])('%j is refused', text => {
    expect(() => parse(text)).toThrow(/^network\.podCidr: /);
  });

  test('IPv6 prints in the short form of RFC 5952', () => {
    expect(parse('2001:db8:0:0:1:0:0:0/80').toString()).toBe('2001:db8:0:0:1::/80');
    expect(parse('0:0:0:0:0:0:0:0/0').toString()).toBe('::/0');
    expect(parse('2001:0db8::/32').toString()).toBe('2001:db8::/32');
  });
});

test.each([['10.0.0.1', true], ['::1', true], ['10.0.0.01', false], ['localhost', false], [undefined, false]])('%s is an address: %s', (text, expected) => {
  expect(isIpAddress(text)).toBe(expected);
});

describe.each(RANGE_CASES)('as Python has it, %s', (full, short, other, overlap, inside, offset, at, last, count) => {
  test('is read, printed, compared and counted', () => {
    const range = parse(full);
    expect(range.toString()).toBe(short);
    expect([range.overlaps(parse(other)), parse(other).overlaps(range), range.holds(parse(other))]).toEqual([overlap, overlap, inside]);
    expect(range.addressAt(offset)).toBe(at);
    expect([range.contains(at), range.contains(last)]).toEqual([true, true]);
    expect(String(range.last - range.first + 1n)).toBe(count);
  });
});

test.each([
  // addresses, family, longest mask: 2^(bits - mask) >= addresses > 2^(bits - mask - 1)
  [1, 4, 32], [2, 4, 31], [256, 4, 24], [257, 4, 23], [307_968, 4, 13], [307_968, 6, 109], [65_536, 6, 112],
])('%i addresses of IPv%i fit a /%i', (addresses, family, mask) => {
  expect(prefixFor(addresses, family)).toBe(mask);
});
