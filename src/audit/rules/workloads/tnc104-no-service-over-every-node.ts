import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { Labels, selects, selectsNode } from '../../pod-spec';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Services whose endpoints are the nodes. */
export const noServiceOverEveryNode: Rule = {
  id: 'TNC104',
  severity: AuditSeverity.WARNING,
  title: 'No Service selects more than 1,000 pods of a DaemonSet',
  why: 'Its Endpoints object is cut at 1,000 addresses, so readers of it miss nodes in silence, and every restart of a pod is sent to every node.',
  remedy: 'Scrape the pods by role pod or node instead, or read EndpointSlices only and say so in the suppression',
  source: 'peers 2.15 no 9; KK:pkg/controller/endpoint',
  check: tree => {
    const services = tree.ofKind('Service').filter(service => field(service.manifest, 'spec', 'selector') !== undefined);
    if (services.length === 0) { return NOT_APPLICABLE; }
    return services.flatMap(at => tree.pods.filter(pods => pods.owner.kind === 'DaemonSet' && pods.namespace === (at.namespace ?? 'default')
      && selects({ matchLabels: field<Labels>(at.manifest, 'spec', 'selector') }, pods.labels))
      .map(pods => ({ pods, nodes: tree.nodesOf(pods, selectsNode) })).filter(({ nodes }) => nodes > 1000)
      .map(({ pods, nodes }) => ({ at, detail: `it selects ${pods.name} on ${nodes} nodes` })));
  },
};
