import { App, ApiObject, JsonPatch } from 'cdk8s';
import { MUTATIONS, Draft } from './mutations';
import { description } from '../../examples/thousand-node/cluster';
import { Audit, auditTree } from '../../src/audit/audit';
import { AuditSeverity } from '../../src/audit/audit-severity';
import { auditObject, AuditTree } from '../../src/audit/audit-tree';
import { RULES } from '../../src/audit/rules';
import { ThousandNodeCluster } from 'cdk8s-thousand-node';

const cluster = new ThousandNodeCluster(new App(), 'shop', description);
const reference = AuditTree.of(cluster);
/**
 * What is true of the reference cluster and known, all of it notes on what somebody beside this app has to do: approve serving
 * certificates, set the startup taint of cards, guard a port, grow in waves, have nodes before a promotion. The receiver of the logs has
 * a name of two dots. The autoscaler of its minor is not published yet.
 */
const KNOWN = ['TNC084', 'TNC145', 'TNC155', 'TNC159', 'TNC195', 'TNC200', 'TNC210'];

/** The same tree without constructs, as data of its own. */
function draft(): Draft {
  const plain = <T extends { construct?: unknown }>(items: T[]) => items.map(({ construct, ...rest }) => structuredClone(rest)) as never;
  return {
    facts: reference.facts,
    objects: reference.objects.map(object => structuredClone(object.manifest)),
    staticPods: plain(reference.staticPods),
    kubelets: plain(reference.kubelets),
    certificates: plain(reference.certificates),
    files: [...reference.files],
  };
}

const treeOf = (broken: Draft) => new AuditTree({ ...broken, objects: broken.objects.map(manifest => auditObject(manifest)) });
const ask = (broken: Draft) => auditTree(treeOf(broken), RULES).findings;
const idsOf = (broken: Draft) => [...new Set(ask(broken).map(finding => finding.ruleId))].sort();

test('the reference cluster has no error, and what else it has is known', () => {
  const audit = Audit.of(cluster);
  expect(audit.findings.filter(finding => finding.severity !== AuditSeverity.NOTE)).toEqual([]);
  expect([...new Set(audit.findings.map(finding => finding.ruleId))]).toEqual(KNOWN);
  expect(idsOf(draft())).toEqual(KNOWN);
});

test('there is a mutation for every rule', () => {
  expect(MUTATIONS.map(mutation => mutation.id)).toEqual(RULES.map(rule => rule.id));
});

describe('one thing broken in the reference cluster is found by its rule, and by no other unless it follows', () => {
  test.each(MUTATIONS.map(mutation => [mutation.id, mutation] as const))('%s', (id, { breakIt, prepare, implies = [], cures = [] }) => {
    const broken = draft();
    prepare?.(broken);
    const before = prepare ? KNOWN.filter(known => known !== id) : KNOWN;
    expect(idsOf(broken)).toEqual(before);
    breakIt(broken);
    expect(idsOf(broken)).toEqual([...new Set([...before.filter(known => !cures.includes(known)), id, ...implies])].sort());
  });
});

test('a JSON patch that breaks a coupling is seen: the audit reads what will be written', () => {
  const patched = new ThousandNodeCluster(new App(), 'shop', description);
  const endpoint = patched.node.findAll().filter(ApiObject.isApiObject).find(object => object.name === 'kubernetes-services-endpoint')!;
  endpoint.addJsonPatch(JsonPatch.replace('/data/KUBERNETES_SERVICE_PORT', '443'));
  expect(Audit.of(patched).errors.map(error => error.ruleId)).toEqual(['TNC010']);
});
