import { growthExponent } from '../../bench/growth';
import { median } from '../../bench/measured-child';

const points = (cost: (size: number) => number) => [200, 1200, 5000, 15000].map(size => ({ size, cost: cost(size) }));

test.each<[string, (size: number) => number, number]>([
  ['linear', size => 3 * size, 1],
  ['quadratic', size => 0.01 * size ** 2, 2],
  ['constant', () => 7, 0],
])('%s cost has its exponent', (_, cost, exponent) => {
  expect(growthExponent(points(cost))).toBeCloseTo(exponent, 9);
});

test('the median is a measured value', () => {
  expect(median([5, 1, 9, 2, 3])).toBe(3);
});
