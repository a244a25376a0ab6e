import { parse } from 'yaml';
import { fluentBitConfig, FluentBitPipeline, knownSettings } from '../../src/formats/fluent-bit-config';

const PIPELINE: FluentBitPipeline = {
  service: { 'flush': 1, 'http_server': true, 'http_listen': { env: 'NODE_IP' }, 'storage.path': '/var/lib/fluent-bit/buffer', 'hc_period': undefined },
  parsers: [{ name: 'json-lines', settings: { format: 'json' } }],
  inputs: [
    { name: 'tail', settings: { 'tag': 'kube.*', 'path': '/var/log/containers/*.log', 'multiline.parser': 'cri', 'db.locking': true } },
    { name: 'systemd', settings: { tag: 'host.*', systemd_filter: ['_SYSTEMD_UNIT=kubelet.service', '_SYSTEMD_UNIT=containerd.service'] } },
  ],
  filters: [{ name: 'record_modifier', settings: { match: '*', record: ['cluster shop', { text: ['node ', { env: 'NODE_NAME' }] }] } }],
  outputs: [{ name: 'es', settings: { match: '*', host: 'logs.example.com', http_passwd: { env: 'ES_PASSWORD' }, trace_error: false } }],
};

/** One section with its key-value lines. */
type Section = [name: string, lines: Array<[key: string, value: string]>];

/**
 * The classic form as Fluent Bit reads it: '#' and '@' count at the beginning of a line, '[' there opens a section, every other line is
 * indented, its key ends at the first space, the rest is the value without spaces around it.
 */
function parseClassic(text: string): Section[] {
  const sections: Section[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) { continue; }
    if (line.startsWith('@')) { throw new Error(`directive: ${line}`); }
    if (line.startsWith('[')) { sections.push([line.slice(1, line.indexOf(']')), []]); continue; }
    const indented = line.slice(4);
    if (indented.startsWith('[')) { throw new Error(`group: ${line}`); }
    const end = indented.indexOf(' ');
    sections.at(-1)![1].push([indented.slice(0, end).toLowerCase(), indented.slice(end + 1).trim()]);
  }
  return sections;
}

/** The YAML form as the same sections: a list sets its key several times, the name is one more key. */
function sectionsOfYaml(text: string): Section[] {
  const document = parse(text, { version: '1.1' }) as { service: object; parsers?: object[]; pipeline: { inputs: object[]; filters: object[]; outputs: object[] } };
  const lines = (settings: object) => Object.entries(settings).flatMap(([key, value]): Array<[string, string]> =>
    [value].flat().map((item: unknown) => [key, item === true ? 'on' : item === false ? 'off' : String(item)]));
  return [
    ['SERVICE', lines(document.service)],
    ...document.pipeline.inputs.map((item): Section => ['INPUT', lines(item)]),
    ...document.pipeline.filters.map((item): Section => ['FILTER', lines(item)]),
    ...document.pipeline.outputs.map((item): Section => ['OUTPUT', lines(item)]),
    ...(document.parsers ?? []).map((item): Section => ['PARSER', lines(item)]),
  ];
}

test('from 3.2 on the form is YAML, exactly', () => {
  expect(fluentBitConfig(PIPELINE, '5.1.1')).toEqual({
    main: 'fluent-bit.yaml',
    files: {
      'fluent-bit.yaml': `service:
  flush: 1
  http_server: true
  http_listen: \${NODE_IP}
  storage.path: /var/lib/fluent-bit/buffer
parsers:
  - name: json-lines
    format: json
pipeline:
  inputs:
    - name: tail
      tag: kube.*
      path: /var/log/containers/*.log
      multiline.parser: cri
      db.locking: true
    - name: systemd
      tag: host.*
      systemd_filter:
        - _SYSTEMD_UNIT=kubelet.service
        - _SYSTEMD_UNIT=containerd.service
  filters:
    - name: record_modifier
      match: "*"
      record:
        - cluster shop
        - node \${NODE_NAME}
  outputs:
    - name: es
      match: "*"
      host: logs.example.com
      http_passwd: \${ES_PASSWORD}
      trace_error: false
`,
    },
  });
});

