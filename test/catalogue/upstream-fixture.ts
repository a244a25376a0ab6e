import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

const FOLDER = join(__dirname, 'upstream');

/** What the extraction scripts found in one upstream version, by subject. */
export function upstreamFixture(version: string): { readonly [subject: string]: readonly string[] } {
  return JSON.parse(readFileSync(join(FOLDER, `${version}.json`), 'utf8'));
}

/** Versions with a fixture: of Kubernetes without a prefix, of another component by its name. */
export function upstreamVersions(component?: string): string[] {
  const prefix = component === undefined ? '' : `${component}-`;
  return readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''))
    .filter((name) => name.startsWith(prefix) && /^[\d.]+$/.test(name.slice(prefix.length)))
    .map((name) => name.slice(prefix.length));
}
