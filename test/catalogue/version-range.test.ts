import * as fc from 'fast-check';
import { nearestName } from '../../src/catalogue/nearest-name';
import { compareVersions, inRange } from '../../src/catalogue/version-range';

describe('comparing versions', () => {
  test.each([
    ['1.37', '1.37.0', 0],
    ['1.37', '1.37.2', -1],
    ['1.9.4', '1.10.1', -1],
    ['3.5.33', '3.6', -1],
    ['v1.22.17', '1.22', 1],
    ['3.6.14-0', '3.6.14', 0],
    ['1.37.0-beta.0', '1.37', 0],
  ])('%s against %s has the sign %i', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
  });

  test.each(['', '1', 'latest', '1.x', '__proto__', '1.2.3.4', ' 1.22'])('%j is no version', (text) => {
    expect(() => compareVersions(text, '1.22')).toThrow(`a version must look like '1.37' or '1.37.2', got '${text}'`);
  });

  test('the order of two versions is that of their numbers', () => {
    const version = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40));
    fc.assert(fc.property(version, version, (a, b) => {
      const byNumber = Math.sign(a[0] - b[0]) || Math.sign(a[1] - b[1]) || Math.sign(a[2] - b[2]);
      expect(Math.sign(compareVersions(a.join('.'), b.join('.')))).toBe(byNumber);
    }));
  });
});

describe('a range', () => {
  test.each([
    ['1.30', { added: '1.31' }, false],
    ['1.31', { added: '1.31' }, true],
    ['1.31.4', { added: '1.31', removed: '1.35' }, true],
    ['1.34.9', { added: '1.31', removed: '1.35' }, true],
    ['1.35', { added: '1.31', removed: '1.35' }, false],
    ['3.5.4', { added: '3.5.5' }, false],
    ['3.5.5', { added: '3.5.5' }, true],
    ['1.22', {}, true],
  ])('%s in %j is %s', (version, range, expected) => {
    expect(inRange(version, range)).toBe(expected);
  });
});

describe('the nearest name', () => {
  const names = ['max-requests-inflight', 'max-mutating-requests-inflight', 'event-ttl', 'v'];

  test.each([
    ['max-request-inflight', 'max-requests-inflight'],
    ['maxRequestsInflight', 'max-requests-inflight'],
    ['even-tttl', 'event-ttl'],
    ['EVENT-TTL', 'event-ttl'],
  ])('%s means %s', (typed, meant) => {
    expect(nearestName(typed, names)).toBe(meant);
  });

  test.each(['something-else-entirely', '__proto__', '', 'x'.repeat(10_000)])('%.20s means nothing known', (typed) => {
    expect(nearestName(typed, names)).toBeUndefined();
  });

  test('the order of the candidates does not matter', () => {
    expect(nearestName('bat', ['cat', 'hat'])).toBe('cat');
    expect(nearestName('bat', ['hat', 'cat'])).toBe('cat');
  });
});
