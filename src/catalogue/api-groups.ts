import { API_KINDS } from './api-group-table';
import { ApiKindTable, ApiVersionRow } from './api-version-row';
import { inRange } from './version-range';

/** Order of preference: v2beta2 before v1 (it has what the other lacks), then stable before beta before alpha, then the higher number. */
function maturity(apiVersion: string): number {
  const match = /v(\d+)(?:(alpha|beta)(\d+))?$/.exec(apiVersion)!;
  const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return Number(match[1]) * 10_000 + stage * 100 + Number(match[3] ?? 0);
}

function rowsOf(kind: string, release: string): readonly ApiVersionRow[] {
  const table: ApiKindTable = API_KINDS;
  return Object.hasOwn(table, kind) ? table[kind].filter((row) => inRange(release, row)) : [];
}

function best(rows: readonly ApiVersionRow[]): string | undefined {
  return rows.map((row) => row.apiVersion).sort((a, b) => maturity(b) - maturity(a))[0];
}

/**
 * The `apiVersion` to write for a kind: the newest one that a release accepts without anything being switched on.
 *
 * Undefined for kinds that the release does not know or has switched off; `optInApiVersionOf` tells the two apart.
 */
export function apiVersionOf(kind: string, release: string): string | undefined {
  return best(rowsOf(kind, release).filter((row) => row.optIn === undefined || !inRange(release, row.optIn)));
}

/** The newest `apiVersion` of a kind that a release has but keeps switched off. */
export function optInApiVersionOf(kind: string, release: string): string | undefined {
  return best(rowsOf(kind, release).filter((row) => row.optIn !== undefined && inRange(release, row.optIn)));
}
