import { ConfigurationFieldRow, ConfigurationFieldTable, FieldKind } from './configuration-field-row';
import { KUBELET_CONFIGURATION_FIELDS } from './kubelet-configuration-field-table';
import { nearestName } from './nearest-name';
import { compareVersions, inRange } from './version-range';

export type { FieldKind };

/** Path without the positions in lists: `reservedMemory[0].numaNode` and `reservedMemory.0.numaNode` are `reservedMemory.numaNode`. */
function withoutPositions(path: string): string {
  return path.replace(/\[\d*\]/g, '').replace(/\.\d+(?=\.|$)/g, '');
}

/** Row of a path; a path below a map belongs to the map, whose keys are free. */
function rowOf(path: string): ConfigurationFieldRow | undefined {
  const table: ConfigurationFieldTable = KUBELET_CONFIGURATION_FIELDS;
  if (Object.hasOwn(table, path)) {
    return table[path];
  }
  for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
    const parent = path.slice(0, end);
    if (Object.hasOwn(table, parent)) {
      return table[parent].kind === 'map' ? table[parent] : undefined;
    }
  }
  return undefined;
}

/** What a field of KubeletConfiguration holds; undefined where the release does not know it. */
export function kubeletFieldKind(path: string, release: string): FieldKind | undefined {
  const row = rowOf(withoutPositions(path));
  return row !== undefined && inRange(release, row) ? row.kind : undefined;
}

/**
 * Why a kubelet of a release would not read a field of KubeletConfiguration, in one sentence; undefined when it does.
 *
 * The kubelet only logs fields it does not know and starts without them, so this check is the only one there is.
 */
export function kubeletFieldProblem(path: string, release: string): string | undefined {
  const plain = withoutPositions(path);
  const row = rowOf(plain);
  if (row === undefined) {
    const table: ConfigurationFieldTable = KUBELET_CONFIGURATION_FIELDS;
    const nearest = nearestName(plain, Object.keys(table).filter((known) => inRange(release, table[known])));
    return `'${path}' is unknown to KubeletConfiguration of Kubernetes ${release}${nearest === undefined ? '' : `; did you mean '${nearest}'`}`;
  }
  if (inRange(release, row)) {
    return undefined;
  }
  if (row.added !== undefined && compareVersions(release, row.added) < 0) {
    return `'${path}' was added to KubeletConfiguration in Kubernetes ${row.added}, the kubelets run ${release}; leave it out or use a newer release`;
  }
  return `'${path}' was removed from KubeletConfiguration in Kubernetes ${row.removed}, the kubelets run ${release}; leave it out`;
}
