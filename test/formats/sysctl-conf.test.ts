import { modulesLoad } from '../../src/formats/modules-load';
import { sysctlConf, sysctlProblem } from '../../src/formats/sysctl-conf';

test('one setting per line, sorted by name, comments above', () => {
  expect(sysctlConf([
    { key: 'net.ipv4.tcp_rmem', value: '4096 87380 16777216', comment: 'buffers' },
    { key: 'fs.file-max', value: '2097152' },
  ], ['kernel settings'])).toBe(`# kernel settings
fs.file-max = 2097152
# buffers
net.ipv4.tcp_rmem = 4096 87380 16777216
`);
});

test('what is written can be read back by the rule of sysctl.d(5)', () => {
  const lines = [{ key: 'kernel.core_pattern', value: '|/usr/bin/x %p' }, { key: 'vm.max_map_count', value: '262144' }];
  const read = sysctlConf(lines).split('\n').filter(line => line !== '' && !line.startsWith('#')).map(line => {
    const at = line.indexOf('=');
    return { key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
  });
  expect(read).toEqual(lines);
});

test.each([
  ['-net.core.somaxconn', '1'],
  ['net/core/somaxconn', '1'],
  ['somaxconn', '1'],
  ['net.core.somaxconn = 1\nkernel.panic', '1'],
  ['net.core.somaxconn', '1\nkernel.panic = 0'],
  ['net.core.somaxconn', ''],
  ['net.core.somaxconn', ' 1'],
  ['net.core.somaxconn', 1 as unknown as string],
])('%j = %j is refused', (key, value) => {
  expect(sysctlProblem('extraSysctls', key, value)).toContain('extraSysctls');
  expect(() => sysctlConf([{ key, value }])).toThrow(TypeError);
});

test('a setting that stands twice, or a comment that opens a line, is refused', () => {
  expect(() => sysctlConf([{ key: 'a.b', value: '1' }, { key: 'a.b', value: '2' }])).toThrow("'a.b' is set twice");
  expect(() => sysctlConf([{ key: 'a.b', value: '1', comment: 'x\nkernel.panic = 0' }])).toThrow(/one line/);
  expect(() => sysctlConf([], ['x\ny'])).toThrow(/one line/);
});

test('modules, one per line', () => {
  expect(modulesLoad(['overlay', 'br_netfilter', 'overlay'])).toBe('br_netfilter\noverlay\n');
  expect(() => modulesLoad(['a\nb'])).toThrow(TypeError);
  expect(() => modulesLoad([''])).toThrow(TypeError);
});
