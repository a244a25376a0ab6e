import { IConstruct } from 'constructs';
import { AuditSeverity } from './audit-severity';
import { RULES } from './rules';
import { nearestName } from '../catalogue/nearest-name';
import { Problems } from '../input/problems';
import { lineProblem, quoted } from '../input/text-safety';

const METADATA = 'thousand-node.io/audit-suppression';
const SHORTEST_REASON = 10;

/** A finding that somebody has looked at and accepts. It stays in the report, with its reason. */
export class AuditSuppression {
  /**
   * Accept the findings of a rule at a construct and everything below it.
   *
   * @param construct the cluster, a component or a single object
   * @param ruleId for example `TNC105`; errors cannot be suppressed
   * @param reason why it is right here, at least 10 characters
   */
  public static add(construct: IConstruct, ruleId: string, reason: string): void {
    const problems = new Problems(`suppression at ${construct.node.path || 'the app'}`);
    const rule = RULES.find(r => r.id === ruleId);
    const nearest = nearestName(String(ruleId), RULES.map(r => r.id));
    if (!rule) {
      problems.add(`rule ${quoted(ruleId)} is unknown${nearest === undefined ? '' : `; did you mean ${nearest}`}; docs/rules.md lists them all`);
    } else {
      problems.require(rule.severity !== AuditSeverity.ERROR, `${rule.id} (${rule.title}) is an error and cannot be suppressed: ${rule.remedy}`);
    }
    const text = typeof reason === 'string' ? reason.trim() : '';
    problems.require(text.length >= SHORTEST_REASON, `a reason of at least ${SHORTEST_REASON} characters must be given, got ${quoted(reason)}; it stands in the report`);
    problems.add(lineProblem('reason', text));
    problems.throwIfAny();
    construct.node.addMetadata(METADATA, { ruleId, reason: text });
  }

  private constructor() {}
}

/** What was said at one construct. */
export interface Suppression {
  readonly ruleId: string;
  readonly reason: string;
  /** Path of the construct. */
  readonly at: string;
}

/** Suppressions at one construct, later ones first. */
export function suppressionsAt(construct: IConstruct): Suppression[] {
  return construct.node.metadata.filter(entry => entry.type === METADATA)
    .map(entry => ({ ...(entry.data as { ruleId: string; reason: string }), at: construct.node.path }))
    .reverse();
}
