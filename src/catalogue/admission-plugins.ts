import { AdmissionPluginTable } from './admission-plugin-row';
import { ADMISSION_PLUGINS } from './admission-plugin-table';
import { nearestName } from './nearest-name';
import { compareVersions, inRange } from './version-range';

const PLUGINS: AdmissionPluginTable = ADMISSION_PLUGINS;

/** Whether a release runs a plugin without being told to. */
export function admissionPluginOnByDefault(plugin: string, release: string): boolean {
  const row = Object.hasOwn(PLUGINS, plugin) ? PLUGINS[plugin] : undefined;
  return row?.defaultOn !== undefined && inRange(release, row) && inRange(release, row.defaultOn);
}

/** Why kube-apiserver of a release would not start with a plugin named, in one sentence; undefined when it would. */
export function admissionPluginProblem(plugin: string, release: string): string | undefined {
  const row = Object.hasOwn(PLUGINS, plugin) ? PLUGINS[plugin] : undefined;
  if (row === undefined) {
    const nearest = nearestName(plugin, Object.keys(PLUGINS).filter((known) => inRange(release, PLUGINS[known])));
    return `admission plugin '${plugin}' is unknown to kube-apiserver ${release}${nearest === undefined ? '' : `; did you mean '${nearest}'`}`;
  }
  if (inRange(release, row)) {
    return undefined;
  }
  if (row.added !== undefined && compareVersions(release, row.added) < 0) {
    return `admission plugin '${plugin}' was added in Kubernetes ${row.added}, the cluster runs ${release}; leave it out or use a newer release`;
  }
  return `admission plugin '${plugin}' was removed in Kubernetes ${row.removed}, the cluster runs ${release}; leave it out`;
}
