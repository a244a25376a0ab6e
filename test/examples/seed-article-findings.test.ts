import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import { ruleOf, seedArticlePage } from '../../docs/generate-seed-article';
import { Answer, FINDINGS, proofOf, PROOFS } from '../../examples/seed-article/findings';
import { RULES } from '../../src/audit/rules';

const ROOT = join(__dirname, '../..');

/** How many findings each part of the audit has: by hand from the audit. */
const COUNTS: { readonly [group: string]: number } = {
  ETCD: 16, API: 16, KUBELET: 13, CALICO: 11, DNS: 11, STORAGE: 8, MON: 11, LOG: 12, CA: 13, HPA: 8, TEXT: 5,
};
const IDS = Object.entries(COUNTS).flatMap(([group, count]) => Array.from({ length: count }, (_, i) => `${group}-${String(i + 1).padStart(2, '0')}`));

/** What a function of the proofs proves. */
const PROVERS: { readonly [name: string]: Answer } = { Rule: Answer.RULE, Error: Answer.ERROR, Impossible: Answer.IMPOSSIBLE, Default: Answer.DEFAULT };

test('all 124 findings are there once, in the order of the audit', () => {
  expect(IDS).toHaveLength(124);
  expect(FINDINGS.map(finding => finding.id)).toEqual(IDS);
});

test('none is open', () => {
  expect(FINDINGS.filter(({ subject, how, answer }) => subject === '' || how === '' || !Object.values(Answer).includes(answer))).toEqual([]);
});

test('every rule that answers one exists, and so does every rule that is named beside', () => {
  const ids = RULES.map(rule => rule.id);
  expect(FINDINGS.filter(finding => finding.answer === Answer.RULE && !ids.includes(ruleOf(finding)!))).toEqual([]);
  const named = FINDINGS.flatMap(({ how }) => how.match(/TNC\d+/g) ?? []);
  expect(named.filter(id => !ids.includes(id))).toEqual([]);
});

test('each has one proof, of its kind, in the file that the table names', () => {
  const proofs = [...new Set(Object.values(PROOFS))].flatMap(file => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    return [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^proves(\w+)\('([A-Z]+-\d\d)'/gm)].map(([, prover, id]) => ({ id, file, answer: PROVERS[prover] }));
  });
  const wanted = FINDINGS.map(({ id, answer }) => ({ id, file: proofOf(id), answer }));
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  expect(proofs.sort(byId)).toEqual(wanted.sort(byId));
});

test('docs/seed-article.md is what the generator makes of them', () => {
  // Out of date: npx tsx --tsconfig tsconfig.check.json docs/generate-seed-article.ts
  expect(readFileSync(join(ROOT, 'docs/seed-article.md'), 'utf8')).toBe(seedArticlePage());
});
