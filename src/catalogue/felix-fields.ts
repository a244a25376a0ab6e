import { ConfigurationFieldTable } from './configuration-field-row';
import { FELIX_FIELDS } from './felix-field-table';
import { nearestName } from './nearest-name';
import { compareVersions, inRange } from './version-range';

const FIELDS: ConfigurationFieldTable = FELIX_FIELDS;

/** Why a Calico version would refuse a field of FelixConfiguration, in one sentence; undefined when it knows it. */
export function felixFieldProblem(path: string, calico: string): string | undefined {
  const row = Object.hasOwn(FIELDS, path) ? FIELDS[path] : undefined;
  if (row === undefined) {
    const nearest = nearestName(path, Object.keys(FIELDS).filter((known) => inRange(calico, FIELDS[known])));
    return `'${path}' is unknown to FelixConfiguration of Calico ${calico}${nearest === undefined ? '' : `; did you mean '${nearest}'`}`;
  }
  if (row.absentIn?.some((version) => compareVersions(version, calico) === 0)) {
    return `'${path}' is unknown to FelixConfiguration of Calico ${calico}; use another patch release of that minor`;
  }
  if (inRange(calico, row)) {
    return undefined;
  }
  if (row.added !== undefined && compareVersions(calico, row.added) < 0) {
    return `'${path}' was added to FelixConfiguration in Calico ${row.added}, got version ${calico}; leave it out or use a newer version`;
  }
  return `'${path}' was removed from FelixConfiguration in Calico ${row.removed}, got version ${calico}; leave it out`;
}
