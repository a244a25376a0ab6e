import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { selectsNode, tolerates } from '../../pod-spec';
import { quantity } from '../../quantity';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Maximum of an autoscaler against the machines. */
export const hpaMaximumFitsThePools: Rule = {
  id: 'TNC108',
  severity: AuditSeverity.WARNING,
  title: 'The maximum of an HPA fits the pools at their final size',
  why: 'Replicas beyond that stay pending at the very hour they were asked for, and the node autoscaler has no group left to grow.',
  remedy: 'Lower maxReplicas, or plan more nodes',
  source: 'peers 2.15 no 12',
  check: tree => {
    const scaled = tree.ofKind('HorizontalPodAutoscaler').flatMap(at => {
      const target = tree.pods.find(pods => pods.owner.kind === field(at.manifest, 'spec', 'scaleTargetRef', 'kind') && pods.owner.objectName === field(at.manifest, 'spec', 'scaleTargetRef', 'name')
        && pods.namespace === (at.namespace ?? 'default'));
      return target ? [{ at, target }] : [];
    });
    // Most targets are made elsewhere: then nothing is known of their requests.
    if (scaled.length === 0) { return NOT_APPLICABLE; }
    return scaled.flatMap(({ at, target }) => {
      const request = (resource: string) => (target.spec.containers ?? []).reduce((sum, c) => sum + (quantity(c.resources?.requests?.[resource]) ?? 0), 0);
      const nodes = tree.nodeKinds.filter(n => n.name !== 'control plane' && selectsNode(target.spec, n) && n.taints.every(t => t.effect === 'PreferNoSchedule' || tolerates(target.spec, t)));
      const perNode = (n: typeof nodes[number]) => Math.min(...[request('cpu') > 0 ? n.cpu / request('cpu') : Infinity, request('memory') > 0 ? n.memory / request('memory') : Infinity].map(Math.floor));
      const room = nodes.reduce((sum, n) => sum + n.nodes * perNode(n), 0);
      const max = field<number>(at.manifest, 'spec', 'maxReplicas') ?? 0;
      return max <= room ? [] : [{ at, detail: `maxReplicas ${max}, ${nodes.map(n => n.name).join(', ') || 'no pool'} ${nodes.length === 1 ? 'has' : 'have'} room for ${room}` }];
    });
  },
};
