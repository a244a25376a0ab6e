import { apiServerMemory } from '../../src/capacity/api-server-capacity';
import { apiServerGoMemoryLimit } from '../../src/capacity/go-memory-capacity';

test.each([
  // nodes, machine GiB, request and limit in MiB by hand: min(max(4096, floor(nodes x 60e6 / 2^20)), half of the machine), and 1.5 times that
  [200, 32, 11_444, 17_166], [1200, 128, 65_536, 98_304], [5000, 256, 131_072, 196_608], [10, 16, 4096, 6144],
])('%i nodes on %i GiB: %i MiB asked for, collected harder from %i MiB on', (nodes, gibibytes, request, limit) => {
  const asked = apiServerMemory(nodes, gibibytes * 1024);
  expect([asked.value, apiServerGoMemoryLimit(asked).value]).toEqual([request, limit]);
  expect(limit).toBeLessThanOrEqual(gibibytes * 1024 * 3 / 4);
});
