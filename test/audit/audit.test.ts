import { ApiObject, App, Chart } from 'cdk8s';
import { object, workload } from './tree-of';
import { description } from '../../examples/thousand-node/cluster';
import { Audit } from '../../src/audit/audit';
import { AuditSeverity } from '../../src/audit/audit-severity';
import { AuditSuppression } from '../../src/audit/audit-suppression';
import { ThousandNodeCluster } from 'cdk8s-thousand-node';

const REASON = 'looked at and right for this cluster';

/** Two workloads with a moving tag (TNC111), one of them below a construct of its own, and an error: two objects of one name. */
function chart(withError = false) {
  const app = new App();
  const apps = new Chart(app, 'apps');
  const add = (id: string, manifest: object) => new ApiObject(apps, id, manifest as never);
  const latest = { containers: [{ name: 'main', image: 'example.com/app:latest', resources: { requests: { cpu: '1', memory: '1Gi' } } }] };
  const one = add('one', workload('Deployment', 'one', latest));
  const two = add('two', workload('Deployment', 'two', latest));
  if (withError) { add('map', object('v1', 'ConfigMap', 'x', {}, 'apps')); add('again', object('v1', 'ConfigMap', 'x', {}, 'apps')); }
  return { app, apps, one, two };
}

describe('findings', () => {
  test('carry what is needed to act: rule, severity, place, numbers, remedy', () => {
    const [finding] = Audit.of(chart().apps).findings;
    expect(finding).toMatchObject({ ruleId: 'TNC111', severity: AuditSeverity.WARNING, subject: 'Deployment apps/one', path: 'apps/one', detail: 'image example.com/app:latest' });
    expect(finding.remedy).not.toBe('');
  });

  test('stand in one order: errors first, then by rule and subject', () => {
    expect(Audit.of(chart(true).apps).findings.map(f => `${f.ruleId} ${f.subject}`)).toEqual(['TNC114 ConfigMap apps/x', 'TNC111 Deployment apps/one', 'TNC111 Deployment apps/two']);
  });

  test('errors stop, all at once; warnings do not', () => {
    expect(() => Audit.of(chart().apps).throwOnErrors()).not.toThrow();
    expect(() => Audit.of(chart(true).apps).throwOnErrors()).toThrow(/TNC114 error: .*ConfigMap apps\/x: it is written twice/);
  });

  test('rules that a tree holds nothing for are named', () => {
    expect(Audit.of(chart().apps).notApplicable).toEqual(expect.arrayContaining(['TNC020', 'TNC105', 'TNC170']));
  });

  test('a construct used alone can be asked', () => {
    const cluster = new ThousandNodeCluster(new App(), 'shop', description);
    expect(Audit.of(cluster.node.findChild('etcd')).findings).toEqual([]);
    const unsaved = new ThousandNodeCluster(new App(), 'shop', { ...description, etcd: { snapshots: { enabled: false } } });
    expect(Audit.of(unsaved.node.findChild('etcd')).findings.map(f => f.ruleId)).toEqual(['TNC035']);
  });
});

