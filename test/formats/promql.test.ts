import { metaLabelName, promDuration, promDurationProblem, promqlNames, promqlString, regexLiteral } from '../../src/formats/promql';

test.each([
  ['plain', '"plain"'],
  ['say "x"', '"say \\"x\\""'],
  ['back\\slash', '"back\\\\slash"'],
  ['two\nlines', '"two\\nlines"'],
  ['"} or up{job="x', '"\\"} or up{job=\\"x"'],
])('%j is the string literal %s', (text, expected) => {
  expect(promqlString(text)).toBe(expected);
});

test.each(['kube-dns', 'a.b', '.*', 'a|b', '(x)', 'x$', '^x', 'a+b?', 'c:\\d', '[a-z]{2}'])('the regular expression of %j matches it and nothing else', text => {
  const pattern = new RegExp(`^(?:${regexLiteral(text)})$`);
  expect(pattern.test(text)).toBe(true);
  for (const other of ['', 'x', `${text}x`, `x${text}`, 'aXb', 'anything']) { expect(pattern.test(other)).toBe(other === text); }
});

test.each([
  // Source: strutil.SanitizeLabelName of prometheus/prometheus
  ['app.kubernetes.io/name', 'app_kubernetes_io_name'],
  ['thousand-node.io/pool', 'thousand_node_io_pool'],
  ['k8s-app', 'k8s_app'],
])('label %s is discovered as %s', (key, expected) => {
  expect(metaLabelName(key)).toBe(expected);
});

test('names of an expression hold its metrics and nothing from inside of strings', () => {
  const names = promqlNames('sum by (job) (rate(apiserver_request_sli_duration_seconds_bucket{job="etcd_disk",x!~\'up\'}[5m])) > on (job) node:count:sum or {__name__="up2"}');
  expect(names).toEqual(expect.arrayContaining(['apiserver_request_sli_duration_seconds_bucket', 'node:count:sum', 'up2']));
  expect(names).not.toContain('etcd_disk');
  expect(names).not.toContain('up');
});

test.each([[30, '30s'], [60, '1m'], [90, '90s'], [3600, '1h'], [86_400, '1d'], [0, '0s'], [30 * 86_400, '30d'], [6 * 3600, '6h']])('%i seconds are written %s', (seconds, expected) => {
  expect(promDuration(seconds)).toBe(expected);
});

test('durations are refused unless Prometheus reads them', () => {
  for (const good of ['10m', '1h30m', '0', '0s', '1d', '500ms']) { expect(promDurationProblem('holdsFor', good)).toBeUndefined(); }
  for (const bad of ['', '10', '10 m', '1.5h', '10m\nexpr: x', '-5m', 'm']) {
    expect(promDurationProblem('holdsFor', bad)).toContain('holdsFor must be a duration such as 10m');
  }
});
