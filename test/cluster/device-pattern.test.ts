import { devicePatternProblem, namesModel, patternsMeet } from '../../src/cluster/device-pattern';

test.each([
  // oracle: which names a shell would match with both
  ['nvme-SAMSUNG_*', 'nvme-SAMSUNG_MZ1L2960*', true, 'every name of the narrow one'],
  ['nvme-SAMSUNG_MZQL2*', 'nvme-SAMSUNG_MZ1L2*', false, 'two models'],
  ['nvme-*', 'ata-*', false, 'two buses'],
  ['nvme-*', '*', true, 'everything'],
  ['*-A', 'A-*', true, 'A-A'],
  ['*AB', '*BA', false, 'different ends'],
  ['a?c', 'ab[a-c]', true, 'abc'],
  ['a?c', 'ab[d-f]', false, 'c is not among d to f'],
  ['nvme-X_[12]', 'nvme-X_[34]', false, 'different numbers'],
  ['nvme-X_[12]', 'nvme-X_[2-4]', true, 'nvme-X_2'],
  ['nvme-X', 'nvme-X', true, 'the name itself'],
  ['nvme-X', 'nvme-XY', false, 'one is longer'],
  ['***', 'x', true, 'stars are one star'],
])('%s and %s meet: %s (%s)', (one, other, meet) => {
  expect([patternsMeet(one, other), patternsMeet(other, one)]).toEqual([meet, meet]);
});

test('long patterns of stars are compared in a moment', () => {
  const stars = '*a'.repeat(200);
  const start = Date.now();
  expect(patternsMeet(`${stars}b`, `${stars}c`)).toBe(false);
  expect(Date.now() - start).toBeLessThan(2000);
});

test.each([
  ['nvme-SAMSUNG_MZQL2*', true], ['nvme-Amazon_EC2_NVMe_Instance_Storage_*', true], ['google-local-nvme-ssd-*', true], ['ata-INTEL_SSDSC2*', true], ['virtio-data*', true],
  ['nvme-*', false], ['*', false], ['nvme-S*', false], ['nvme-?AMSUNG*', false], ['nvme-eui.0025*', false], ['wwn-0x5002538e*', false], ['scsi-3600*', false], ['SAMSUNG*', false], ['dm-uuid-*', false],
])('%s names a model: %s', (pattern, names) => {
  expect(namesModel(pattern)).toBe(names);
});

test.each(['/dev/nvme1n1', '../nvme-x', 'nvme x', 'nvme-[abc', 'nvme-abc]', '', 'a\nb', '$(x)'])('%j is no pattern', pattern => {
  expect(devicePatternProblem('byIdPattern', pattern)).toMatch(/^byIdPattern must be a file name pattern of \/dev\/disk\/by-id/);
});
