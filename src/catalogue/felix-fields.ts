import { ConfigurationFieldTable } from './configuration-field-row';
import { FELIX_FIELDS } from './felix-field-table';
import { FelixValueTable } from './felix-value-row';
import { FELIX_VALUES } from './felix-value-table';
import { nearestName } from './nearest-name';
import { compareVersions, inRange } from './version-range';
import { quoted } from '../input/text-safety';

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

const VALUES: FelixValueTable = FELIX_VALUES;

/** What a version takes for a field; undefined where it is no enumeration. */
export function felixValues(field: string, calico: string): { readonly values: readonly string[]; readonly byDefault: string } | undefined {
  return Object.hasOwn(VALUES, field) ? VALUES[field].filter(step => compareVersions(step.from, calico) <= 0).at(-1) : undefined;
}

/** Why a Calico version would refuse a value, in one sentence; undefined where it takes it or the field is no enumeration. Felix does not look at capitals. */
export function felixValueProblem(field: string, value: unknown, calico: string): string | undefined {
  const known = felixValues(field, calico);
  if (known === undefined || known.values.some(one => one.toLowerCase() === String(value).toLowerCase())) { return undefined; }
  return `'${field}' of Calico ${calico} must be one of ${known.values.join(', ')}, got ${quoted(value)}`;
}
