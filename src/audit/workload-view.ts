import { AuditObject, AuditPods, AuditTree } from './audit-tree';
import { field } from './field';

/** The autoscaler of a workload. */
export function scalerOf(tree: AuditTree, pods: AuditPods): AuditObject | undefined {
  return tree.ofKind('HorizontalPodAutoscaler').find(hpa => field(hpa.manifest, 'spec', 'scaleTargetRef', 'kind') === pods.owner.kind
    && field(hpa.manifest, 'spec', 'scaleTargetRef', 'name') === pods.owner.objectName && (hpa.namespace ?? 'default') === pods.namespace);
}

/** Fewest replicas of a Deployment or StatefulSet; undefined where something outside the tree decides them. */
export function fewestReplicas(tree: AuditTree, pods: AuditPods): number | undefined {
  const scaler = scalerOf(tree, pods);
  return scaler ? field<number>(scaler.manifest, 'spec', 'minReplicas') ?? 1 : field<number>(pods.owner.manifest, 'spec', 'replicas');
}

/** Most replicas of a Deployment or StatefulSet. */
export function mostReplicas(tree: AuditTree, pods: AuditPods): number | undefined {
  const scaler = scalerOf(tree, pods);
  return scaler ? field<number>(scaler.manifest, 'spec', 'maxReplicas') : field<number>(pods.owner.manifest, 'spec', 'replicas');
}

/** Workloads that run several equal pods. */
export function servers(tree: AuditTree): AuditPods[] {
  return tree.pods.filter(pods => ['Deployment', 'StatefulSet'].includes(pods.owner.kind));
}

/** Zones that worker nodes stand in, as far as the description says. */
export function zonesOf(tree: AuditTree): string[] {
  const zones = tree.facts.pools.flatMap(pool => pool.zones);
  return [...new Set(zones.length > 0 ? zones : tree.facts.controlPlaneMembers.flatMap(member => member.zone ?? []))].sort();
}
