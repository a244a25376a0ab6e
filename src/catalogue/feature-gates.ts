import { GateRow, GateStage, GateTable } from './feature-gate-row';
import { FEATURE_GATES } from './feature-gate-table';
import { nearestName } from './nearest-name';
import { compareVersions, inRange } from './version-range';

function gateRow(name: string): GateRow | undefined {
  const table: GateTable = FEATURE_GATES;
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Default and stage of a gate in a release; undefined where the release does not know it. */
export function gateState(name: string, release: string): { readonly enabled: boolean; readonly stage: GateStage; readonly locked: boolean } | undefined {
  const row = gateRow(name);
  if (row === undefined || !inRange(release, row)) {
    return undefined;
  }
  const [, enabled, stage] = [...row.history].reverse().find(([since]) => compareVersions(release, since) >= 0) ?? row.history[0];
  return { enabled, stage, locked: row.lockedIn !== undefined && compareVersions(release, row.lockedIn) >= 0 };
}

/**
 * Why a release would refuse a feature gate, in one sentence; undefined when it accepts it.
 *
 * An unknown name or a wrong value of a locked gate ends every component at start.
 */
export function gateProblem(name: string, release: string, value: boolean, component?: string): string | undefined {
  const row = gateRow(name);
  if (row === undefined) {
    const known = Object.keys(FEATURE_GATES).filter((gate) => inRange(release, gateRow(gate)!));
    const nearest = nearestName(name, known);
    return `feature gate '${name}' is unknown to Kubernetes ${release}${nearest === undefined ? '' : `; did you mean '${nearest}'`}`;
  }
  if (row.added !== undefined && compareVersions(release, row.added) < 0) {
    return `feature gate '${name}' was added in Kubernetes ${row.added}, the cluster runs ${release}; leave it out or use a newer release`;
  }
  if (!inRange(release, row)) {
    const fixed = row.lockedValue === undefined ? '' : `, the feature is always ${row.lockedValue ? 'on' : 'off'}`;
    return `feature gate '${name}' was removed in Kubernetes ${row.removed}${fixed}, the cluster runs ${release}; leave it out`;
  }
  if (component !== undefined && row.components !== undefined && !row.components.includes(component)) {
    return `feature gate '${name}' is unknown to ${component} ${release}; set it on ${row.components.join(', ')} only`;
  }
  if (row.lockedIn !== undefined && compareVersions(release, row.lockedIn) >= 0 && value !== row.lockedValue) {
    return `feature gate '${name}' is locked to ${row.lockedValue} since Kubernetes ${row.lockedIn}, got ${value}; leave it out`;
  }
  return undefined;
}
