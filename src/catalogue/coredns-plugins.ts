import { COREDNS_PLUGINS } from './coredns-plugin-table';
import { CorefilePluginTable } from './corefile-plugin-row';
import { nearestName } from './nearest-name';
import { compareVersions, inRange, VersionRange } from './version-range';

const PLUGINS: CorefilePluginTable = COREDNS_PLUGINS;

/** Position of a plugin in the order in which CoreDNS runs them; the order of lines in a Corefile does not matter to it. */
export function corefilePluginOrder(plugin: string): number {
  return Object.keys(PLUGINS).indexOf(plugin);
}

/** Whether a CoreDNS version has a plugin and, when one is named, accepts an option in its block. */
export function corefileAccepts(version: string, plugin: string, option?: string): boolean {
  return corefileProblem(version, plugin, option) === undefined;
}

/**
 * Why a CoreDNS version would refuse a plugin or an option of its block, in one sentence; undefined when it accepts it.
 *
 * A Corefile with an unknown word is a crash loop of every replica at once.
 */
export function corefileProblem(version: string, plugin: string, option?: string): string | undefined {
  const row = Object.hasOwn(PLUGINS, plugin) ? PLUGINS[plugin] : undefined;
  const missing = problem(`plugin '${plugin}'`, row, version, plugin, PLUGINS);
  if (missing !== undefined || option === undefined) {
    return missing;
  }
  const range = Object.hasOwn(row!.options, option) ? row!.options[option] : undefined;
  return problem(`option '${option}' of plugin '${plugin}'`, range, version, option, row!.options);
}

function problem(subject: string, range: VersionRange | undefined, version: string, name: string,
  known: { readonly [name: string]: VersionRange }): string | undefined {
  if (range === undefined) {
    const nearest = nearestName(name, Object.keys(known).filter((each) => inRange(version, known[each])));
    return `${subject} is unknown to CoreDNS ${version}${nearest === undefined ? '' : `; did you mean '${nearest}'`}`;
  }
  if (inRange(version, range)) {
    return undefined;
  }
  if (range.added !== undefined && compareVersions(version, range.added) < 0) {
    return `${subject} was added in CoreDNS ${range.added}, got version ${version}; leave it out or use a newer version`;
  }
  return `${subject} was removed in CoreDNS ${range.removed}, got version ${version}; leave it out`;
}
