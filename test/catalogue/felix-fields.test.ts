import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import { ConfigurationFieldTable } from '../../src/catalogue/configuration-field-row';
import { FELIX_FIELDS } from '../../src/catalogue/felix-field-table';
import { felixFieldProblem, felixValueProblem, felixValues } from '../../src/catalogue/felix-fields';

const FIELDS: ConfigurationFieldTable = FELIX_FIELDS;

test('every Calico minor from 3.22 to 3.32 has a fixture', () => {
  expect([...new Set(upstreamVersions('calico').map((version) => version.replace(/\.\d+$/, '')))].sort())
    .toEqual(Array.from({ length: 11 }, (_, each) => `3.${22 + each}`));
});

// Oracle: felixconfig.go of that version.
test.each(upstreamVersions('calico'))('FelixConfiguration of Calico %s has the fields of the table and no others', (version) => {
  expect(Object.keys(FIELDS).filter((path) => felixFieldProblem(path, version) === undefined).sort())
    .toEqual(upstreamFixture(version, 'calico')['fields.FelixConfiguration']);
});

// Oracle: facts/calico.md sections 2 and 3.
test.each([
  ['bpfMapSizeConntrack', '3.22', false], ['bpfMapSizeConntrack', '3.23', true],
  ['bpfEnforceRPF', '3.23', true],
  ['bpfDSROptoutCIDRs', '3.25', false], ['bpfDSROptoutCIDRs', '3.26', true],
  ['bpfConnectTimeLoadBalancing', '3.26', false], ['bpfConnectTimeLoadBalancing', '3.27', true],
  ['goGCThreshold', '3.28', false], ['goGCThreshold', '3.29', true],
  ['bpfMapSizeConntrackScaling', '3.30', true],
  ['bpfKubeProxyHealthzPort', '3.31', true],
  ['cgroupV2Path', '3.31', true],
  ['bpfKubeProxyEndpointSlicesEnabled', '3.31', true], ['bpfKubeProxyEndpointSlicesEnabled', '3.32', false],
  ['iptablesLockFilePath', '3.32', false],
  ['iptablesLockTimeout', '3.32', false],
  ['wireguardEnabled', '3.22', true],
])('%s in %s: %s', (path, version, known) => {
  expect(felixFieldProblem(path, version) === undefined).toBe(known);
});

test.each([
  ['iptablesLockTimeout', '3.32.1', "'iptablesLockTimeout' was removed from FelixConfiguration in Calico 3.32, got version 3.32.1; leave it out"],
  ['bpfEnable', '3.32', "'bpfEnable' is unknown to FelixConfiguration of Calico 3.32; did you mean 'bpfEnabled'"],
  ['wireguardThreadingEnabled', '3.29.0',
    "'wireguardThreadingEnabled' is unknown to FelixConfiguration of Calico 3.29.0; use another patch release of that minor"],
  ['wireguardThreadingEnabled', '3.29.1', undefined],
  ['__proto__', '3.32', "'__proto__' is unknown to FelixConfiguration of Calico 3.32"],
])('%s on %s', (path, version, message) => {
  expect(felixFieldProblem(path, version)).toBe(message);
});

describe('values of enumerations', () => {
  const parameters = upstreamFixture('felix-parameters', 'calico') as unknown as { [version: string]: { parameters: { [name: string]: string } } };
  const enumerations = Object.entries(parameters).flatMap(([version, list]) => Object.entries(list.parameters).filter(([, tag]) => tag.startsWith('oneof(')).map(([name, tag]) => [version, name, tag] as const));
  const fieldOf = (name: string) => Object.keys(FIELDS).find(field => field.toLowerCase() === name.toLowerCase());

  // Oracle: tags in felix/config/config_params.go of that version.
  test.each(enumerations.filter(([version, name]) => fieldOf(name) !== undefined && felixFieldProblem(fieldOf(name)!, version) === undefined))('Calico %s: %s is %s', (version, name, tag) => {
    const [, values, byDefault] = /^oneof\(([^)]*)\);([^;]*)/.exec(tag)!;
    expect(felixValues(fieldOf(name)!, version)).toMatchObject({ values: values.split(','), byDefault });
  });

  test.each([
    ['nftablesMode', 'Auto', '3.31.0', "'nftablesMode' of Calico 3.31.0 must be one of Enabled, Disabled, got \"Auto\""],
    ['nftablesMode', 'Auto', '3.32.0', undefined],
    // Felix does not look at capitals.
    ['bpfExternalServiceMode', 'DSR', '3.22.0', undefined],
    ['bpfEnforceRPF', 'Loose', '3.24.0', "'bpfEnforceRPF' of Calico 3.24.0 must be one of Disabled, Strict, got \"Loose\""],
    ['healthPort', 9099, '3.32.0', undefined],
  ])('%s %s in %s', (field, value, version, problem) => {
    expect(felixValueProblem(field, value, version)).toBe(problem);
  });
});
