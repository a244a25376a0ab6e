import { IConstruct } from 'constructs';
import { AuditSeverity } from './audit-severity';
import { Suppression, suppressionsAt } from './audit-suppression';
import { AuditTree, TreeItem } from './audit-tree';
import { NOT_APPLICABLE, Rule } from './rule';
import { RULES } from './rules';
import { InvalidInput } from '../input/problems';

/** A rule that does not hold at one place. */
export interface AuditFinding {
  /** For example `TNC105`. */
  readonly ruleId: string;
  readonly severity: AuditSeverity;
  /** What has to hold. */
  readonly title: string;
  /** What it was found at: an object, a static pod, a kubelet, the cluster. */
  readonly subject: string;
  /** Path of the construct that a suppression can be added to. */
  readonly path: string;
  /** What was found, with the numbers of this cluster. */
  readonly detail: string;
  /** What happens at scale. */
  readonly why: string;
  /** What to do. */
  readonly remedy: string;
  /** Source key of the fact behind the rule. */
  readonly source: string;
  /**
   * Why it is accepted.
   *
   * @default - not suppressed
   */
  readonly suppressedBecause?: string;
}

const ORDER = [AuditSeverity.ERROR, AuditSeverity.WARNING, AuditSeverity.NOTE];

/** The rules, asked of a finished tree. */
export class Audit {
  /**
   * Ask every rule of everything below a scope. Call it when the tree is complete; values that are computed late are computed here.
   *
   * @param scope a cluster, a chart or a construct used alone
   */
  public static of(scope: IConstruct): Audit {
    return new Audit(auditTree(AuditTree.of(scope), RULES), suppressionPaths(scope));
  }

  /** Findings that nobody has accepted: errors, then warnings, then notes. */
  public readonly findings: AuditFinding[];
  /** Findings that were accepted, with their reasons. */
  public readonly suppressed: AuditFinding[];
  /** Ids of rules that this tree holds nothing for. */
  public readonly notApplicable: string[];
  /** Suppressions that hide nothing: the reason for them is gone, or they stand at the wrong construct. */
  public readonly unusedSuppressions: string[];

  private constructor(result: AuditResult, given: string[]) {
    this.findings = result.findings.filter(finding => finding.suppressedBecause === undefined);
    this.suppressed = result.findings.filter(finding => finding.suppressedBecause !== undefined);
    this.notApplicable = result.notApplicable;
    this.unusedSuppressions = given.filter(suppression => !result.used.has(suppression));
  }

  /** Findings that stop a synth. */
  public get errors(): AuditFinding[] {
    return this.findings.filter(finding => finding.severity === AuditSeverity.ERROR);
  }

  /** One line per finding. */
  public toLines(): string[] {
    return this.findings.map(line);
  }

  /**
   * Stop when there are errors.
   *
   * @throws with all errors at once
   */
  public throwOnErrors(): void {
    if (this.errors.length > 0) { throw new InvalidInput('audit', this.errors.map(line)); }
  }
}

/** What a list of rules says of a tree. */
export interface AuditResult {
  readonly findings: AuditFinding[];
  readonly notApplicable: string[];
  readonly used: Set<string>;
}

/** Ask rules of a tree. */
export function auditTree(tree: AuditTree, rules: readonly Rule[]): AuditResult {
  const findings: AuditFinding[] = [];
  const notApplicable: string[] = [];
  const used = new Set<string>();
  for (const rule of rules) {
    const breaches = rule.check(tree);
    if (breaches === NOT_APPLICABLE) { notApplicable.push(rule.id); continue; }
    for (const { at, detail } of breaches) {
      const suppression = rule.severity === AuditSeverity.ERROR ? undefined : suppressionOf(at, rule.id);
      if (suppression) { used.add(key(suppression)); }
      findings.push({
        ruleId: rule.id,
        severity: rule.severity,
        title: rule.title,
        subject: at.name,
        path: at.construct?.node.path ?? '',
        detail,
        why: rule.why,
        remedy: rule.remedy,
        source: rule.source,
        suppressedBecause: suppression?.reason,
      });
    }
  }
  const rank = (f: AuditFinding) => `${ORDER.indexOf(f.severity)} ${f.ruleId} ${f.subject}\u0000${f.detail}`;
  return { findings: findings.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)), notApplicable, used };
}

/** The nearest suppression: at the item itself, else at what holds it. */
function suppressionOf(at: TreeItem, ruleId: string): Suppression | undefined {
  const scopes = at.construct ? [...at.construct.node.scopes].reverse() : [];
  return scopes.flatMap(suppressionsAt).find(suppression => suppression.ruleId === ruleId);
}

function suppressionPaths(scope: IConstruct): string[] {
  return scope.node.findAll().flatMap(suppressionsAt).map(key);
}

function key(suppression: Suppression): string {
  return `${suppression.ruleId} at ${suppression.at}: ${suppression.reason}`;
}

function line(finding: AuditFinding): string {
  return `${finding.ruleId} ${finding.severity}: ${finding.title}. ${finding.subject}: ${finding.detail}. ${finding.remedy}`;
}
