import { IConstruct } from 'constructs';
import { ClusterFacts } from '../cluster/cluster-facts';
import { InvalidInput } from '../input/problems';

const FACTS = Symbol.for('cdk8s-thousand-node.ClusterFacts');

/** Remember which cluster a construct belongs to, for writers that see only the tree. */
export function bindCluster(construct: IConstruct, cluster: ClusterFacts): void {
  Object.defineProperty(construct, FACTS, { value: cluster, enumerable: false });
}

/** The one cluster that the constructs below a scope belong to; the documented default when none says. */
export function clusterOf(scope: IConstruct): ClusterFacts {
  return boundCluster(scope) ?? ClusterFacts.thousandNodes();
}

/** The one cluster that the constructs below a scope belong to, where they belong to one. */
export function boundCluster(scope: IConstruct): ClusterFacts | undefined {
  const found = new Set<ClusterFacts>();
  for (const construct of scope.node.findAll()) {
    const facts = (construct as unknown as { [FACTS]?: ClusterFacts })[FACTS];
    if (facts) { found.add(facts); }
  }
  if (found.size > 1) {
    const names = [...found].map(facts => `'${facts.name}'`).sort().join(', ');
    throw new InvalidInput('clusters', [`this scope holds constructs of ${found.size} of them (${names}); take one chart or construct at a time`]);
  }
  return [...found][0];
}
