import { existsSync, readdirSync, readFileSync } from 'fs';
import { join, resolve } from 'path';
import { IConstruct } from 'constructs';
import { capacityPage } from './html/page';
import { REPORT_FORMAT, reportData } from './report-data';
import { ReportModel } from './report-model';
import { replaceTree } from '../host/output-tree';

const JSON_FILE = 'capacity.json';
const HTML_FILE = 'capacity.html';
const FIRST_WORDS = `{\n  "format": ${JSON.stringify(REPORT_FORMAT)},`;

/**
 * What a cluster can carry, what breaks first and why each number is what it is: as a document for programs, and as one page for people.
 *
 * Nothing in it depends on the day or the machine, so two reports can be compared.
 */
export class CapacityReport {
  /**
   * The report of everything below a scope. Call it when the tree is complete.
   *
   * @param scope a cluster, an App, a chart or a construct used alone; parts of the report that it has nothing for are left out
   * @throws when constructs of several clusters lie below the scope
   */
  public static of(scope: IConstruct): CapacityReport {
    return new CapacityReport(reportData(scope));
  }

  /** `holds`, `holds today`, `does not hold` or `not known`. */
  public readonly answer: string;
  /** The answer as a sentence. */
  public readonly verdict: string;
  /** What breaks first and at how many nodes, as a sentence. Undefined: no limit was computed. */
  public readonly firstLimit?: string;

  private constructor(private readonly model: ReportModel) {
    const first = model.limits?.find(limit => limit.id === model.verdict.firstLimit);
    this.answer = model.verdict.answer;
    this.verdict = model.verdict.sentence;
    this.firstLimit = first && (first.beyondHorizon
      ? `nothing up to ${first.reachedAtNodes} nodes`
      : `${first.title}, at ${first.reachedAtNodes} nodes: ${first.consequence}`);
  }

  /** `capacity.json`; `docs/capacity-report.schema.json` describes it. */
  public toJson(): string {
    return `${JSON.stringify(this.model, undefined, 2)}\n`;
  }

  /** `capacity.html`: one page that loads nothing, readable without scripts. */
  public toHtml(): string {
    return capacityPage(this.model);
  }

  /**
   * Write `capacity.json` and `capacity.html` into a folder, replacing an earlier report.
   *
   * @returns paths of the written files
   * @throws when the folder holds something else
   */
  public write(dir: string): string[] {
    const files = new Map([[JSON_FILE, this.toJson()], [HTML_FILE, this.toHtml()]]);
    replaceTree({ what: 'capacity report', place: resolve(dir), files, isOurs });
    return [...files.keys()].map(file => join(dir, file));
  }
}

/** Only a folder that holds a report and nothing else is replaced. */
function isOurs(place: string): boolean {
  const json = join(place, JSON_FILE);
  return readdirSync(place).every(name => name === JSON_FILE || name === HTML_FILE) && existsSync(json) && readFileSync(json, 'utf8').startsWith(FIRST_WORDS);
}
