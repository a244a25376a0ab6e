import * as fs from 'node:fs';
import * as path from 'node:path';
import { facts, forms } from './descriptions';
import { KubernetesRelease } from '../../../src';
import { poolAddresses } from '../../../src/capacity/calico-capacity';
import { conntrackMapSize, ifStateMapSize, ipSetMapSize, natAffinityMapSize, natBackendMapSize, natFrontendMapSize, routeMapSize } from '../../../src/capacity/calico-map-capacity';
import { componentVersions } from '../../../src/cluster/component-versions';
import { Check, failed, Outcome, passed } from '../../check';
import { REPOSITORY } from '../../scene';

/** Parameters of Felix by version, as the tags of its source have them: `oneof(tunnel,dsr);tunnel;non-zero`. */
interface Parameters {
  readonly [version: string]: { readonly source: { readonly tag: string }; readonly parameters: { readonly [name: string]: string } };
}

function parameters(): Parameters {
  return JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'test', 'fixtures', 'upstream', 'calico', 'felix-parameters.json'), 'utf8'));
}

/** A release for each Calico version that some release goes with. */
function releases(): Map<string, KubernetesRelease> {
  return new Map(KubernetesRelease.all().map(release => [componentVersions(release).calico, release]));
}

/** What Felix' source says against a field of FelixConfiguration; undefined where it takes it. The API's own words are the parameters' but for capitals. */
function problem(list: Parameters[string]['parameters'], field: string, value: unknown): string | undefined {
  const [, tag] = Object.entries(list).find(([name]) => name.toLowerCase() === field.toLowerCase()) ?? [];
  if (tag === undefined) { return `no parameter ${field}`; }
  const [kind] = tag.split(';');
  const values = /^oneof\((.*)\)$/.exec(kind)?.[1].split(',');
  if (values) { return values.some(one => one.toLowerCase() === String(value).toLowerCase()) ? undefined : `${field}: ${value} is none of ${values.join(', ')}`; }
  const expected = { bool: 'boolean', int: 'number', seconds: 'string' }[/^[a-z]+/.exec(kind)![0] as string];
  if (expected !== undefined && typeof value !== expected) { return `${field}: ${JSON.stringify(value)} is no ${kind}`; }
  if (kind === 'seconds' && !/^\d+(ms|s|m|h)$/.test(String(value))) { return `${field}: ${value} is no duration`; }
  return undefined;
}

export const felixChecks: Check[] = [
  {
    id: 'felix-fields-known-to-each-version',
    drill: '2',
    judge: 'upstream-source',
    component: 'felix',
    run: async () => {
      const found: string[] = [];
      let fields = 0;
      const lists = parameters();
      for (const [version, release] of releases()) {
        const list = lists[version];
        if (!list) { return failed(`no parameters of Calico ${version}; run conformance/catalogue/felix-parameters.ts`); }
        for (const { name, objects } of forms(release)) {
          const felix = objects.find(object => object.kind === 'FelixConfiguration');
          for (const [field, value] of Object.entries(felix.spec)) {
            fields++;
            const wrong = problem(list.parameters, field, value);
            if (wrong) { found.push(`${version}, ${name}: ${wrong}`); }
          }
        }
      }
      return found.length === 0 ? passed('every field, kind and value of an enumeration stands in Felix\' own list', { versions: { value: releases().size, unit: 'versions' }, fields: { value: fields, unit: 'fields' } }) : failed(found.slice(0, 6).join(' | '));
    },
  },
  {
    id: 'felix-defaults-as-the-formulas-have-them',
    drill: '2',
    judge: 'upstream-source',
    component: 'felix',
    run: async () => {
      // So small a cluster that every formula ends at Felix' own default.
      const tiny = facts(10, { podCidr: '10.0.0.0/16', podsPerNode: 1 });
      const plan = { blockSize: 26, tunnelAddress: true };
      const { services, endpoints, pods } = tiny.fleet;
      const ours: { [name: string]: number } = {
        BPFMapSizeRoute: routeMapSize(tiny, poolAddresses(tiny, plan), plan).value,
        BPFMapSizeNATFrontend: natFrontendMapSize(services).value,
        BPFMapSizeNATBackend: natBackendMapSize(endpoints, services).value,
        BPFMapSizeNATAffinity: natAffinityMapSize(services).value,
        BPFMapSizeIPSets: ipSetMapSize(pods).value,
        BPFMapSizeConntrack: conntrackMapSize(1, 1).value,
        BPFMapSizeIfState: ifStateMapSize(10).value,
      };
      const refresh: Array<[string, (version: number) => string]> = [
        // Versions by minor: what the library writes because the default is worse.
        ['IpsetsRefreshInterval', minor => (minor < 29 ? '10' : '90')], ['IptablesRefreshInterval', minor => (minor < 27 ? '90' : '180')],
      ];
      const wrong = Object.entries(parameters()).flatMap(([version, { parameters: list }]) => {
        const byDefault = (name: string) => list[name]?.split(';')[1];
        const minor = Number(version.split('.')[1]);
        return [
          ...Object.entries(ours).filter(([name, value]) => list[name] !== undefined && byDefault(name) !== String(value)).map(([name, value]) => `${version}: ${name} is ${byDefault(name)}, the formula ends at ${value}`),
          ...refresh.filter(([name, expected]) => byDefault(name) !== expected(minor)).map(([name, expected]) => `${version}: ${name} is ${byDefault(name)} s, not ${expected(minor)} s`),
        ];
      });
      return wrong.length === 0 ? passed('sizes of seven maps and two intervals, in every version') : failed(wrong.join(' | '));
    },
  },
];

export const felixNegatives: Check[] = [
  ...([
    ['felix-field-of-a-later-version-noticed', '3.31.0', 'bpfMaglevMaxServices', 100, /no parameter bpfMaglevMaxServices/],
    ['felix-value-of-a-later-version-noticed', '3.31.0', 'nftablesMode', 'Auto', /Auto is none of Enabled, Disabled/],
    ['felix-number-as-text-noticed', '3.32.0', 'bpfMapSizeRoute', '262144', /"262144" is no int/],
  ] as Array<[string, string, string, unknown, RegExp]>).map(([id, version, field, value, reason]): Check => ({
    id,
    drill: 'N2',
    judge: 'upstream-source',
    component: 'felix',
    run: async (): Promise<Outcome> => {
      const wrong = problem(parameters()[version].parameters, field, value);
      const newer = problem(parameters()['3.32.0'].parameters, field, version === '3.32.0' ? Number(value) : value);
      if (newer !== undefined) { return failed(`3.32.0 refuses it too: ${newer}`); }
      return wrong !== undefined && reason.test(wrong) ? passed(`${version}: ${wrong}`) : failed(`${version} says ${wrong ?? 'nothing'}`);
    },
  })),
];