test('below 3.2 it is classic with the parsers in a file of their own, exactly', () => {
  expect(fluentBitConfig(PIPELINE, '3.1.10')).toEqual({
    main: 'fluent-bit.conf',
    files: {
      'parsers-of-cluster.conf': '[PARSER]\n    Name   json-lines\n    format json\n',
      'fluent-bit.conf': `[SERVICE]
    flush        1
    http_server  on
    http_listen  \${NODE_IP}
    storage.path /var/lib/fluent-bit/buffer
    parsers_file parsers-of-cluster.conf

[INPUT]
    Name             tail
    tag              kube.*
    path             /var/log/containers/*.log
    multiline.parser cri
    db.locking       on

[INPUT]
    Name           systemd
    tag            host.*
    systemd_filter _SYSTEMD_UNIT=kubelet.service
    systemd_filter _SYSTEMD_UNIT=containerd.service

[FILTER]
    Name   record_modifier
    match  *
    record cluster shop
    record node \${NODE_NAME}

[OUTPUT]
    Name        es
    match       *
    host        logs.example.com
    http_passwd \${ES_PASSWORD}
    trace_error off
`,
    },
  });
});

test('both forms carry the same pipeline', () => {
  const yaml = sectionsOfYaml(fluentBitConfig(PIPELINE, '3.2.0').files['fluent-bit.yaml']);
  const { files } = fluentBitConfig(PIPELINE, '3.1.0');
  const classic = [...parseClassic(files['fluent-bit.conf']), ...parseClassic(files['parsers-of-cluster.conf'])]
    .map(([name, lines]): Section => [name, lines.filter(([key]) => key !== 'parsers_file')]);
  expect(classic).toEqual(yaml);
});

const withHost = (host: string): FluentBitPipeline => ({ ...PIPELINE, outputs: [{ name: 'es', settings: { match: '*', host } }] });

describe.each(['5.1.1', '3.1.0'])('refused by the form of %s', version => {
  test.each([
    ['a line break that opens a section', 'logs\n[OUTPUT]\n    Name exec'],
    ['a carriage return', 'logs\r[OUTPUT]'],
    ['a Unicode line separator', 'logs\u2028[OUTPUT]'],
    ['a NUL', 'logs\u0000'],
    ['a variable that would carry a password into a host name', '${ES_PASSWORD}.evil.example'],
    ['a section header as value', '[OUTPUT]'],
    ['an include', '@INCLUDE /etc/passwd'],
    ['a comment', '# nothing'],
    ['nothing at all', ''],
    ['spaces that the classic form trims', ' logs '],
  ])('%s', (_, host) => {
    expect(() => fluentBitConfig(withHost(host), version)).toThrow(/fluent-bit value of 'host' must/);
  });

  test('a name that is not one', () => {
    expect(() => fluentBitConfig({ ...PIPELINE, parsers: [{ name: 'x\n[OUTPUT]', settings: { format: 'json' } }] }, version)).toThrow(/fluent-bit name must be/);
  });

  test('a variable name that is not one', () => {
    expect(() => fluentBitConfig({ ...PIPELINE, service: { http_listen: { env: 'A}\n[OUTPUT' } } }, version)).toThrow(/environment variable must be/);
  });

  test('NaN', () => {
    expect(() => fluentBitConfig({ ...PIPELINE, service: { flush: NaN } }, version)).toThrow('fluent-bit value of \'flush\' must be a number, got NaN');
  });

  test('a key that would be a section in the classic form is unknown to start with', () => {
    expect(() => fluentBitConfig({ ...PIPELINE, service: { '[OUTPUT]': 1 } }, version)).toThrow(/service: '\[OUTPUT\]' is unknown/);
  });
});

test('every unknown key is named at once', () => {
  const broken: FluentBitPipeline = {
    ...PIPELINE, service: { flus: 1 }, outputs: [{ name: 'es', settings: { 'storage.total_limit': 1 } }], filters: [{ name: 'lua', settings: { match: '*' } }],
  };
  expect(() => fluentBitConfig(broken, '5.1.1')).toThrow(new RegExp([
    'service: \'flus\' is unknown to Fluent Bit 5.1.1; did you mean \'flush\'',
    'filter \'lua\' is not in the catalogue',
    'output \'es\': \'storage.total_limit\' is unknown to Fluent Bit 5.1.1; did you mean \'storage.total_limit_size\'',
  ].join('.*')));
});

test('values of our own that a version does not know are left out', () => {
  const settings = { 'tls.verify_hostname': true, 'suppress_type_name': true };
  expect(knownSettings('output', 'es', '3.0.0', settings)).toEqual({ suppress_type_name: true });
  expect(knownSettings('output', 'es', '3.1.0', settings)).toEqual(settings);
});
