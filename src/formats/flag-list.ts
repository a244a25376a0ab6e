import { flagPolicy, flagProblem, flagRow, FlagTable } from '../catalogue/flag-table';
import { flagKindProblem, flagValueProblem } from '../catalogue/flag-values';
import { compareVersions } from '../catalogue/version-range';
import { Problems } from '../input/problems';
import { lineProblem, safeEntries } from '../input/text-safety';

/** Value of a flag before it is printed. Lists are comma lists, maps are `key=value` comma lists. */
export type FlagValue = string | number | boolean | string[] | { [key: string]: string | number | boolean } | undefined;

/**
 * The command line of one component: names are checked against the catalogue, values printed in one way, order is alphabetical (a
 * different order would restart the component although nothing changed).
 */
export class FlagList<T extends FlagTable> {
  private readonly values = new Map<string, string>();

  constructor(private readonly component: string, private readonly table: T, private readonly version: string) {}

  /**
   * Set flags of our own; `undefined` leaves a flag out, and so does a release that does not know it or calls it deprecated in favour of
   * another. So a caller names the old and the new spelling of a flag side by side, and each version gets its own.
   */
  public defaults(flags: { readonly [name in keyof T & string]?: FlagValue }): this {
    for (const [name, value] of Object.entries(flags) as Array<[string, FlagValue]>) {
      if (value === undefined || !this.isCurrent(name)) { continue; }
      this.put(name, value);
    }
    return this;
  }

  /**
   * Flags the user asked for beyond what the construct models. Unknown and owned names are refused, comma lists are merged, everything
   * else replaces our value.
   */
  public extra(field: string, flags: { [name: string]: string } | undefined, problems: Problems): this {
    for (const [name, value] of safeEntries(field, flags)) {
      const bare = name.replace(/^--/, '');
      const unknown = flagProblem(this.component, this.table, this.version, bare) ?? lineProblem(`'${bare}'`, value)
        ?? flagKindProblem(bare, this.table[bare].kind, value) ?? flagValueProblem(this.component, this.version, bare, value);
      if (unknown !== undefined) { problems.add(`${field}: ${unknown}`); continue; }
      const policy = flagPolicy(this.table[bare]);
      if (policy === 'owned' || policy === 'denied') {
        problems.add(`${field}: '${bare}' is managed by this construct and cannot be overridden; set the prop that it is derived from instead`);
        continue;
      }
      const present = this.values.get(bare);
      const merged = policy === 'additive' && present !== undefined ? [...new Set([...present.split(','), ...value.split(',')])].join(',') : value;
      this.values.set(bare, merged);
    }
    return this;
  }

  /** The value of a flag as it will be printed. */
  public get(name: keyof T & string): string | undefined {
    return this.values.get(name);
  }

  /** `--name=value`, sorted. */
  public toArguments(): string[] {
    return this.entries().map(([name, value]) => `--${name}=${value}`);
  }

  /** Name and value, sorted by name. */
  public entries(): Array<[string, string]> {
    return [...this.values.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }

  private isCurrent(name: string): boolean {
    const row = flagRow(this.table, name);
    if (row === undefined || flagProblem(this.component, this.table, this.version, name) !== undefined) { return false; }
    return row.replacedBy === undefined || row.deprecatedIn === undefined || compareVersions(this.version, row.deprecatedIn) < 0;
  }

  private put(name: string, value: Exclude<FlagValue, undefined>): void {
    const text = flagText(value);
    const problem = lineProblem(`flag --${name}`, text);
    if (problem !== undefined) { throw new TypeError(problem); }
    this.values.set(name, text);
  }
}

function flagText(value: Exclude<FlagValue, undefined>): string {
  if (Array.isArray(value)) { return value.join(','); }
  if (typeof value === 'object') {
    return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${key}=${item}`).join(',');
  }
  // Floats do not survive Go's parsing and printing unchanged only when they need an exponent; none of ours does.
  return String(value);
}
