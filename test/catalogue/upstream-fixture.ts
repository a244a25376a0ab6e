import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

const FOLDER = join(__dirname, '../fixtures/upstream');

/** Origin of a fixture: its tag, the day of the tag, the day of extraction. */
export interface FixtureSource {
  readonly upstream: string;
  readonly tag: string;
  readonly tagged: string;
  readonly extracted: string;
}

function read(version: string, component?: string) {
  return JSON.parse(readFileSync(join(FOLDER, component === undefined ? `${version}/catalogue.json` : `${component}/${version}.json`), 'utf8'));
}

/** What the extraction scripts found in one upstream version, by subject; of Kubernetes unless a component is named. */
export function upstreamFixture(version: string, component?: string): { readonly [subject: string]: readonly string[] } {
  const { source: _, ...lists } = read(version, component);
  return lists;
}

export function fixtureSource(version: string, component?: string): FixtureSource {
  return read(version, component).source;
}

/** Components with fixtures of their own. */
export const COMPONENTS = ['calico', 'cluster-autoscaler', 'coredns', 'etcd', 'fluent-bit', 'kube-proxy', 'node-cache', 'prometheus', 'thanos'] as const;

/** Versions with a fixture: of Kubernetes, or of a component by its name. */
export function upstreamVersions(component?: string): string[] {
  return readdirSync(component === undefined ? FOLDER : join(FOLDER, component)).map((name) => name.replace(/\.json$/, '')).filter((name) => /^[\d.]+$/.test(name));
}
