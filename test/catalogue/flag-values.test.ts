import { flagKindProblem, flagValueProblem } from '../../src/catalogue/flag-values';

test.each([
  // flag, value, part of the message; the first two are exact refusals of kube-apiserver 1.36.2
  ['feature-gates', 'RemoveSelfLink=false', "feature gate 'RemoveSelfLink'"],
  ['watch-cache-sizes', 'secrets=1000,configmaps=1000', "entries are resource[.group]#size, got 'secrets=1000'"],
  ['enable-admission-plugins', 'NodeRestriction,PodSecurityPolicy', "admission plugin 'PodSecurityPolicy' was removed in Kubernetes 1.25"],
  ['feature-gates', 'Nope', "entries are Name=true or Name=false, got 'Nope'"],
  ['authorization-mode', 'Node,AlwaysAllow', 'use Node,RBAC'],
])('--%s=%s is refused', (flag, value, message) => {
  expect(flagValueProblem('kube-apiserver', '1.37', flag, value)).toContain(message);
});

test.each([
  ['kube-apiserver', 'watch-cache-sizes', 'events#0'],
  ['kube-apiserver', 'watch-cache-sizes', 'deployments.apps#100'],
  ['kube-apiserver', 'enable-admission-plugins', 'AlwaysPullImages'],
  ['kube-apiserver', 'authorization-mode', 'Node,RBAC,Webhook'],
  ['kube-apiserver', 'request-timeout', 'anything: not a list we know'],
  // etcd has gates of its own.
  ['etcd', 'feature-gates', 'InitialCorruptCheck=true'],
])('%s accepts --%s=%s', (component, flag, value) => {
  expect(flagValueProblem(component, '1.37', flag, value)).toBeUndefined();
});

test.each([
  ['integer', '30', undefined], ['integer', 'ten', "'x' must be a whole number such as 30, got 'ten'"], ['boolean', 'maybe', "'x' must be true or false, got 'maybe'"],
  ['duration', '1h30m0s', undefined], ['duration', '5 minutes', "'x' must be a duration such as 30m or 1h0m0s, got '5 minutes'"], ['duration', '0', undefined],
  ['float', '0.001', undefined], ['float', '1e', "'x' must be a number such as 0.001, got '1e'"], ['list', 'anything,goes', undefined],
] as const)('a flag of kind %s takes %s: %s', (kind, value, message) => {
  // Oracle: Go's strconv and time.ParseDuration, which the flag packages call.
  expect(flagKindProblem('x', kind, value)).toBe(message);
});
