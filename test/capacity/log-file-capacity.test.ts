import * as fc from 'fast-check';
import { containerLogDisk, logFiles } from '../../src/capacity/log-file-capacity';

test.each([
  // bytes/s of a node, MiB of a file; 60 s x rate / (5 x 1,048,576), at least 10
  [122_880, 10, '1.4'], [491_520, 10, '5.6'], [873_813, 10, '10.0'], [873_814, 11, 'a byte more'], [1_048_576, 12, '12'], [12_288_000, 141, '140.6'],
])('at %i bytes/s a log file has %i MiB (%s)', (rate, mebibytes) => {
  const { size, count } = logFiles(rate);
  expect([size.value, count.value]).toEqual([mebibytes, 5]);
});

test('all files together hold a minute of the busiest container', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), rate => {
    const { size, count } = logFiles(rate);
    expect(size.value * count.value * 1024 ** 2 / rate).toBeGreaterThanOrEqual(60 - 1e-9);
  }));
});

test('disk of all logs of a node', () => {
  expect([[58, 5], [110, 5], [110, 3]].map(([pods, files]) => containerLogDisk('p', pods, files, 10).value)).toEqual([2900, 5500, 3300]);
});
