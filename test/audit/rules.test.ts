import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import { ADD_ONS } from './cases/add-ons';
import { API_SERVER } from './cases/api-server';
import { DNS } from './cases/dns';
import { ETCD } from './cases/etcd';
import { FOUNDATION } from './cases/foundation';
import { KUBELET } from './cases/kubelet';
import { NETWORK } from './cases/network';
import { OPERATIONS } from './cases/operations';
import { STORAGE } from './cases/storage';
import { WORKLOADS } from './cases/workloads';
import { rulesDocument } from './rules-document';
import { Parts, treeOf } from './tree-of';
import { NOT_APPLICABLE } from '../../src/audit/rule';
import { RULES } from '../../src/audit/rules';

const CASES = [...NETWORK, ...ETCD, ...API_SERVER, ...KUBELET, ...WORKLOADS, ...ADD_ONS, ...STORAGE, ...FOUNDATION, ...OPERATIONS, ...DNS];
const findings = (id: string, parts: Parts) => RULES.find(rule => rule.id === id)!.check(treeOf(parts));

describe('the list of rules', () => {
  test('ids are unique and ascend', () => {
    const ids = RULES.map(rule => rule.id);
    expect(ids).toEqual([...new Set(ids)].sort());
    for (const id of ids) { expect(id).toMatch(/^TNC\d{3}$/); }
  });

  test('every rule has its cases', () => {
    expect(CASES.map(c => c.id).sort()).toEqual(RULES.map(rule => rule.id));
  });

  test.each(RULES.map(rule => [rule.id, rule] as const))('%s says what, why, what to do and where that comes from, in sentences without a full stop of its own', (_, rule) => {
    expect(rule.title).toMatch(/^[A-Za-z].*[^.]$/s);
    expect(rule.why).toMatch(/\.$/);
    expect(rule.remedy).toMatch(/[^.]$/);
    expect(rule.source).not.toBe('');
  });

  test('a tree with nothing in it breaks no rule', () => {
    for (const rule of RULES) { expect([rule.id, [rule.check(treeOf({}))].flat().filter(found => found !== NOT_APPLICABLE)]).toEqual([rule.id, []]); }
  });

  test('docs/rules.md is what the rules say; npx tsx test/audit/generate-rules-doc.ts writes it', () => {
    const file = join(__dirname, '../../docs/rules.md');
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(rulesDocument());
  });
});

describe.each(CASES.map(c => [c.id, RULES.find(rule => rule.id === c.id)?.title, c] as const))('%s: %s', (id, _, { passing, failing, boundary: [, border, count] }) => {
  test('it holds', () => {
    expect(findings(id, passing)).toEqual([]);
  });

  test('it is broken', () => {
    const found = findings(id, failing);
    expect(found).not.toBe(NOT_APPLICABLE);
    expect(found).not.toEqual([]);
    for (const breach of found as Array<{ detail: string; at: { name: string } }>) {
      expect(breach.detail).not.toMatch(/undefined|NaN|\[object/);
      expect(breach.at.name).not.toBe('');
    }
  });

  test('at the border', () => {
    const found = findings(id, border);
    expect(found === NOT_APPLICABLE ? [] : found).toHaveLength(count);
  });
});
