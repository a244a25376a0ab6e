import { systemdCommand, systemdEnvironment, systemdUnit } from '../../src/formats/systemd-unit';

test('sections, settings in their order, blank line between sections', () => {
  expect(systemdUnit([
    { name: 'Unit', settings: [['Description', 'node agent'], ['After', 'a.service'], ['After', 'b.service']] },
    { name: 'Service', settings: [['ExecStart', systemdCommand(['/usr/bin/agent', '--name=a b', '--price=$5', '--share=50%'])], ['RestartSec', 10], ['TTYReset', false]] },
  ], ['made by a machine'])).toBe(`# made by a machine
[Unit]
Description=node agent
After=a.service
After=b.service

[Service]
ExecStart=/usr/bin/agent "--name=a b" --price=$$5 --share=50%%
RestartSec=10
TTYReset=no
`);
});

test.each([
  // Oracle: systemd.syntax(7) and systemd.service(5), command lines
  [['/bin/x', ''], '/bin/x ""'],
  [['/bin/x', 'a"b'], '/bin/x "a\\"b"'],
  [['/bin/x', 'a\\b'], '/bin/x "a\\\\b"'],
  [['/bin/x', 'a;b'], '/bin/x "a;b"'],
  [['/bin/x', '--labels=a=b,c=d'], '/bin/x --labels=a=b,c=d'],
])('command %j', (words, text) => {
  expect(systemdCommand(words)).toBe(text);
});

test.each([
  [() => systemdUnit([{ name: 'Service', settings: [['ExecStart', '/bin/x\nExecStartPre=/bin/evil']] }]), /one line/],
  [() => systemdUnit([{ name: 'Service', settings: [['Environment', 'a\\']] }]), /backslash/],
  [() => systemdUnit([{ name: 'Service]\n[X', settings: [] }]), /section must be a word/],
  [() => systemdUnit([{ name: 'Service', settings: [['A=b\nC', 1]] }]), /setting must be a word/],
  [() => systemdUnit([], ['x\n[Service]']), /one line/],
  [() => systemdUnit([], ['x\\']), /backslash/],
  [() => systemdCommand(['/bin/x', 'a\nb']), /one line/],
  [() => systemdCommand(['bin/x']), /absolute path/],
  [() => systemdCommand(['/bin/$X']), /absolute path/],
  [() => systemdCommand([]), /absolute path/],
])('what would open a line or another setting is refused (%#)', (write, message) => {
  expect(write).toThrow(message);
});

// systemd.exec(5), EnvironmentFile: in double quotes a backslash escapes ", \\, ` and $; variables and specifiers are not replaced.
test.each([
  ['a=https://1.2.3.4:2380,b=https://[2001:db8::1]:2380', 'X=a=https://1.2.3.4:2380,b=https://[2001:db8::1]:2380\n'],
  ['two words', 'X="two words"\n'],
  ['{"a":"$b`\\"}', 'X="{\\"a\\":\\"\\$b\\`\\\\\\"}"\n'],
  ['', 'X=\n'],
])('an environment file: %s', (value, text) => { expect(systemdEnvironment([['X', value]])).toBe(text); });

test.each([
  [() => systemdEnvironment([['X', 'a\nY=b']]), /one line/],
  [() => systemdEnvironment([['X=1\nY', 'b']]), /variable must be upper case/],
  [() => systemdEnvironment([], ['x\nY=b']), /one line/],
])('what would open another variable is refused (%#)', (write, message) => { expect(write).toThrow(message); });