describe('suppressions', () => {
  test('hold at the construct and below, and the finding stays in the report with the reason', () => {
    const { apps, one } = chart();
    AuditSuppression.add(one, 'TNC111', REASON);
    expect(Audit.of(apps).findings.map(f => f.path)).toEqual(['apps/two']);
    expect(Audit.of(apps).suppressed).toMatchObject([{ path: 'apps/one', suppressedBecause: REASON }]);
    AuditSuppression.add(apps, 'TNC111', REASON);
    expect(Audit.of(apps).findings).toEqual([]);
  });

  test('the nearest reason is shown', () => {
    const { apps, one } = chart();
    AuditSuppression.add(apps, 'TNC111', 'everything here is rebuilt nightly');
    AuditSuppression.add(one, 'TNC111', 'this one is a development tool');
    expect(Audit.of(apps).suppressed.map(f => f.suppressedBecause)).toEqual(['this one is a development tool', 'everything here is rebuilt nightly']);
  });

  test('one that hides nothing is named', () => {
    const { apps, one } = chart();
    AuditSuppression.add(one, 'TNC105', REASON);
    AuditSuppression.add(one, 'TNC111', REASON);
    expect(Audit.of(apps).unusedSuppressions).toEqual([`TNC105 at apps/one: ${REASON}`]);
  });

  test('hold at the cluster for everything in it', () => {
    const cluster = new ThousandNodeCluster(new App(), 'shop', description);
    AuditSuppression.add(cluster, 'TNC084', REASON);
    AuditSuppression.add(cluster, 'TNC159', REASON);
    const audit = Audit.of(cluster);
    expect(audit.suppressed.map(f => [f.ruleId, f.suppressedBecause])).toEqual([['TNC084', REASON], ['TNC159', REASON]]);
    expect(audit.findings.map(f => f.ruleId)).not.toEqual(expect.arrayContaining(['TNC084']));
    expect(audit.unusedSuppressions).toEqual([]);
  });

  test('a construct beside it does not count', () => {
    const { apps, two } = chart();
    AuditSuppression.add(two, 'TNC111', REASON);
    expect(Audit.of(apps).findings.map(f => f.path)).toEqual(['apps/one']);
  });

  test('the finding stays in the lines of none, and its reason in the list of the accepted', () => {
    const { apps, one } = chart();
    AuditSuppression.add(one, 'TNC111', '  spaces around are cut  ');
    expect(Audit.of(apps).toLines().join()).not.toContain('apps/one');
    expect(Audit.of(apps).suppressed[0].suppressedBecause).toBe('spaces around are cut');
  });

  test('a wrong id is answered with the nearest one, a missing reason in the same error', () => {
    expect(() => AuditSuppression.add(chart().apps, 'TNC11l', '')).toThrow(/suppression at apps: 2 problems[\s\S]*rule "TNC11l" is unknown; did you mean TNC11\d; docs\/rules.md[\s\S]*a reason of at least 10/);
    expect(() => AuditSuppression.add(chart().apps, 'TNC11l', REASON)).toThrow(/^suppression at apps: rule "TNC11l" is unknown; did you mean TNC11\d; docs\/rules.md lists them all$/);
    expect(() => AuditSuppression.add(chart().apps, undefined as never, undefined as never)).toThrow(/rule "?undefined"? is unknown[\s\S]*a reason of at least 10/);
  });

  test('a refused one leaves nothing behind', () => {
    const { apps } = chart(true);
    expect(() => AuditSuppression.add(apps, 'TNC114', REASON)).toThrow(/TNC114 .* cannot be suppressed/);
    expect(Audit.of(apps).errors.map(f => f.ruleId)).toEqual(['TNC114']);
    expect(Audit.of(apps).unusedSuppressions).toEqual([]);
  });

  test('metadata that somebody writes past the class does not hide an error', () => {
    const { apps } = chart(true);
    apps.node.addMetadata('thousand-node.io/audit-suppression', { ruleId: 'TNC114', reason: REASON });
    expect(Audit.of(apps).errors.map(f => f.ruleId)).toEqual(['TNC114']);
  });

  test.each([
    ['an unknown rule', 'TNC999', REASON, /rule "TNC999" is unknown/],
    ['an error', 'TNC020', REASON, /TNC020 .* is an error and cannot be suppressed: Raise quotaBackendBytes/],
    ['no reason', 'TNC111', '', /a reason of at least 10 characters must be given, got ""/],
    ['nine characters and spaces', 'TNC111', '  too short ', /at least 10 characters/],
    ['a line break', 'TNC111', 'two lines\nof reason', /one line/],
  ])('%s is refused', (_, id, reason, message) => {
    expect(() => AuditSuppression.add(chart().apps, id, reason)).toThrow(message);
  });

  test('ten characters are enough', () => {
    expect(() => AuditSuppression.add(chart().apps, 'TNC111', '0123456789')).not.toThrow();
  });
});

test('asking twice gives the same answer and changes nothing', () => {
  const { apps } = chart(true);
  expect(Audit.of(apps).toLines()).toEqual(Audit.of(apps).toLines());
});
