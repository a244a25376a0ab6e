import { systemdCommand, systemdUnit } from '../../src/formats/systemd-unit';

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
