import * as fs from 'node:fs';
import * as path from 'node:path';

/** Who decided whether a check passed. Only the first two prove anything. */
export type Judge =
  /** A real binary. */
  | 'component'
  /** Data extracted from upstream. */
  | 'upstream-source'
  /** Our own code. */
  | 'library';

/** A measured value. `met` says whether it reached its goal; only counts and ratios decide whether the check passed. */
export interface Figure {
  readonly value: number | string;
  readonly unit: string;
  readonly goal?: string;
  readonly met?: boolean;
}

/** One check, as it stands in results.json. */
export interface Result {
  readonly id: string;
  readonly area: string;
  /** Number of the check in its issue; `N1`, `N2`, ... for negatives. */
  readonly drill: string;
  readonly judge: Judge;
  readonly component: string;
  readonly version: string;
  readonly passed: boolean;
  readonly skipped: boolean;
  /** A deliberately broken input that has to be refused. */
  readonly negative: boolean;
  readonly figures: { readonly [name: string]: Figure };
  /** What the component said, or why the check was skipped or failed. */
  readonly message: string;
  readonly seconds: number;
}

/** Results of a run; every addition reaches the disk, since a run can be interrupted. */
export class Results {
  private readonly all: Result[];

  /** `fresh` starts empty, otherwise results of other areas are kept. */
  constructor(private readonly folder: string, fresh: boolean) {
    const file = path.join(folder, 'results.json');
    if (fresh) {
      fs.rmSync(file, { force: true });
      fs.rmSync(path.join(folder, 'results.md'), { force: true });
    }
    this.all = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];
    fs.mkdirSync(folder, { recursive: true });
  }

  public add(result: Result): void {
    const present = this.all.findIndex(other => other.id === result.id && other.area === result.area);
    if (present === -1) { this.all.push(result); } else { this.all[present] = result; }
    this.write('results.json', `${JSON.stringify(this.all, undefined, 2)}\n`);
    this.write('results.md', markdown(this.all));
  }

  public of(area: string): Result[] {
    return this.all.filter(result => result.area === area);
  }

  private write(name: string, content: string): void {
    const file = path.join(this.folder, name);
    fs.writeFileSync(`${file}.${process.pid}`, content);
    fs.renameSync(`${file}.${process.pid}`, file);
  }
}

/** `passed`, `FAILED` or `skipped`. */
export function verdict(result: Result): string {
  return result.skipped ? 'skipped' : result.passed ? 'passed' : 'FAILED';
}

function markdown(results: Result[]): string {
  const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ').slice(0, 160);
  const figures = (result: Result) => Object.entries(result.figures)
    .map(([name, f]) => `${name} ${f.value} ${f.unit}${f.goal ? ` (goal ${f.goal}${f.met === false ? ', missed' : ''})` : ''}`).join('; ');
  const rows = results.map(r =>
    `| ${r.area} | ${r.drill} | ${r.id} | ${verdict(r)} | ${r.judge}: ${r.component} ${r.version} | ${cell(figures(r))} | ${cell(r.message)} | ${r.seconds.toFixed(1)} |`);
  return ['# Conformance results', '', '| area | drill | check | verdict | judge | figures | message | s |', '| --- | --- | --- | --- | --- | --- | --- | --- |', ...rows, ''].join('\n');
}
