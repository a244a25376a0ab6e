import { IConstruct } from 'constructs';
import { AuditModel, FindingModel } from './report-model';
import { Audit, AuditFinding } from '../audit/audit';
import { RULES } from '../audit/rules';

/** What the rules say of the finished tree. */
export function auditSection(scope: IConstruct): AuditModel {
  const { findings, suppressed, unusedSuppressions, notApplicable } = Audit.of(scope);
  return {
    rules: RULES.length,
    notApplicable: [...notApplicable].sort(),
    ...(findings.length > 0 ? { findings: findings.map(finding) } : {}),
    ...(suppressed.length > 0 ? { suppressed: suppressed.map(finding) } : {}),
    ...(unusedSuppressions.length > 0 ? { unusedSuppressions } : {}),
  };
}

function finding({ ruleId, severity, title, subject, path, detail, why, remedy, source, suppressedBecause }: AuditFinding): FindingModel {
  return { rule: ruleId, severity, title, subject, path, detail, why, remedy, source, ...(suppressedBecause === undefined ? {} : { suppressedBecause }) };
}
