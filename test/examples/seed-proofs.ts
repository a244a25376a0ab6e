import { App } from 'cdk8s';
import { description } from '../../examples/seed-article/cluster';
import { Answer, FINDINGS } from '../../examples/seed-article/findings';
import { Outcome, Verdict, verdicts } from '../../examples/seed-article/refusals';
import { description as reference } from '../../examples/thousand-node/cluster';
import { ThousandNodeCluster, ThousandNodeClusterProps } from '../../src';
import { auditTree } from '../../src/audit/audit';
import { auditObject, AuditTree } from '../../src/audit/audit-tree';
import { RULES } from '../../src/audit/rules';
import { Draft } from '../audit/mutations';

/** A finished cluster and what it writes. */
export class Written {
  public readonly tree: AuditTree;
  /** All manifests as JSON. */
  public readonly text: string;

  constructor(public readonly cluster: ThousandNodeCluster) {
    this.tree = AuditTree.of(cluster);
    this.text = JSON.stringify(this.tree.objects.map(object => object.manifest));
  }

  /** Flags of a static pod. */
  public flags(podName: string): { readonly [name: string]: string } {
    return this.tree.staticPods.find(pod => pod.podName === podName)!.flags;
  }

  /** The manifest of an object by kind and the start of its name. */
  public manifest(kind: string, name: string): any {
    return this.all(kind, name)[0];
  }

  public all(kind: string, name = ''): any[] {
    return this.tree.objects.filter(object => object.kind === kind && object.objectName.startsWith(name)).map(object => object.manifest);
  }

  public kubelet(pool: string): any {
    return this.tree.kubelets.find(kubelet => kubelet.pool === pool)!.configuration;
  }
}

/** The article's cluster with some props replaced. */
export function seedWith(props: Partial<ThousandNodeClusterProps> = {}): Written {
  return new Written(new ThousandNodeCluster(new App(), 'k8s-prod', { ...description, ...props }));
}

let seedCluster: Written | undefined;
let referenceCluster: Written | undefined;
let tried: Verdict[] | undefined;

/** The article's cluster, made once. */
export const seed = () => seedCluster ??= seedWith();
/** The reference cluster on the newest release, made once. */
export const newest = () => referenceCluster ??= new Written(new ThousandNodeCluster(new App(), 'shop', reference));

/** A tree as data that may be changed. */
export function draftOf({ tree }: Written): Draft {
  const plain = <T extends { construct?: unknown }>(items: T[]) => items.map(({ construct, ...rest }) => structuredClone(rest)) as never;
  return {
    facts: tree.facts,
    objects: tree.objects.map(object => structuredClone(object.manifest)),
    staticPods: plain(tree.staticPods),
    kubelets: plain(tree.kubelets),
    certificates: plain(tree.certificates),
    files: [...tree.files],
  };
}

function idsOf(draft: Draft): string[] {
  const objects = draft.objects.map(manifest => auditObject(manifest));
  return auditTree(new AuditTree({ ...draft, objects }), RULES).findings.map(finding => finding.ruleId);
}

function expectAnswer(id: string, answer: Answer, how?: string): void {
  const finding = FINDINGS.find(row => row.id === id)!;
  expect(finding.answer).toBe(answer);
  if (how !== undefined) { expect(finding.how).toBe(how); }
}

/** The article's value put into what the library writes for the article's cluster. */
export type Change = (draft: Draft) => void;

export interface RuleProof {
  /** Where the article's cluster has the value already: what a right one looks like. */
  readonly right?: Change;
  /** What the article has. @default - the article's cluster has it already */
  readonly article?: Change;
  /** The cluster to start from. @default - the article's */
  readonly on?: () => Written;
}

/** The rule is silent without the value and speaks with it. */
export function provesRule(id: string, rule: string, proof: RuleProof): void {
  test(id, () => {
    expectAnswer(id, Answer.RULE, rule);
    const on = (proof.on ?? seed)();
    const right = draftOf(on);
    proof.right?.(right);
    expect(idsOf(right)).not.toContain(rule);
    const wrong = draftOf(on);
    proof.article?.(wrong);
    expect(idsOf(wrong)).toContain(rule);
  });
}

/** The value was tried with the library's own constructs and refused. */
export function provesError(id: string, message: RegExp): void {
  test(id, () => {
    expectAnswer(id, Answer.ERROR);
    const refused = (tried ??= verdicts()).filter(verdict => verdict.id === id && verdict.outcome === Outcome.REFUSED);
    expect(refused.map(verdict => verdict.message)).not.toEqual([]);
    for (const verdict of refused) { expect(verdict.message).toMatch(message); }
    // Without the value the same description works.
    expect(() => seed()).not.toThrow();
  });
}

/** What is written without being asked for. */
export function provesDefault(id: string, check: () => void): void {
  test(id, () => {
    expectAnswer(id, Answer.DEFAULT);
    expect.hasAssertions();
    check();
  });
}

/** A program with the value does not compile (`@ts-expect-error` is checked by the compiler over all tests), and a value that gets past the types is written nowhere. */
export function provesImpossible(id: string, check: () => void): void {
  test(id, () => {
    expectAnswer(id, Answer.IMPOSSIBLE);
    expect.hasAssertions();
    check();
  });
}
