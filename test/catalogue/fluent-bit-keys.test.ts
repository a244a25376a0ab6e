import { upstreamFixture, upstreamVersions } from './upstream-fixture';
import {
  FLUENT_BIT_COMMON_KEYS, FLUENT_BIT_PARSER_KEYS, FLUENT_BIT_PLUGIN_KEYS, FLUENT_BIT_SERVICE_KEYS, fluentBitPluginKeyProblem, fluentBitServiceKeyProblem,
  FluentBitKeyTable,
} from '../../src/catalogue/fluent-bit-keys';
import { inRange } from '../../src/catalogue/version-range';
import { componentVersions } from '../../src/cluster/component-versions';
import { KubernetesRelease } from '../../src/cluster/kubernetes-release';

const TABLES: { [section: string]: FluentBitKeyTable } = {
  service: FLUENT_BIT_SERVICE_KEYS,
  parser: FLUENT_BIT_PARSER_KEYS,
  ...FLUENT_BIT_COMMON_KEYS,
  ...Object.fromEntries(Object.entries(FLUENT_BIT_PLUGIN_KEYS).flatMap(([kind, plugins]) =>
    Object.entries(plugins).map(([plugin, table]) => [`${kind}/${plugin}`, table]))),
};

// Oracle: names extracted from Fluent Bit's source, first release of each minor and the one we install.
describe.each(upstreamVersions('fluent-bit'))('Fluent Bit %s', version => {
  test('the table has exactly the sections of the fixture', () => {
    expect(Object.keys(TABLES).sort()).toEqual(Object.keys(upstreamFixture(version, 'fluent-bit')).sort());
  });

  test.each(Object.keys(TABLES))('%s: the table has exactly the keys of the source', section => {
    const ours = Object.keys(TABLES[section]).filter(key => inRange(version, TABLES[section][key])).sort();
    const theirs = upstreamFixture(version, 'fluent-bit')[section].filter(key => !(version === '1.8.0' && section === 'input/systemd' && key === 'db.sync'));
    expect(ours).toEqual(theirs);
  });
});

test('the version that we install has a fixture', () => {
  expect(upstreamVersions('fluent-bit')).toContain(componentVersions(KubernetesRelease.newest()).fluentBit);
});

describe('an unknown key', () => {
  test('is named with its plugin, and with the nearest known one', () => {
    expect(fluentBitPluginKeyProblem('input', 'tail', '5.1.1', 'skip_long_line'))
      .toBe('input \'tail\': \'skip_long_line\' is unknown to Fluent Bit 5.1.1; did you mean \'skip_long_lines\'');
  });

  test('of a newer version says which', () => {
    expect(fluentBitPluginKeyProblem('filter', 'kubernetes', '2.2.0', 'namespace_labels'))
      .toBe('filter \'kubernetes\': \'namespace_labels\' was added in Fluent Bit 3.0, the cluster runs 2.2.0; leave it out or use a newer release');
  });

  test('case does not matter, keys of other kinds do', () => {
    expect(fluentBitServiceKeyProblem('5.1.1', 'HTTP_Server')).toBeUndefined();
    expect(fluentBitPluginKeyProblem('filter', 'kubernetes', '5.1.1', 'storage.type')).toContain('is unknown');
    expect(fluentBitPluginKeyProblem('output', 'es', '5.1.1', '__proto__')).toContain('is unknown');
  });

  test('a plugin that the catalogue does not have is refused', () => {
    expect(fluentBitPluginKeyProblem('output', 'stdout', '5.1.1', 'match')).toBe('output \'stdout\' is not in the catalogue; it has es');
  });
});
