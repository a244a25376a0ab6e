import { AuditSeverity } from '../../audit-severity';
import { tagOf } from '../../image-name';
import { containersOf, selectsNode } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Pull policy of agents. */
export const agentsStartWithoutTheRegistry: Rule = {
  id: 'TNC135',
  severity: AuditSeverity.WARNING,
  title: 'A DaemonSet on more than 200 nodes does not ask the registry at every start',
  why: 'With imagePullPolicy Always every restart is a question to the registry: a rollout becomes a storm of them, and while the registry is away an agent that stops stays away.',
  remedy: 'Set imagePullPolicy: IfNotPresent and a tag that never moves',
  source: 'WEB:docs/concepts/containers/images; OAI2500',
  check: tree => {
    const agents = tree.pods.filter(pods => pods.owner.kind === 'DaemonSet').map(at => ({ at, nodes: tree.nodesOf(at, selectsNode) })).filter(({ nodes }) => nodes > 200);
    if (agents.length === 0) { return NOT_APPLICABLE; }
    // Without a policy Kubernetes takes Always for latest and for no tag.
    const always = (c: { imagePullPolicy?: string; image?: string }) => (c.imagePullPolicy === undefined ? !(c.image ?? '').includes('@') && ['latest', undefined].includes(tagOf(c.image ?? '')) : c.imagePullPolicy === 'Always');
    return agents.flatMap(({ at, nodes }) => containersOf(at.spec).filter(always).map(c => ({ at, detail: `container ${c.name} asks ${nodes} times per rollout` })));
  },
};
